"""Small functions of common lines match where their files correspond, and nowhere else."""

from __future__ import annotations

from match.samples import Bench, define, function, pairs

SMALL = "def freeze_feature_encoder(model):\n    model.feature_extractor.{call}()\n\n\n"
KEPT = SMALL.format(call="_freeze_parameters")


def test_a_small_function_matches_in_a_file_that_corresponds(bench: Bench) -> None:
    left, right = function("one", 1) + KEPT, KEPT + function("two", 1, local="w")
    found = pairs(bench.matches(left, right))
    assert ("freeze_feature_encoder", "freeze_feature_encoder") in found and ("one", "two") in found


def test_the_same_function_matches_nowhere_else(bench: Bench) -> None:
    assert not bench.matches(function("one", 1) + KEPT, function("two", 2, local="w") + KEPT)


def test_what_is_beside_a_copied_function_tells_little_unless_the_files_are_related(bench: Bench) -> None:
    """It may have been put into a file that has nothing else to do with its own."""
    method = "class {name}:\n    def reset(self):\n        self.{name}_w = nn.Linear(3, 4)\n\n\n"
    small = [f"from torch import nn\n\n\n{method.format(name=name)}" for name in ("First", "Second")]
    own = [function(f"own{seed}", seed, length=30) for seed in (3, 4)]
    one, two = function("one", 1), function("two", 2)

    def tells(shared: str, others: list[str]) -> bool:
        found = bench.matches(*(each + other + shared for each, other in zip(small, others, strict=True)))
        assert ("one", "one") in pairs(found)
        return ("First.reset", "Second.reset") in pairs(found)

    assert not tells(one, own)
    assert tells(one + two, own)
    assert tells(one, ["", ""])


def test_a_small_function_of_another_name_is_no_match(bench: Bench) -> None:
    left, right = function("one", 1) + KEPT, function("two", 1) + "def thaw(net):\n    net.encoder.melt()\n\n\n"
    assert pairs(bench.matches(left, right)) == {("one", "two")}


def test_what_a_file_is_full_of_is_not_known_by_where_it_stands(bench: Bench) -> None:
    """Forty methods of one form and name on each side would be 1,600 pairs."""
    method = "class {name}:\n    def forward(self, x):\n        return self.{name}_net(x)\n\n\n"
    left, right = (
        function("one", 1) + "".join(method.format(name=f"{side}{number}") for number in range(40)) for side in "ab"
    )
    assert ("one", "one") in pairs(bench.matches(left, right))
    assert not [pair for pair in pairs(bench.matches(left, right)) if pair[0].endswith("forward")]


def test_many_small_functions_match_together_that_would_not_alone(bench: Bench) -> None:
    """Each may be chance; that so many of one file have their like in one file is none."""
    steps = [("mean", "+", "sqrt"), ("sum", "*", "max"), ("exp", "+", "ones"), ("abs", "*", "exp")]
    small = [
        define(f"small{number}", [f"v2 = torch.{one}(v0, 1) {sign} torch.{other}(v1)"])
        for number, (one, sign, other) in enumerate(steps)
    ]
    copied = [text.replace("small", "copied").replace("v", "w") for text in small]
    alone = [pairs(bench.matches(one, other)) for one, other in zip(small, copied, strict=True)]
    together = pairs(bench.matches("".join(small), "".join(copied)))
    unseen = {(f"small{number}", f"copied{number}") for number, found in enumerate(alone) if not found}
    assert len(unseen & together) >= 3
    assert together <= {(f"small{number}", f"copied{number}") for number in range(len(small))}
