"""May code under one licence be taken into a project under another? A table of common ones, no legal advice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

FREE = frozenset({"0BSD", "CC0-1.0", "MIT-0", "Unlicense", "WTFPL"})
"""Ask for nothing."""

PERMISSIVE = frozenset(
    {
        *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "HPND", "ISC"),
        *("MIT", "MIT-CMU", "NCSA", "PSF-2.0", "Zlib"),
    }
)
"""Ask for their notices to be kept, and let the rest be under another licence."""

NON_COMMERCIAL = re.compile(r"CC-BY-NC(?:-\w+)*-\d\.\d")

APACHE = "https://www.apache.org/licenses/LICENSE-2.0#redistribution"
GNU = "https://www.gnu.org/licenses/license-list.html"
OSI = "https://opensource.org/licenses"
CREATIVE = "https://creativecommons.org/share-your-work/cclicenses/"
MOZILLA = "https://www.mozilla.org/en-US/MPL/2.0/FAQ/"

NOTICE, TEXT, CHANGES = "copyright notice", "licence text", "statement of changes"

COPYLEFT: dict[str, frozenset[str]] = {
    "GPL-2.0": frozenset({"GPL-2.0"}),
    "GPL-2.0+": frozenset({"GPL-2.0", "GPL-2.0+", "GPL-3.0", "GPL-3.0+", "AGPL-3.0", "AGPL-3.0+"}),
    "GPL-3.0": frozenset({"GPL-3.0", "AGPL-3.0", "AGPL-3.0+"}),
    "GPL-3.0+": frozenset({"GPL-3.0", "GPL-3.0+", "AGPL-3.0", "AGPL-3.0+"}),
    "AGPL-3.0": frozenset({"AGPL-3.0"}),
    "AGPL-3.0+": frozenset({"AGPL-3.0", "AGPL-3.0+"}),
    "LGPL-2.1": frozenset({"LGPL-2.1", "GPL-2.0", "GPL-2.0+", "GPL-3.0", "GPL-3.0+"}),
    "LGPL-2.1+": frozenset(
        {"LGPL-2.1", "LGPL-2.1+", "LGPL-3.0", "LGPL-3.0+", "GPL-2.0", "GPL-2.0+", "GPL-3.0", "GPL-3.0+"}
    ),
    "LGPL-3.0": frozenset({"LGPL-3.0", "GPL-3.0", "GPL-3.0+", "AGPL-3.0", "AGPL-3.0+"}),
    "LGPL-3.0+": frozenset({"LGPL-3.0", "LGPL-3.0+", "GPL-3.0", "GPL-3.0+", "AGPL-3.0", "AGPL-3.0+"}),
}
"""What code under each may be taken into (GNU's matrix, https://www.gnu.org/licenses/gpl-faq.html#AllCompatibility)."""

NOT_WITH_APACHE = frozenset({"GPL-2.0", "LGPL-2.1"})
"""Licences that the patent terms of Apache-2.0 contradict: the FSF says so of GPL-2.0; LGPL-2.1 has the same terms."""

Answer = Literal["permitted", "not permitted", "unknown"]


@dataclass(frozen=True, slots=True)
class Terms:
    """Whether it is permitted, what is asked for in return, why, and where that is written."""

    verdict: Answer
    reason: str
    asks: tuple[str, ...] = ()
    source: str = ""


def terms(theirs: str | None, ours: str | None) -> Terms:
    """What the licence `theirs` says to its code in a project under `ours`; both SPDX expressions, None if not known.

    Of a choice (OR) the best counts, of several licences at once (AND) the worst; an expression that is neither is
    unknown, as is every licence that is not in the table.
    """
    if theirs is None:
        return Terms("unknown", "Their licence is not known.")
    if re.search(r"[()]|\bWITH\b", theirs) or (" OR " in theirs and " AND " in theirs):
        return Terms("unknown", f"The table does not reach {theirs}.")
    order: tuple[Answer, ...] = ("permitted", "unknown", "not permitted")
    if " OR " in theirs:
        return min((_terms(one, ours) for one in theirs.split(" OR ")), key=lambda found: order.index(found.verdict))
    every = [_terms(one, ours) for one in theirs.split(" AND ")]
    worst = max(every, key=lambda found: order.index(found.verdict))
    asks = tuple(dict.fromkeys(ask for one in every for ask in one.asks))
    return Terms(worst.verdict, worst.reason, asks, worst.source)


def _terms(theirs: str, ours: str | None) -> Terms:
    short, mine = _short(theirs), _short(ours) if ours else None
    if theirs in FREE:
        return Terms("permitted", f"{theirs} permits it and asks for nothing.", (), OSI)
    if theirs in PERMISSIVE:
        if theirs == "Apache-2.0":
            if mine in NOT_WITH_APACHE:
                return Terms("not permitted", f"Apache-2.0 and {ours} contradict each other.", (NOTICE, TEXT), GNU)
            asks = (NOTICE, TEXT, CHANGES)
            return Terms("permitted", f"Apache-2.0 permits it and asks for {_listed(asks)}.", asks, APACHE)
        return Terms("permitted", f"{theirs} permits it and asks for {_listed((NOTICE, TEXT))}.", (NOTICE, TEXT), OSI)
    if NON_COMMERCIAL.fullmatch(theirs):
        if ours == theirs:
            return Terms("permitted", f"Both are under {theirs}, which asks for credit.", (NOTICE,), CREATIVE)
        return Terms("not permitted", f"{theirs} forbids commercial use, which ours does not.", (NOTICE,), CREATIVE)
    if short in COPYLEFT:
        if mine is None or (ours and re.search(r"\b(?:AND|OR|WITH)\b", ours)):
            return Terms("unknown", f"{theirs} goes for all that it is taken into, and ours is not plain.", (), GNU)
        if mine in COPYLEFT[short]:
            return Terms("permitted", f"{ours} fulfils what {theirs} asks for.", (NOTICE, TEXT), GNU)
        if mine in COPYLEFT or ours in PERMISSIVE | FREE:
            return Terms("not permitted", f"Code under {theirs} cannot be passed on under {ours}.", (NOTICE, TEXT), GNU)
        return Terms("unknown", f"The table does not reach from {theirs} to {ours}.", (), GNU)
    if short == "MPL-2.0":
        if mine == "MPL-2.0":
            return Terms("permitted", "Both are under MPL-2.0.", (NOTICE, TEXT), MOZILLA)
        return Terms("unknown", "MPL-2.0 asks that a file with its code stays under it.", (NOTICE, TEXT), MOZILLA)
    return Terms("unknown", f"The table does not reach {theirs}.")


def _short(licence: str) -> str:
    """GNU's licences without "-only", and with "+" for "or later"."""
    return licence.removesuffix("-only").replace("-or-later", "+")


def _listed(asks: tuple[str, ...]) -> str:
    return ", ".join(f"the {ask}" if ask != CHANGES else f"a {ask}" for ask in asks)
