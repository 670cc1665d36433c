"""What a tokenizer file holds, whatever its format: vocabulary, merges, added tokens, pipeline, templates, settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clonescan.kinds.tokenizer.listing import EMPTY, Listing

JOINT = "\u2009+\u2009".encode()
"""Between the halves of a merge: thin blanks, which no token is known to have on both sides of a sign."""


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """The parts of a tokenizer; a part that a file does not have is empty.

    `vocabulary`: every token in the one spelling of `spelling.py` with its id, ascending by id, added ones included.
    `merges`: both halves with a JOINT between, in their order. `added`: by text, with ids. `pipeline`: the JSON trees
    of normalizer, pre-tokenizer, post-processor and decoder. `templates`: sources by name. `settings`: of a
    tokenizer_config.json. `notes` say what is wrong with the file.
    """

    vocabulary: Listing = EMPTY
    merges: Listing = EMPTY
    added: Mapping[str, int | None] = field(default_factory=dict)
    pipeline: Mapping[str, Any] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
