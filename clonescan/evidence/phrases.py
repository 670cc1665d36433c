"""Whether the words around a name say that something is from there, or only that it is used, or like it."""

from __future__ import annotations

import re

from clonescan.evidence.remarks import BREAK

WINDOW = 160
"""Characters before a name in which words say so: two lines of a comment."""

AFTER = 60
"""Characters behind a name in which words say so: "https://..., modified for ..."."""

_FROM = (
    r"adapt(?:ed|s|ion|ation|ions)?|adopt(?:ed|s)?|borrow(?:ed|s|ing)?|cop(?:ied|y|ies)|cribbed|cut|deriv(?:ed|es|ative|ation)"
    r"|extracted|fork(?:ed)?|grabbed|hacked|lifted|modif(?:ied|ies|ication)|port(?:ed|s)?|portions"
    r"|pulled|refactored|re-?implement(?:ed|s|ation)?|reproduced|reused|rewritten|simplified|sourced|stolen|taken"
    r"|translated|transcribed|vendored"
)
"""What is done to code that is had from elsewhere."""

_ON = r"bas(?:ed|ing) (?:up)?on|buil(?:d|ds|t|ding) (?:up)?on|inspir(?:ed|ation)|heavily (?:based|inspired)"
"""What an idea may be had by, too: it takes the name of code behind it."""

_THANKS = r"acknowledge?(?:ments?|d)?|credits?|courtesy|kudos|thank(?:s| you)|hat tip|props"
_SOURCE = (
    r"(?:code|impl|implementation|original|official|reference|source|src|ref|origin|upstream|repo(?:sitory)?)s?"
    r"(?: (?:code|impl|implementation|repo|repository|source|from|at|in|is|of))*\s*(?:[:@]| - )|originally"
    r"|original (?:is|was) (?:\w+ )?by"
    r"|original (?:code|author|impl|implementation|repo|source|version)|official (?:code|impl|implementation|repo)"
    r"|code(?: is)? from|implementation(?: of| from| in| by)|licen[cs]ed"
)

_TAKEN = re.compile(rf"\b(?:{_FROM}|{_ON}|{_THANKS})\b|(?<!\w)(?:{_SOURCE})", re.I)
_DIRECT = re.compile(
    rf"\b(?:{_FROM})\b(?: \w+)? (?:from|of|off|by|out of|in):? "
    r"(?:the |a )?(?:(?:official|original|upstream) )?[`'\"\[*_:~]*$"
    r"|\b(?:class|code|file|function|impl|implementation|module|script|version)s? (?:from|of|in) "
    r"(?:the )?[`'\"\[*_:~]*$",
    re.I,
)
"""Straight before a name: "copied from the", "a port of", "based on the code of"."""

_BARE = re.compile(
    r"(?:^|\s)(?:implementation|impl|code|function|class|module|method|logic|version|snippet|file|script|helper|layer"
    r"|block|routine|recipe|kernel)s? (?:(?!inherit|load|import|call|return|instantiat|creat|read|"
    r"get|fetch|download|differ|separate)\w+ ){0,2}from:? (?:the )?[`'\"\[*_:~]*$"
    r"|^(?:[-*] )?from:? (?:the )?[`'\"\[*_:~]*$",
    re.I,
)
"""Where "from" alone says it: behind a word for code, or at the beginning."""

_NOT = re.compile(r"\b(?:not|never|isn't|wasn't|aren't|without|unlike|instead of|rather than)\s+(?:\w+\s+){0,2}$", re.I)
_TOWARDS = re.compile(
    r"\b(?:to|for|with|into|using|uses?|requires?|than|vs\.?|unlike|like|install|import|supports?|loads?|load(?:ed|ing)"
    r"|in place of|compatible)\s+(?:the\s+|our\s+|a\s+)?(?:\w+\s+)?[`'\"\[*_:~]*$",
    re.I,
)
"""Straight before a name that code is made for, used with or compared to, and not from."""

_USAGE = re.compile(
    r"\b(?:weights?|checkpoints?|pre-?trained|state.?dicts?|download(?:s|ed)?|install(?:s|ed)?|imports?|imported"
    r"|datasets?|convert(?:s|ed|ing)?|load(?:s|ed|ing)?)\b[^.]*$",
    re.I,
)
_CONDITION = re.compile(r"\b(?:if|when|whether|unless|except)\b", re.I)
_OTHER = re.compile(
    r"[`'\"*]*(?:'s)? (?:adapters?|weights?|checkpoints?|model|configs?|datasets?|format|optimizers?)\b", re.I
)
"""Straight behind a name: what is had from a library that is no code of it."""

