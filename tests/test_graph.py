"""The clone graph and its families."""

from __future__ import annotations

from report.samples import LEFT, RIGHT, example, match

from clonescan.entities import Member, Overlap, Place
from clonescan.graph import clone_graph, families, highest_overlap


def _between(left: tuple[str, str], right: tuple[str, str], number: int, runner_up: bool = False):  # type: ignore[no-untyped-def]
    return match(
        number,
        left=Place(LEFT, *left, 1, 2),
        right=Place(RIGHT, *right, 1, 2),
        runner_up=runner_up,
    )


def test_families_are_connected_units_largest_first() -> None:
    found = families(
        [
            _between(("z.py", "f"), ("y.py", "g"), 1),
            _between(("a.py", "f"), ("b.py", "g"), 2),
            _between(("a.py", "f"), ("c.py", "h"), 3),
        ]
    )
    assert [family.members for family in found] == [
        (Member(LEFT, "a.py", "f"), Member(RIGHT, "b.py", "g"), Member(RIGHT, "c.py", "h")),
        (Member(RIGHT, "y.py", "g"), Member(LEFT, "z.py", "f")),
    ]


def test_a_family_keeps_its_id_whatever_the_order() -> None:
    rows = [_between((f"{number}.py", "f"), ("hub.py", "g"), number) for number in range(5)]
    assert families(rows) == families(rows[::-1])
    assert families(rows)[0].id != families(rows[:4])[0].id


def test_runners_up_connect_nothing() -> None:
    assert families([_between(("a.py", "f"), ("b.py", "g"), 1, runner_up=True)]) == ()


def test_two_regions_of_a_unit_are_one_node() -> None:
    parts = (
        match(1, left=Place(LEFT, "a.py", "f", 10, 20)),
        match(2, left=Place(LEFT, "a.py", "f", 30, 40), right=Place(RIGHT, "other.py", "g", 1, 5)),
    )
    graph = clone_graph(example(matches=parts))
    node = graph.nodes[f"{LEFT}:a.py#f"]
    assert (node["start_line"], node["end_line"]) == (10, 40)
    assert {
        node for node, facts in graph.nodes(data=True) if facts["type"] == "unit" and facts["repository"] == LEFT
    } == {f"{LEFT}:a.py#f"}


def test_names_with_separators_do_not_meet() -> None:
    tricky = (
        match(1, left=Place(LEFT, "a#b", "c", 1, 2)),
        match(2, left=Place(LEFT, "a", "b#c", 1, 2)),
        match(3, left=Place(f"{LEFT}:a", "b", "c", 1, 2)),
    )
    graph = clone_graph(example(matches=tricky))
    assert sum(facts["type"] == "unit" for _, facts in graph.nodes(data=True)) == 4


def test_a_match_is_an_edge_between_its_units() -> None:
    graph = clone_graph(example())
    left, right = f"{LEFT}:encoder/resampler.py#Resampler.forward", f"{RIGHT}:kit/sampler.py#Sampler.run"
    assert graph.number_of_edges(left, right) == 2
    facts = graph.edges[left, right, "013f2a91c0e1"]
    assert (facts["similarity"], facts["left_lines"], facts["right_lines"]) == (0.94, "88-151", "90-160")


def test_the_highest_overlap_is_that_of_all_kinds() -> None:
    rows = (
        Overlap(LEFT, RIGHT, "all", 0.2, 1, 2, 1.0, 1.0),
        Overlap(RIGHT, LEFT, "all", 0.29996, 1, 2, 1.0, 1.0),
        Overlap(LEFT, RIGHT, "code", 0.9, 1, 2, 1.0, 1.0),
    )
    highest = highest_overlap(example(overlap=rows))
    assert highest is not None and round(highest.overlap, 4) == 0.3
    assert highest_overlap(example(overlap=())) is None
