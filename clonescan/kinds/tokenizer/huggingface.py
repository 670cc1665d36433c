"""Readers of Hugging Face's files: tokenizer.json and what lies beside it."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any

from clonescan.kinds.interface import Foreign, Unreadable
from clonescan.kinds.tokenizer.documents import document, notes, text
from clonescan.kinds.tokenizer.listing import Listing, bounded
from clonescan.kinds.tokenizer.parts import Tokenizer
from clonescan.kinds.tokenizer.ranks import LEAST_TOKENS, by_id, spelled
from clonescan.kinds.tokenizer.spelling import spell_all, speller

COMPONENTS = ("normalizer", "pre_tokenizer", "post_processor", "decoder")

DEEPEST = 40
"""Levels of a component or of a setting that are looked into: real ones have some six."""

CHAT_TEMPLATE = "chat_template"
_ADDED = "added_tokens_decoder"
_CHAT = re.compile(r"\bmessages?\b.*\b(?:role|content)\b", re.DOTALL)


def tokenizer(data: bytes) -> Tokenizer:
    """`tokenizer.json` of every model type. Raises Unreadable or Foreign."""
    found = document(data)
    model = found.get("model")
    if not isinstance(model, dict):
        raise Foreign
    told = notes(data, found)
    added = _added(found.get("added_tokens"))
    words = model.get("vocab")
    if isinstance(words, list):  # Unigram: pieces with their scores
        words = {piece: number for number, (piece, *_) in enumerate(filter(_is_scored, words))}
    if not isinstance(words, dict):
        raise Unreadable("its model has no vocabulary")
    pipeline = {name: _bounded(found[name]) for name in COMPONENTS if found.get(name)}
    _unfold(pipeline)
    return Tokenizer(_vocabulary(words, added), _merges(model.get("merges")), added, pipeline, notes=told)


def vocabulary(data: bytes) -> Tokenizer:
    """`vocab.json`: tokens with their ids. Raises Unreadable or Foreign."""
    words = document(data)
    ids = sum(isinstance(number, int) for number in words.values())
    if len(words) < LEAST_TOKENS or ids < len(words):
        raise Foreign
    return Tokenizer(vocabulary=_vocabulary(words, {}), notes=notes(data, words))


def added_tokens(data: bytes) -> Tokenizer:
    """`added_tokens.json`: texts with ids. Raises Unreadable or Foreign."""
    found = document(data)
    added = {token: number for token, number in found.items() if isinstance(number, int)}
    return Tokenizer(added=added, notes=notes(data, found))


def special_tokens(data: bytes) -> Tokenizer:
    """`special_tokens_map.json`: texts by their use. Raises Unreadable or Foreign."""
    found = document(data)
    return Tokenizer(added=dict.fromkeys(_named(found)), notes=notes(data, found))


def settings(data: bytes) -> Tokenizer:
    """`tokenizer_config.json` and `chat_template.json`. Raises Unreadable or Foreign."""
    found = document(data)
    listed = found.get(_ADDED)
    rows = listed.items() if isinstance(listed, dict) else ()
    added = {row["content"]: _number(number) for number, row in rows if _is_token(row)}
    special = {token: added.get(token) for token in _named(found)}
    plain = {key: value for key, value in found.items() if not key.endswith("_token") and key not in _APART}
    return Tokenizer(
        added=added | special,
        templates=_templates(found.get(CHAT_TEMPLATE)),
        settings=_bounded(plain) if plain else {},
        notes=notes(data, found),
    )


_APART = (CHAT_TEMPLATE, _ADDED, "additional_special_tokens", "extra_special_tokens", "added_tokens")


def template(data: bytes) -> Tokenizer:
    """A chat template in a file of its own. Raises Unreadable, or Foreign if it is about something else."""
    source = text(data)
    if not _is_chat(source):
        raise Foreign
    return Tokenizer(templates={CHAT_TEMPLATE: source})


def _vocabulary(words: Mapping[str, Any], added: Mapping[str, int | None]) -> Listing:
    """Ordinary tokens in the one spelling, added ones by their text, ascending by id. Raises Unreadable."""
    bounded(words)
    spell = speller(list(words))
    learned = {token: number for token, number in words.items() if isinstance(number, int)}
    named = {token: learned.pop(token) for token in added if token in learned}
    rows = [*zip(spell_all(spell, list(learned)), learned.values(), strict=True)]
    rows += [(token.encode(), number) for token, number in named.items()]
    beyond = [(token.encode(), number) for token, number in added.items() if token not in words]
    return by_id(rows + [(token, number) for token, number in beyond if number is not None])


def _merges(rows: Any) -> Listing:
    """Merges, each a text or a pair."""
    rows = rows if isinstance(rows, list) else []
    bounded(rows)
    pairs = [row.split(" ") if isinstance(row, str) else row for row in rows]
    pairs = [pair for pair in pairs if isinstance(pair, list) and len(pair) == 2]
    return spelled([(left, right) for left, right in pairs if isinstance(left, str) and isinstance(right, str)])


def _added(rows: Any) -> dict[str, int | None]:
    found = rows if isinstance(rows, list) else []
    return {row["content"]: _number(row.get("id")) for row in found if _is_token(row)}


def _named(found: Mapping[str, Any]) -> Iterable[str]:
    """The tokens that a config names by their use: `pad_token`, `additional_special_tokens`."""
    for key, value in found.items():
        if not key.endswith(("_token", "_tokens")):
            continue
        for token in value.values() if isinstance(value, dict) and "content" not in value else _listed(value):
            if isinstance(token, str) and token:
                yield token
            elif _is_token(token):
                yield token["content"]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _templates(value: Any) -> dict[str, str]:
    """One template, or several by name."""
    if isinstance(value, str):
        return {CHAT_TEMPLATE: value}
    rows = value if isinstance(value, list) else []
    found = [row for row in rows if isinstance(row, dict)]
    return {
        f"{CHAT_TEMPLATE} {row['name']}": row["template"]
        for row in found
        if isinstance(row.get("name"), str) and isinstance(row.get("template"), str)
    }


def _unfold(pipeline: Mapping[str, Any]) -> None:
    """Write the rules of a precompiled normalizer as bytes, as SentencePiece has them."""
    for part in _parts(pipeline.get("normalizer")):
        rules = part.pop("precompiled_charsmap", None)
        if isinstance(rules, str):
            try:
                part["rules"] = b64decode(rules)
            except ValueError:
                part["rules"] = rules.encode()


def _parts(component: Any) -> list[dict[str, Any]]:
    if not isinstance(component, dict):
        return []
    inner = component.get("normalizers")
    rows = inner if isinstance(inner, list) else [component]
    return [part for part in rows if isinstance(part, dict)]


def _bounded(value: Any, depth: int = 0) -> Any:
    """A tree without what lies too deep. Raises Unreadable."""
    if depth > DEEPEST:
        raise Unreadable(f"more than {DEEPEST} levels deep")
    if isinstance(value, dict):
        return {key: _bounded(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_bounded(inner, depth + 1) for inner in value]
    return value


def _is_token(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("content"), str) and row["content"] != ""


def _is_scored(row: Any) -> bool:
    return isinstance(row, list) and bool(row) and isinstance(row[0], str)


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) else None


def _is_chat(source: str) -> bool:
    """Whether a template is about the messages of a chat."""
    return "{%" in source and "<html" not in source and _CHAT.search(source) is not None
