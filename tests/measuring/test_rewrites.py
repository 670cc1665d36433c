"""Each rewrite changes what it says, and a function computes the same after it."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable

import pytest
from disguise import rewrites
from disguise.rename import Namer


class Always(random.Random):
    """Takes every chance that it is offered."""

    def random(self) -> float:
        """The lowest chance."""
        return 0.0


def rewritten(text: str, rewrite: Callable[[ast.AST, random.Random], None]) -> str:
    """A text after a rewrite."""
    tree = ast.parse(text)
    rewrite(tree.body[0], Always(1))
    return ast.unparse(ast.fix_missing_locations(tree))


def body(*lines: str) -> str:
    """A function of some lines."""
    return "\n".join(["def f(a, b):", *(f"    {line}" for line in lines)])


@pytest.mark.parametrize(
    ("rewrite", "before", "after"),
    [
        (rewrites.inline_temporaries, ["c = a + b", "return g(c)"], ["return g(a + b)"]),
        (rewrites.comprehend, ["c = []", "for i in a:", "    c.append(i)"], ["c = [i for i in a]"]),
        (rewrites.merge_assignments, ["c = a", "d = b"], ["c, d = (a, b)"]),
        (rewrites.merge_assignments, ["c = a", "d = c"], ["c = a", "d = c"]),
        (rewrites.expand_augmented, ["a += b"], ["a = a + b"]),
        (rewrites.invert_branches, ["return a if b else 1"], ["return 1 if not b else a"]),
        (rewrites.drop_checks, ["assert a", "return b"], ["return b"]),
        (
            rewrites.drop_checks,
            ["if a:", "    return b", "else:", "    raise ValueError(a)"],
            ["if a:", "    return b"],
        ),
        (rewrites.swap_independent, ["c = a", "d = b"], ["d = b", "c = a"]),
        (rewrites.swap_independent, ["c = a", "d = c"], ["c = a", "d = c"]),
    ],
)
def test_a_rewrite(rewrite: Callable[[ast.AST, random.Random], None], before: list[str], after: list[str]) -> None:
    """Statements become those that a copier would write instead, and others stay."""
    assert rewritten(body(*before), rewrite) == body(*after)


@pytest.mark.parametrize(
    ("imports", "before", "after"),
    [
        ({"torch": "torch"}, "a @ b", "torch.matmul(a, b)"),
        ({"torch": "torch"}, "torch.matmul(a, b)", "a @ b"),
        ({"torch": "torch"}, "torch.cat(a)", "torch.concat(a)"),
        ({}, "a.view(b)", "a.reshape(b)"),
        ({"torch": "torch"}, "a.softmax(-1)", "torch.softmax(a, -1)"),
        ({"torch": "torch"}, "torch.softmax(a, -1)", "a.softmax(-1)"),
        ({"torch": "torch", "F": "torch.nn.functional"}, "F.relu(a)", "torch.relu(a)"),
        ({"nn": "torch.nn", "F": "torch.nn.functional"}, "F.relu(a)", "nn.functional.relu(a)"),
        ({"torch": "torch", "F": "torch.nn.functional"}, "F.gelu(a)", "torch.nn.functional.gelu(a)"),
        ({"F": "torch.nn.functional"}, "F.gelu(a)", "F.gelu(a)"),
    ],
)
def test_an_equivalent_call(imports: dict[str, str], before: str, after: str) -> None:
    """Calls become others that compute the same, as far as the imports at hand allow."""
    text = rewritten(body(f"return {before}"), lambda f, rng: rewrites.replace_calls(f, rng, imports))
    assert text == body(f"return {after}")


def test_a_loop_becomes_a_while_that_does_the_same() -> None:
    """`continue`, `break` and `else` included."""
    text = body(
        "found = []",
        "for i in a:",
        "    if i == 2:",
        "        continue",
        "    if i == b:",
        "        break",
        "    found.append(i)",
        "else:",
        "    found.append('end')",
        "return found",
    )
    namer = Namer(random.Random(1), ())
    changed = rewritten(text, lambda f, rng: rewrites.loops_to_while(f, rng, namer))
    assert "while" in changed
    for last in (3, 9):
        results = []
        for code in (text, changed):
            known: dict[str, Callable[[list[int], int], list[object]]] = {}
            exec(code, known)
            results.append(known["f"]([1, 2, 3], last))
        assert results[0] == results[1]
