"""Where the graph's nodes stand: repositories by how much they share, files packed inside them, units inside those.

A spring layout of thousands of units takes minutes. Here networkx places the repositories alone; each file moves
towards its counterparts (Tutte's barycentre), which puts files that match at corresponding places of their
repositories; and circles that overlap push each other apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx  # type: ignore[import-untyped]
import numpy as np

from clonescan.fingerprint import Array

UNIT_RADIUS = 5.0
"""Of a unit's dot; all other lengths follow from it."""

FILE_MARGIN, FILE_GAP, HULL_MARGIN, HULL_GAP = 5.0, 9.0, 24.0, 110.0
SMALLEST_HULL = 40.0
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
"""Between neighbours of a sunflower: it fills a disc evenly (Vogel 1979)."""

TURNS = 90
"""Angles that are tried, two degrees apart, to lay the repositories across a page, which is wider than high."""

SWEEPS = 6
"""Each moves files nearer to their counterparts; after a few of them little changes."""

PUSHES = 150
"""Until circles no longer overlap; more are only needed by thousands of files."""

MOST_PUSHED = 1_500
"""Files of one repository that are packed by pushing, each pair looked at; more are placed in a sunflower."""

Circle = tuple[float, float, float]
"""Centre and radius."""


@dataclass(frozen=True, slots=True)
class Circles:
    """Circles of repositories and files, and centres of units, each in the order of what was given."""

    repositories: list[Circle]
    files: list[Circle]
    units: list[tuple[float, float]]


def arrange(
    repositories: int, file_repository: Sequence[int], unit_file: Sequence[int], links: Mapping[tuple[int, int], float]
) -> Circles:
    """Place files of repositories and units of files; `links` are bits of evidence between two files."""
    owners = np.array(file_repository, np.int64)
    counts = np.bincount(np.array(unit_file, np.int64), minlength=len(owners))
    radii = UNIT_RADIUS * 1.7 * np.sqrt(np.maximum(counts, 1)) + FILE_MARGIN
    weights = {pair: math.log2(1 + max(bits, 0.0)) for pair, bits in links.items()}
    linked = np.isin(np.arange(repositories), owners)
    sizes = np.sqrt(np.bincount(owners, (radii + FILE_GAP) ** 2, minlength=repositories)) + HULL_MARGIN
    hulls = _hulls(_repositories(linked, owners, weights), np.maximum(sizes, SMALLEST_HULL), linked)
    local = _files(owners, hulls / max(float(np.abs(hulls).max(initial=0)), 1), weights)
    for repository in np.flatnonzero(linked).tolist():
        inside = np.flatnonzero(owners == repository)
        local[inside] = _packed(local[inside], radii[inside], FILE_GAP)
        sizes[repository] = float((np.hypot(*local[inside].T) + radii[inside]).max()) + HULL_MARGIN
    sizes = np.maximum(sizes, SMALLEST_HULL)
    hulls = _hulls(hulls, sizes, linked)
    places = local + hulls[owners]
    return Circles(_circles(hulls, sizes), _circles(places, radii), _units(places, unit_file, counts))


def _repositories(linked: Array, owners: Array, links: Mapping[tuple[int, int], float]) -> Array:
    """Return directions of the linked repositories from their middle, about one unit away."""
    members = np.flatnonzero(linked).tolist()
    graph = networkx.Graph()
    graph.add_nodes_from(members)
    graph.add_weighted_edges_from((one, other, 0.1) for one in members for other in members if one < other)
    for (left, right), weight in links.items():
        ends = int(owners[left]), int(owners[right])
        if ends[0] != ends[1]:
            graph.edges[ends]["weight"] += weight / 10
    start = networkx.circular_layout(graph)
    found = networkx.spring_layout(graph, pos=start, seed=1, iterations=100) if len(members) > 2 else start
    directions = np.zeros((len(linked), 2))
    if members:
        directions[members] = np.array([found[member] for member in members])
    return directions


def _hulls(points: Array, sizes: Array, linked: Array) -> Array:
    """Return the centres of the repositories: the linked ones as they lie, those without matches in a row below."""
    centres = np.zeros_like(points)
    extent = max(float(np.abs(points[linked]).max(initial=0)), 1e-6)
    start = points[linked] * float(sizes[linked].sum()) / extent
    if linked.any():
        centres[linked] = _turned(_pushed(start, sizes[linked], HULL_GAP, pull=0.02), sizes[linked])
    low = (centres[linked, 1] + sizes[linked]).max(initial=0.0)
    middle = centres[linked, 0].mean() if linked.any() else 0.0
    alone = np.flatnonzero(~linked)
    step = 2 * SMALLEST_HULL + HULL_GAP / 2
    centres[alone, 0] = middle + (np.arange(len(alone)) - (len(alone) - 1) / 2) * step
    centres[alone, 1] = low + HULL_GAP / 2 + SMALLEST_HULL
    return centres


