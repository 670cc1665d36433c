"""Reads configs: one module a format, each from bytes (UTF-8, `\\n` line ends) to documents. None executes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from clonescan.kinds.config.formats import ini, json, python, toml, yaml
from clonescan.kinds.config.tree import Read

READERS: Mapping[str, Callable[[bytes], Read]] = {
    "json": json.read,
    "yaml": yaml.read,
    "toml": toml.read,
    "ini": ini.read,
    "python": python.read,
}
