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
        ("(MIT OR GPL-2.0-only) AND Zlib", "MIT", "permitted", 2),
        ("(MIT AND GPL-2.0-only) OR (Zlib AND Apache-2.0)", "MIT", "permitted", 3),
        ("(MIT OR Zlib) AND GPL-2.0-only", "MIT", "not permitted", 2),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "MIT", "unknown", 2),
        ("Apache-2.0 WITH LLVM-exception", "MIT", "permitted", 3),
        ("GPL-2.0-only WITH Classpath-exception-2.0 OR MIT", "MIT", "permitted", 2),
        ("CC-BY-4.0", "MIT", "permitted", 2),
        ("CC-BY-SA-4.0", "MIT", "not permitted", 2),
        ("CC-BY-SA-4.0", "GPL-3.0-only", "permitted", 2),
        ("CC-BY-SA-3.0", "GPL-3.0-only", "not permitted", 2),
        ("CC-BY-SA-4.0", None, "unknown", 1),
        ("CC-BY-NC-SA-4.0", "CC-BY-SA-4.0", "not permitted", 1),
        ("CC-BY-ND-4.0", "CC-BY-ND-4.0", "not permitted", 1),
        ("LicenseRef-Llama-3-Community", "MIT", "not permitted", 3),
        ("LicenseRef-Llama-3-Community", "LicenseRef-Llama-3-Community", "permitted", 2),
        ("LicenseRef-Llama-3-Community", "LicenseRef-Llama-2-Community", "unknown", 3),
        ("LicenseRef-CreativeML-OpenRAIL-M", "Apache-2.0", "not permitted", 3),
        ("LicenseRef-BigCode-OpenRAIL-M", None, "unknown", 3),
        ("LicenseRef-Gemma", "GPL-3.0-only", "not permitted", 3),
        ("LicenseRef-Something", "MIT", "unknown", 0),
        ("MIT AND", "MIT", "unknown", 0),
        ("(" * 4000, "MIT", "unknown", 0),
        ("", "MIT", "unknown", 0),
        (None, "MIT", "unknown", 0),
    ],
)
def test_the_table(theirs: str | None, ours: str | None, verdict: str, asks: int) -> None:
    found = terms(theirs, ours)
    assert (found.verdict, len(found.asks)) == (verdict, asks)
    assert found.reason.endswith(".") and (found.verdict == "unknown" or found.source.startswith("https://"))