def _turned(points: Array, radii: Array) -> Array:
    """Return circles turned about their middle so that they are as wide and as low as can be, the first to the left."""
    points = points - points.mean(axis=0)
    angles = np.arange(TURNS) * math.pi / TURNS
    turns = np.stack([np.cos(angles), -np.sin(angles), np.sin(angles), np.cos(angles)], axis=1).reshape(-1, 2, 2)
    turned = points @ turns
    extents = (turned + radii[:, None]).max(axis=1) - (turned - radii[:, None]).min(axis=1)
    found: Array = turned[(extents[:, 1] / extents[:, 0]).argmin()]
    return -found if found[0, 0] > 0 else found


def _files(owners: Array, directions: Array, links: Mapping[tuple[int, int], float]) -> Array:
    """Return where each file stands in its repository, about the centre: as its counterparts stand in theirs."""
    local = np.concatenate([_sunflower(int(count)) for count in np.bincount(owners, minlength=len(directions))])
    start = local
    ends = np.array([*links, *((right, left) for left, right in links)], np.int64).reshape(-1, 2)
    weight = np.tile(np.array([*links.values()]), 2)
    total = np.maximum(np.bincount(ends[:, 0], weight, minlength=len(owners)), 1e-9)
    away = (directions[owners[ends[:, 1]]] - directions[owners[ends[:, 0]]]) * 0.5
    for _ in range(SWEEPS):
        pulled = local[ends[:, 1]] + away
        sums = [np.bincount(ends[:, 0], weight * pulled[:, axis], minlength=len(owners)) for axis in (0, 1)]
        means = np.stack(sums, axis=1) / total[:, None]
        local = 0.3 * start + 0.7 * _even(means, owners, len(directions))
    return local


def _even(points: Array, owners: Array, groups: int) -> Array:
    """Return the points of each group spread evenly about zero, so that what crowds together comes apart."""
    found = points.copy()
    for group in range(groups):
        inside = owners == group
        if inside.any():
            centred = points[inside] - points[inside].mean(axis=0)
            found[inside] = centred / np.maximum(centred.std(axis=0) * 2, 1e-6)
    return found


def _packed(points: Array, radii: Array, gap: float) -> Array:
    """Return the files of one repository close together, none over another, about zero."""
    if len(points) > MOST_PUSHED:
        order = np.lexsort((points[:, 1], np.hypot(*points.T)))
        found = np.empty_like(points)
        found[order] = _sunflower(len(points)) * math.sqrt(len(points)) * (float(radii.max()) + gap)
        return found
    extent = math.sqrt(float(((radii + gap) ** 2).sum()))
    found = _pushed(points * extent, radii, gap, pull=0.03)
    return found - _middle(found, radii)


def _middle(points: Array, radii: Array) -> Array:
    """Return about the centre of the smallest circle around all, by steps to the farthest (Badoiu, Clarkson 2003)."""
    middle = points.mean(axis=0)
    for step in range(2, 100):
        apart = points - middle
        reach = np.hypot(*apart.T) + radii
        middle = middle + apart[reach.argmax()] / step
    found: Array = middle
    return found


def _pushed(points: Array, radii: Array, gap: float, pull: float) -> Array:
    """Return circles that no longer overlap, drawn together as long as they may be."""
    wanted = radii[:, None] + radii[None, :] + gap
    np.fill_diagonal(wanted, 0)
    for push in range(PUSHES):
        if push < PUSHES * 2 // 3:
            points = points * (1 - pull)
        apart = points[:, None, :] - points[None, :, :]
        distance = np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 1e-6)
        short = np.maximum(wanted - distance, 0) / distance
        points = points + 0.5 * np.einsum("ij,ijk->ik", short, apart)
    return points


def _sunflower(number: int) -> Array:
    """Return so many points evenly on the unit disc, from its middle outwards."""
    steps = np.arange(number)
    radius, angle = np.sqrt((steps + 0.5) / max(number, 1)), steps * GOLDEN_ANGLE
    found: Array = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return found


def _units(places: Array, unit_file: Sequence[int], counts: Array) -> list[tuple[float, float]]:
    discs = {int(count): _sunflower(int(count)) * UNIT_RADIUS * 1.7 * math.sqrt(int(count)) for count in set(counts)}
    placed = np.zeros(len(counts), np.int64)
    found = []
    for file in unit_file:
        count = int(counts[file])
        x, y = places[file] + (discs[count][placed[file]] if count > 1 else 0.0)
        placed[file] += 1
        found.append((round(float(x), 1), round(float(y), 1)))
    return found


def _circles(centres: Array, radii: Array) -> list[Circle]:
    rows = np.round(np.column_stack([centres, radii]), 1).tolist()
    return [(x, y, radius) for x, y, radius in rows]
