"""What a config's keys and values weigh: nothing where all code mentions them, little where two common ones meet."""

from __future__ import annotations

import json

import pytest

from clonescan.background import open_background
from clonescan.kinds import config
from clonescan.kinds.config.spelling import last_name
from clonescan.match.corpus import File, gather
from clonescan.match.weights import weigh


def weights(document: dict[str, object]) -> dict[str, float]:
    """The bits of each feature of a config by its words."""
    background = open_background("default")
    data = json.dumps(document).encode()
    found = config.extract("a.json", data, background.symbols)
    corpus = gather([File(0, "a.json", "config", "", "", found)])
    words = config.describe("a.json", data, found, list(range(len(found.features))))
    bits = weigh(corpus, background, frozenset())
    assert len(corpus.features) == len(words)
    return dict(zip([words[row] for row in corpus.rows], (bits[corpus.features] / 1000).tolist(), strict=True))


@pytest.mark.parametrize("key", ["momentum", "lr", "dropout", "num_workers"])
def test_a_key_that_all_code_mentions_weighs_next_to_nothing(key: str) -> None:
    found = weights({key: 17.123, "heron_size": 18.321, "third": 19.456})
    assert found[key] < 0.5 < 4 < found["heron_size"]


def test_a_keyword_that_stands_in_few_configs_is_no_rarity() -> None:
    """`nesterov` is a keyword of optimizers in nine packages."""
    found = weights({"nesterov": 17.123, "heron_size": 18.321, "third": 19.456})
    assert found["nesterov"] < 3 < 4 < found["heron_size"]


def test_a_pair_of_common_values_weighs_less_than_one_of_rare_values() -> None:
    common = weights({"a": True, "b": 128, "c": 0.9})
    rare = weights({"a": "heron-ledge", "b": 128.125, "c": 0.90625})
    sums = [sum(bits for words, bits in found.items() if " with " in words) for found in (common, rare)]
    values = sum(bits for words, bits in rare.items() if words in ("heron-ledge", "128.125", "0.90625"))
    assert sums[0] < 3
    assert values > 10


@pytest.mark.parametrize(("text", "name"), [("torch.optim.AdamW", "AdamW"), ("./a/b", "b"), ("0.0005", None)])
def test_numbers_are_no_dotted_names(text: str, name: str | None) -> None:
    assert last_name(text) == name
