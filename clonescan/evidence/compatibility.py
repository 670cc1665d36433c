"""May code under one licence be taken into a project under another? A table of common ones, no legal advice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

FREE = frozenset({"0BSD", "CC0-1.0", "MIT-0", "Unlicense", "WTFPL"})
"""Ask for nothing."""

PERMISSIVE = frozenset(
    {
        *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "HPND", "ISC"),
        *("MIT", "MIT-CMU", "NCSA", "PSF-2.0", "Python-2.0", "Python-2.0.1", "Zlib"),
    }
)
"""Ask for their notices to be kept, and let the rest be under another licence."""

CREDIT = re.compile(r"CC-BY-\d\.\d")
SHARE_ALIKE = re.compile(r"CC-BY-SA-\d\.\d")
NO_CHANGES = re.compile(r"CC-BY-(?:NC-)?ND-\d\.\d")
NON_COMMERCIAL = re.compile(r"CC-BY-NC(?:-SA)?-\d\.\d")

APACHE = "https://www.apache.org/licenses/LICENSE-2.0#redistribution"
GNU = "https://www.gnu.org/licenses/license-list.html"
OSI = "https://opensource.org/licenses"
CREATIVE = "https://creativecommons.org/share-your-work/cclicenses/"
SAME_TERMS = "https://creativecommons.org/share-your-work/licensing-considerations/compatible-licenses/"
MOZILLA = "https://www.mozilla.org/en-US/MPL/2.0/FAQ/"

MODELS: Mapping[str, str] = {
    "LicenseRef-Llama-2-Community": "https://ai.meta.com/llama/license/",
    "LicenseRef-Llama-3-Community": "https://www.llama.com/llama3/license/",
    "LicenseRef-Llama-3.1-Community": "https://www.llama.com/llama3_1/license/",
    "LicenseRef-Llama-3.2-Community": "https://www.llama.com/llama3_2/license/",
    "LicenseRef-Llama-3.3-Community": "https://www.llama.com/llama3_3/license/",
    "LicenseRef-Llama-4-Community": "https://www.llama.com/llama4/license/",
    "LicenseRef-CreativeML-OpenRAIL-M": "https://huggingface.co/spaces/CompVis/stable-diffusion-license",
    "LicenseRef-CreativeML-OpenRAIL++-M": "https://huggingface.co/stabilityai/stable-diffusion-2/blob/main/LICENSE-MODEL",
    "LicenseRef-BigCode-OpenRAIL-M": "https://huggingface.co/spaces/bigcode/bigcode-model-license-agreement",
    "LicenseRef-Gemma": "https://ai.google.dev/gemma/terms",
}
"""Licences of models, with restrictions of use that whoever passes something on has to pass on, too: section 1.b of
Llama's (use policy), 4 and 5 of OpenRAIL-M's, 3.1 of Gemma's. No other licence of this table holds those."""

NOTICE, TEXT, CHANGES, USE = "copyright notice", "licence text", "statement of changes", "restrictions of use"

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


@cache  # of many matches with few licences
def terms(theirs: str | None, ours: str | None) -> Terms:
    """What the licence `theirs` says to its code in a project under `ours`; both SPDX expressions, None if not known.

    Of a choice (OR) the best counts, of several licences at once (AND) the worst; an exception (WITH) can only permit
    more. Every licence that is not in the table is unknown.
    """
    if theirs is None:
        return Terms("unknown", "Their licence is not known.")
    from license_expression import ExpressionError, Licensing  # type: ignore[import-untyped]

    try:
        parsed = Licensing().parse(theirs)
    except (ExpressionError, RecursionError):
        parsed = None
    return Terms("unknown", f"{theirs} is no licence expression.") if parsed is None else _of(parsed, ours)


def _of(parsed: Any, ours: str | None) -> Terms:
    """The terms of a licence expression, taken apart."""
    from license_expression import LicenseWithExceptionSymbol

    if isinstance(parsed, LicenseWithExceptionSymbol):
        return _with_exception(str(parsed), _terms(parsed.license_symbol.key, ours))
    if not parsed.args:
        return _terms(parsed.key, ours)
    every = [_of(one, ours) for one in parsed.args]
    if parsed.operator.strip() == "OR":
        return min(every, key=_badness)
    worst = max(every, key=_badness)
    return replace(worst, asks=tuple(dict.fromkeys(ask for one in every for ask in one.asks)))


def _with_exception(theirs: str, plain: Terms) -> Terms:
    """An exception permits more than its licence does alone, and which that is the table does not say."""
    if plain.verdict == "permitted":
        return plain
    return Terms("unknown", f"The table does not reach the exception of {theirs}.", plain.asks, plain.source)


def _badness(found: Terms) -> int:
    return ("permitted", "unknown", "not permitted").index(found.verdict)


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
    if theirs.startswith("CC-BY-"):
        return _creative(theirs, ours)
    if theirs in MODELS:
        return _model(theirs, ours)
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


def _creative(theirs: str, ours: str | None) -> Terms:
    """The licences of Creative Commons: all ask for credit, and most for more."""
    asks = (NOTICE, CHANGES)
    if CREDIT.fullmatch(theirs):
        return Terms("permitted", f"{theirs} permits it and asks for {_listed(asks)}.", asks, CREATIVE)
    if NO_CHANGES.fullmatch(theirs):
        return Terms("not permitted", f"{theirs} forbids to pass on what was changed.", (NOTICE,), CREATIVE)
    if ours == theirs:
        return Terms("permitted", f"Both are under {theirs}, which asks for credit.", (NOTICE,), CREATIVE)
    if NON_COMMERCIAL.fullmatch(theirs):
        return Terms("not permitted", f"{theirs} forbids commercial use, which ours does not.", (NOTICE,), CREATIVE)
    if not SHARE_ALIKE.fullmatch(theirs) or ours is None:
        return Terms("unknown", f"The table does not reach from {theirs} to {ours or 'ours'}.", (NOTICE,), CREATIVE)
    if theirs == "CC-BY-SA-4.0" and _short(ours) in ("GPL-3.0", "GPL-3.0+"):
        return Terms("permitted", f"{ours} is one of the licences that {theirs} lets it be under.", asks, SAME_TERMS)
    if ours in PERMISSIVE | FREE or _short(ours) in COPYLEFT:
        return Terms("not permitted", f"Works under {theirs} cannot be passed on under {ours}.", asks, SAME_TERMS)
    return Terms("unknown", f"The table does not reach from {theirs} to {ours}.", asks, SAME_TERMS)


def _model(theirs: str, ours: str | None) -> Terms:
    """The licences of models; whether a file is part of what they cover, such as code beside weights, is not judged."""
    asks, source = (NOTICE, TEXT, USE), MODELS[theirs]
    if ours == theirs:
        return Terms(
            "permitted", f"Both are under {theirs}, which asks for {_listed((NOTICE, TEXT))}.", asks[:2], source
        )
    if ours and (ours in PERMISSIVE | FREE or _short(ours) in COPYLEFT):
        reason = f"{theirs} asks that its restrictions of use are passed on, and {ours} has none."
        return Terms("not permitted", reason, asks, source)
    return Terms("unknown", f"{theirs} asks that its restrictions of use are passed on.", asks, source)


def _short(licence: str) -> str:
    """GNU's licences without "-only", and with "+" for "or later"."""
    return licence.removesuffix("-only").replace("-or-later", "+")


def _listed(asks: tuple[str, ...]) -> str:
    return ", ".join(f"the {ask}" if ask != CHANGES else f"a {ask}" for ask in asks)
