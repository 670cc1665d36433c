"""YAML by the events of PyYAML's parser: anchors, merges and streams, and no tag is ever looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from clonescan.kinds.config.tree import (
    LEFT,
    MAX_DEPTH,
    MAX_LEAVES,
    TOO_DEEP,
    TWICE,
    Document,
    Node,
    Read,
    Scalar,
    Section,
)

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Only its parser is used; libyaml's, in C, where it is there."""

_REFUSED = "exceeded maximum nesting depth"
"""What libyaml says behind a thousand levels, before it tells of any."""

MAX_EVENTS = 20 * MAX_LEAVES
"""Events that are looked at: flow style takes five bytes for an event, and a value seldom takes more than four."""


def read(data: bytes) -> Read:
    """The documents of a stream up to the first error."""
    reader = _Reader()
    for event in reader.events(data):
        reader.take(event)
    while reader.stack:
        reader.close(reader.stack[-1].node.end)
    named = len(reader.documents) > 1
    documents = [
        Document(f"<document {number}>" if named else "<config>", root)
        for number, root in enumerate(reader.documents, 1)
    ]
    return Read(documents, tuple(sorted(reader.notes)))


class _Frame:
    """A collection that is being read: a key waits for its value; one that is too deep keeps nothing."""

    def __init__(self, node: Section, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: str | None = None


class _Reader:
    """Builds documents from events, without recursion."""

    def __init__(self) -> None:
        self.documents: list[Section] = []
        self.stack: list[_Frame] = []
        self.anchors: dict[str, Node] = {}
        self.notes: set[str] = set()
        self.copied = 0

    def events(self, data: bytes) -> Iterator[Any]:
        """The events up to the first error, or as many as are looked at."""
        try:
            for number, event in enumerate(yaml.parse(data, Loader=_LOADER)):
                if number >= MAX_EVENTS:
                    self.notes.add(f"more than {MAX_LEAVES:,} values; the first of them are compared")
                    return
                yield event
        except (yaml.YAMLError, ValueError) as error:
            if getattr(error, "problem", None) == _REFUSED:
                self.notes.add(TOO_DEEP)
            mark = getattr(error, "problem_mark", None)
            where = f" from line {mark.line + 1} on" if mark else ""
            self.notes.add(f"no YAML{where}; {LEFT}")

    def take(self, event: Any) -> None:
        """One event."""
        first, last = _lines(event.start_mark, event.end_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            self.anchors = {}
        elif isinstance(event, yaml.CollectionStartEvent):
            section = Section(first, first, isinstance(event, yaml.MappingStartEvent))
            self.stack.append(_Frame(section, event.anchor))
            if len(self.stack) > MAX_DEPTH:
                self.notes.add(TOO_DEEP)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.close(last)
        elif isinstance(event, yaml.ScalarEvent):
            self.put(Scalar(event.value, first, last), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self.put(self.anchors.get(event.anchor or "", Scalar("", first, first)), None)

    def close(self, end: int) -> None:
        """End a collection. Inside itself its anchor means nothing, so that no tree is endless."""
        frame = self.stack.pop()
        section = frame.node
        section.end = min(end, max((node.end for node in section.values), default=section.line))
        section.end = max(section.line, section.end)
        if section.keyed and section.get("<<") is not None:
            section = self.merged(section)
        if len(self.stack) < MAX_DEPTH:
            self.put(section, frame.anchor)

    def merged(self, section: Section) -> Section:
        """A mapping with what `<<` names in its place; its own keys go before (YAML 1.1, merge key)."""
        found = Section(section.line, section.end)
        named = section.get("<<")
        sources = [named] if isinstance(named, Section) and named.keyed else getattr(named, "values", ())
        for source in sources:
            for key, node in source.entries if isinstance(source, Section) else ():
                if self.copied >= MAX_LEAVES:
                    break
                self.copied += 1
                if section.get(key) is None and found.get(key) is None:
                    found.put(key, node)
        for key, node in section.entries:
            if key != "<<":
                found.put(key, node)
        return found

    def put(self, node: Node, anchor: str | None) -> None:
        """A node that has been read: a root, a key, a value or an item."""
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            if isinstance(node, Section):
                self.documents.append(node)
            return
        frame = self.stack[-1]
        if not frame.node.keyed:
            frame.node.put("", node)
        elif frame.key is None:
            frame.key = node.text if isinstance(node, Scalar) else "?"
        else:
            if frame.node.put(frame.key, node) and frame.key != "<<":
                self.notes.add(TWICE)
            frame.key = None


def _lines(start: Any, end: Any) -> tuple[int, int]:
    """First and last line between two marks; what ends at the beginning of a line ends with the one before."""
    first = start.line + 1
    return first, max(first, end.line + (1 if end.column else 0))
