"""How a match stands: where the project says what it is from, and what the licences say to it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from clonescan.entities import Attribution, Place, Repository, Standing
from clonescan.evidence.attribution import Attributions
from clonescan.evidence.compatibility import NOTICE, TEXT, Terms, terms

_TAG = re.compile(r"SPDX-License-Identifier:[ \t]*([\w.+ ()-]+)")
_HEADER_BYTES = 4_000
"""Where a file states its own licence."""

_TITLES = {
    "Apache-2.0": "apache license",
    "MIT": "permission is hereby granted, free of charge",
    "ISC": "permission to use, copy, modify, and",
    "BSD-2-Clause": "redistributions of source code must retain",
    "BSD-3-Clause": "redistributions of source code must retain",
    "BSL-1.0": "boost software license",
}
"""What stands in the text of each licence, or in the header that refers to it."""


class Standings:
    """How the matches of one project stand; `texts`: its files by path."""

    def __init__(self, own: Repository, texts: Mapping[str, bytes]) -> None:
        self._own = own
        self._attributions = Attributions(own, texts)
        self._plain: dict[str, list[str]] = {}

    def of(self, ours: Place, origin: Repository, theirs: Place, their_file: bytes | None) -> Standing:
        """The standing of a match; `their_file` is the file of theirs, if it is at hand: its own licence goes first."""
        licence = _own_licence(their_file) or origin.license
        found = self._attributions.of(ours, origin, theirs, their_file)
        allowed = terms(licence, self._own.license)
        missing = self._missing(ours, origin, licence, allowed)
        return self._standing(found, licence, allowed, missing)

    def _standing(
        self, found: Attribution | None, licence: str | None, allowed: Terms, missing: tuple[str, ...]
    ) -> Standing:
        lacking = allowed.verdict == "permitted" and found is not None and bool(missing)
        refused = allowed.verdict == "not permitted"
        reason = allowed.reason
        if lacking:
            reason = f"{licence} permits it where its notices are kept, and not all of them are here."
        return Standing(
            name="conflict" if refused or lacking else "attributed" if found else "unattributed",
            reason=reason,
            attribution=found,
            our_license=self._own.license,
            their_license=licence,
            verdict="notice missing" if lacking else allowed.verdict,
            asks=allowed.asks,
            missing=missing,
            source=allowed.source,
        )

    def _missing(self, ours: Place, origin: Repository, licence: str | None, allowed: Terms) -> tuple[str, ...]:
        """What of what is asked for is neither in the file nor in a document of the project, as far as that shows."""
        texts = self._texts(ours.path)
        missing = []
        if NOTICE in allowed.asks and origin.credits.holders:
            holders = [_words(holder) for holder in origin.credits.holders]
            if not any(holder in text for holder in holders for text in texts):
                missing.append(NOTICE)
        title = _TITLES.get(licence or "")
        if TEXT in allowed.asks and title and licence != self._own.license:
            names = (title, f"spdx-license-identifier: {(licence or '').lower()}")
            if not any(name in text for name in names for text in texts):
                missing.append(TEXT)
        return tuple(missing)

    def _texts(self, path: str) -> list[str]:
        if path not in self._plain:
            self._plain[path] = [_words(text) for text in self._attributions.texts(path)]
        return self._plain[path]


def _words(text: str) -> str:
    """Text in small letters without comment marks, line ends and years: notices are found however they stand."""
    return " ".join(re.sub(r"[#*/]+|\(c\)|©|\d{4}(?:\s*-\s*(?:\d{4}|present)?)?", " ", text.lower()).split())


def _own_licence(content: bytes | None) -> str | None:
    """The licence that a file states by a tag of its own."""
    tag = _TAG.search((content or b"")[:_HEADER_BYTES].decode("utf-8", "replace"))
    return tag[1].strip() if tag else None
