"""Of equal functions that many files have, the one is named whose file is the likeliest origin of ours."""

from __future__ import annotations

import pytest

from match.samples import Bench, define, function, lines

BODY = lines(1, 24)
KEPT = define("one", BODY)
ALTERED = define("two", [*BODY[:20], *lines(2, 24)[20:]])
"""A copy of it that was changed. The function itself is on our side, too, so that it is the best for theirs."""


def _named(bench: Bench, right: dict[str, str], ours: str = "ours.py") -> list[str]:
    left = {"same.py": KEPT, ours: ALTERED + function("three", 3) + function("four", 4)}
    return [match.right.path for match in bench.report(left, right).matches if match.left.unit == "two"]


@pytest.mark.parametrize(("name", "other"), [("a.py", "z.py"), ("z.py", "a.py")])
def test_a_function_is_from_the_file_that_the_others_are_from(bench: Bench, name: str, other: str) -> None:
    whole = KEPT + function("three", 3) + function("four", 4)
    assert _named(bench, {name: whole, other: KEPT + function("five", 5)}) == [name]


@pytest.mark.parametrize("model", ["alpha", "beta"])
def test_of_files_that_share_most_it_is_the_one_that_is_called_alike(bench: Bench, model: str) -> None:
    files = {
        "models/alpha/modeling.py": KEPT + function("three", 3) + function("four", 4),
        "models/beta/modeling.py": KEPT + function("three", 3) + function("six", 6),
    }
    assert _named(bench, files, f"lib/models/{model}_modeling.py") == [f"models/{model}/modeling.py"]