_LINK = re.compile(r"https?://[^\s<>()\[\]]*[^\s<>()\[\].,;:!?]")
"""Without what ends the sentence that it stands in."""

_QUOTES = "`'\""
_SENTENCE = re.compile(
    r"(?<!\bal)(?<!\bet)(?<!\bInc)(?<!\bCo)(?<!\bcf)(?<!\.g)(?<!\bi\.e)[.!?]\s+(?=[A-Z])"
    rf"|{BREAK}"
)

_LIBRARY = re.compile(
    r"(?:'s\b|\.\w+\.|\s+(?:library|package|repo|repository|code|codebase|implementation|source|project|v?\d"
    r"|team|trainer|models?/))",
    re.I,
)
"""Straight behind a word that is a library's name."""

_OWNED = re.compile(r"(?:hugging ?face|\bhf|🤗)(?:'s|/|\s)*[`'\"]*$", re.I)


def is_stated(text: str, start: int, end: int, ambiguous: bool = False) -> bool:
    """Do the words around `text[start:end]` say that something is from there?

    In the same sentence a word for taking ("adapted", "port of", "based on", "credit", "original implementation:")
    stands before the name, and no word of mere use ("compatible with", "weights from") in between; or "from" behind a
    word for code; or a word for taking follows closely. An `ambiguous` name, which is a word of the field
    ("transformers"), has to be told apart from the word: "copied from transformers", "the transformers library", but
    not "based on transformers".
    """
    before = _LINK.sub("URL", text[max(0, start - 3 * WINDOW) : start])[-WINDOW:]
    breaks = list(_SENTENCE.finditer(before))
    if breaks:
        before = before[breaks[-1].end() :]
    if _OTHER.match(text, end, end + 24):
        return False
    if ambiguous and not (_DIRECT.search(before) or _OWNED.search(before) or _is_library(text, start, end)):
        return False
    for match in _TAKEN.finditer(before):
        if not _NOT.search(before, 0, match.start()):
            rest = before[match.end() :]
            thanked = re.fullmatch(_THANKS, match[0], re.I) is not None
            if not _USAGE.search(rest) and not _CONDITION.search(rest) and (thanked or not _TOWARDS.search(rest)):
                return True
    if _BARE.search(before) and not _USAGE.search(before):
        return True
    behind = text[end : end + AFTER]
    stop = _SENTENCE.search(behind)
    behind = behind[: stop.start()] if stop else behind
    return bool(re.search(rf"\b(?:{_FROM})\b(?! to\b)", behind, re.I)) and not _TOWARDS.search(before)


def _is_library(text: str, start: int, end: int) -> bool:
    """Whether a word is quoted, or stands before a word that makes it a library's name."""
    before, behind = text[start - 1 : start] if start else "", text[end : end + 1]
    return (before in _QUOTES and behind in _QUOTES and bool(before and behind)) or bool(_LIBRARY.match(text, end))


_THING = re.compile(
    rf"\b(?:{_FROM})\b(?: \w+)? (?:from|of|off):? (?:the )?(?:(?:official|original) )?"
    r"[`'\"\[]?([A-Za-z][\w.-]*[A-Za-z0-9])",
    re.I,
)
_NO_THING = frozenset(
    {
        *("a", "above", "an", "another", "any", "base", "below", "class", "code", "commit", "data", "each", "file"),
        *("first", "function", "here", "http", "https", "in", "input", "it", "its", "list", "model", "one", "original"),
        *("our", "output", "paper", "papers", "parent", "python", "pytorch", "scratch", "self", "source", "that"),
        *("their", "them", "these", "this", "those", "torch", "two", "version", "what", "which", "work", "www"),
    }
)


def thing_taken(text: str) -> list[tuple[str, int]]:
    """What stands behind "copied from" and the like, in small letters, with its place: names, and not "the"."""
    return [(match[1].lower(), match.start(1)) for match in _THING.finditer(text) if match[1].lower() not in _NO_THING]
