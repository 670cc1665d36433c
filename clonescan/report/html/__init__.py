"""The report as one HTML page that needs nothing else: `render` fills the template and puts style and script into it.

The page allows its own style and script alone, by their hashes, and no request at all. Everything of a scanned
repository reaches it either through the template, escaped, or as JSON that the script puts into text nodes.
"""

from __future__ import annotations

from clonescan.report.html.document import render
from clonescan.report.html.page import Page

__all__ = ["Page", "render"]
