"""What a tokenizer file holds, whatever its format: vocabulary, merges, added tokens, pipeline, templates, settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Merge = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """The parts of a tokenizer; a part that a file does not have is empty.

    `vocabulary`: every token in the one spelling of `spelling.py` with its id, ascending by id, added ones included.
    `merges`: in their order. `added`: by text, with ids. `pipeline`: the JSON trees of normalizer, pre-tokenizer,
    post-processor and decoder. `templates`: sources by name. `settings`: of a tokenizer_config.json.
    """

    vocabulary: Mapping[bytes, int] = field(default_factory=dict)
    merges: Sequence[Merge] = ()
    added: Mapping[str, int | None] = field(default_factory=dict)
    pipeline: Mapping[str, Any] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
