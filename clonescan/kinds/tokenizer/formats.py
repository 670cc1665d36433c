"""Which files are tokenizers by their names, and the reader of each format."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache

from clonescan.kinds.interface import Foreign, Unreadable
from clonescan.kinds.tokenizer import huggingface, ranks, sentencepiece
from clonescan.kinds.tokenizer.parts import Tokenizer

Reader = Callable[[bytes], Tokenizer]

LIMIT = 64_000_000
"""Most bytes of a tokenizer file, and of what a compressed one unpacks to: three times the largest known (tekken)."""


def _model(data: bytes) -> Tokenizer:
    """A `.model` is one of SentencePiece, or of tiktoken, as that of Llama 3."""
    return sentencepiece.model(data) if data[:1] == sentencepiece.FIRST else ranks.tiktoken(data)


_WORD = r"(?:.*[-_.])?{}(?:[-_.].*)?"

_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (r"tekken.*\.json", ranks.tekken),
        (r"special_tokens_map.*\.json", huggingface.special_tokens),
        (r"added_tokens.*\.json", huggingface.added_tokens),
        (_WORD.format(r"tokenizer[-_.]?config") + r"\.json", huggingface.settings),
        (r"chat_template.*\.json", huggingface.settings),
        (_WORD.format("tokenizer") + r"\.json", huggingface.tokenizer),
        (_WORD.format("(?:vocab(?:ulary)?|encoder)") + r"\.json", huggingface.vocabulary),
        (_WORD.format("merges") + r"\.txt|(?:.*[-_.])?vocab\.bpe|.*bpe.*vocab.*\.txt", ranks.merges),
        (_WORD.format("vocab(?:ulary)?") + r"\.txt", ranks.vocabulary),
        (r".*\.model(?:\.v\d+\w*)?|.*\.spm", _model),
        (r".*\.tiktoken|[0-9a-f]{40}", ranks.tiktoken),  # the library's own cache names files by a hash
        (r".*\.(?:jinja2?|j2)", huggingface.template),
    )
)
"""By file name, in lower case, the first that fits; `.gz` behind it unpacks the file."""

_MEANT = re.compile(
    r"(?:.*[-_.])?(?:\w*tokenizer|spiece|sentencepiece|spm)(?:[-_.].*)?\.model(?:\.v\d+\w*)?|.*\.(?:spm|tiktoken)"
)
"""Names that nothing but such a tokenizer bears; a `.model` may be anything."""

TEMPLATE = re.compile(r"\.(?:jinja2?|j2)$")


def reader_of(path: str) -> Reader | None:
    """The reader of a file that may be a tokenizer, by its name."""
    name = _name(path)
    return next((reader for pattern, reader in _READERS if pattern.fullmatch(name)), None)


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1].lower().removesuffix(".gz")


@lru_cache(maxsize=1)
def read(path: str, data: bytes) -> Tokenizer:
    """What a file holds; read once for its fingerprint and its digest. Raises Unreadable, or Foreign if it is none."""
    reader = reader_of(path)
    assert reader is not None, path
    try:
        found = reader(_unpacked(data) if data[:2] == b"\x1f\x8b" else data)
    except Foreign:
        if _MEANT.fullmatch(_name(path)):
            raise Unreadable("neither a SentencePiece model nor a list of tokens with their ranks") from None
        raise
    if not any(len(getattr(found, part.name)) for part in fields(found) if part.name != "notes"):
        raise Foreign
    return found


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        content = unpacker.decompress(data, LIMIT + 1)
    except zlib.error:
        raise Unreadable("damaged gzip data") from None
    if len(content) > LIMIT:
        raise Unreadable(f"unpacks to more than {LIMIT / 1e6:g} MB")
    if not unpacker.eof:
        raise Unreadable("the gzip data ends too early")
    return content
