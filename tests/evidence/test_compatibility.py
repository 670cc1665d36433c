"""What the table of licences says, and where it says that it does not know."""

from __future__ import annotations

import pytest

from clonescan.evidence.compatibility import terms


@pytest.mark.parametrize(
    ("theirs", "ours", "verdict", "asks"),
    [
        ("MIT", "Apache-2.0", "permitted", 2),
        ("MIT", None, "permitted", 2),
        ("Apache-2.0", "MIT", "permitted", 3),
        ("Apache-2.0", "GPL-2.0-only", "not permitted", 2),
        ("Apache-2.0", "GPL-3.0-or-later", "permitted", 3),
        ("CC0-1.0", "MIT", "permitted", 0),
        ("GPL-3.0-only", "Apache-2.0", "not permitted", 2),
        ("GPL-3.0-only", "AGPL-3.0-only", "permitted", 2),
        ("GPL-2.0-only", "GPL-3.0-only", "not permitted", 2),
        ("GPL-2.0-or-later", "GPL-3.0-only", "permitted", 2),
        ("GPL-3.0-only", None, "unknown", 0),
        ("GPL-3.0-only", "MIT AND Zlib", "unknown", 0),
        ("LGPL-3.0-only", "MIT", "not permitted", 2),
        ("AGPL-3.0-or-later", "GPL-3.0-only", "not permitted", 2),
        ("MPL-2.0", "MIT", "unknown", 2),
        ("CC-BY-NC-4.0", "MIT", "not permitted", 1),
        ("CC-BY-NC-4.0", "CC-BY-NC-4.0", "permitted", 1),
        ("GPL-3.0-only OR MIT", "MIT", "permitted", 2),
        ("GPL-3.0-only AND MIT", "MIT", "not permitted", 2),
        ("MIT AND Zlib", "BSD-3-Clause", "permitted", 2),
        ("(MIT OR GPL-2.0-only) AND Zlib", "MIT", "unknown", 0),
        ("LicenseRef-Llama-3-Community", "MIT", "unknown", 0),
        (None, "MIT", "unknown", 0),
    ],
)
def test_the_table(theirs: str | None, ours: str | None, verdict: str, asks: int) -> None:
    found = terms(theirs, ours)
    assert (found.verdict, len(found.asks)) == (verdict, asks)
    assert found.reason.endswith(".") and (found.verdict == "unknown" or found.source.startswith("https://"))
