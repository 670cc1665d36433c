"""One spelling for the tokens of all formats: the bytes that a token stands for, a blank for a mark at a word's edge.

Byte-level BPE writes bytes as letters (Radford et al., 2019: GPT-2's `bytes_to_unicode`), SentencePiece writes a blank
as U+2581, WordPiece marks what goes on with `##` where others mark what begins, and CLIP ends words with `</w>`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, chain

from clonescan.kinds.tokenizer.everyones import SPECIAL

Speller = Callable[[str], bytes]

NOTICED = 0.02
"""A mark that so many tokens bear is how the vocabulary is spelled: of the real ones looked at, each that uses a mark
has it on a fifth of its tokens or more, and no other one has it on any."""

_PRINTED = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
_OTHERS = [byte for byte in range(0x100) if byte not in _PRINTED]
BYTE_OF_LETTER = dict(zip(chain(_PRINTED, range(0x100, 0x100 + len(_OTHERS))), chain(_PRINTED, _OTHERS), strict=True))
"""The byte that each letter of GPT-2's table stands for, by code points."""


def speller(tokens: Sequence[str]) -> Speller:
    """The function that brings tokens of a vocabulary, or the halves of merges, into the one spelling."""
    least = max(1, int(NOTICED * len(tokens)))
    text = "\n".join(["", *tokens, ""])
    if text.count("</w>\n") >= least:
        return _with_ends
    marks = {"Ġ": _byte_level, "▁": _sentencepiece, "##": _wordpiece}
    counts = {mark: text.count(f"\n{mark}") for mark in marks}
    most = max(counts, key=lambda mark: counts[mark])
    return marks[most] if counts[most] >= least else _plain


def _plain(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")


def _byte_level(token: str) -> bytes:
    try:
        return token.translate(BYTE_OF_LETTER).encode("latin-1")
    except UnicodeEncodeError:  # a token that was added by its text
        return _plain(token)


def _sentencepiece(token: str) -> bytes:
    return _plain(token.replace("▁", " "))


def _wordpiece(token: str) -> bytes:
    """A special token stands in no text, and has no edge: whether a file names it as one or not."""
    if token.startswith("##"):
        return _plain(token[2:])
    return _plain(token if token[:1] in ("<", "[") and SPECIAL.fullmatch(token) else " " + token)


def _with_ends(token: str) -> bytes:
    return _byte_level(token[:-4]) + b" " if token.endswith("</w>") else _byte_level(token)


def spell_all(spell: Speller, tokens: Sequence[str]) -> list[bytes]:
    """Many tokens in the one spelling. Bytes that are written as letters are translated in one text: one is one."""
    if spell is _byte_level:
        try:
            text = "".join(tokens).translate(BYTE_OF_LETTER).encode("latin-1")
        except UnicodeEncodeError:
            return [spell(token) for token in tokens]
        ends = list(accumulate(map(len, tokens)))
        return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return [spell(token) for token in tokens]


def readable(token: bytes) -> str:
    """A token as a reader recognises it, bytes that are no text escaped."""
    return token.decode("utf-8", "backslashreplace")
