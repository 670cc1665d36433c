"""Python environments made of nothing but files: packages as an installer leaves them behind, or as nobody should."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

METADATA = "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{more}\n"


def environment(folder: Path) -> Path:
    """An empty virtual environment; returns its folder of packages."""
    site = folder / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /nowhere/bin\ninclude-system-site-packages = false\n")
    return site


def install(
    site: Path,
    name: str,
    files: Mapping[str, str],
    version: str = "1.0",
    more: str = "",
    licence: str = "",
    record: str | None = None,
    origin: str = "",
    editable: bool = False,
) -> Path:
    """Put a package there; returns its metadata folder.

    `more`: further headers; `licence`: the text of its LICENSE; `record`: another list of its files than the true one;
    `origin`: the folder that it was installed from.
    """
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    metadata = {"METADATA": METADATA.format(name=name, version=version, more=more)}
    if licence:
        metadata["licenses/LICENSE"] = licence
    if origin:
        metadata["direct_url.json"] = json.dumps({"url": f"file://{origin}", "dir_info": {"editable": editable}})
    every = dict(files) | {f"{info.name}/{path}": text for path, text in metadata.items()}
    for path, text in every.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    listed = "".join(f"{path},sha256=x,{len(text)}\n" for path, text in every.items())
    (info / "RECORD").write_text(record if record is not None else f"{listed}{info.name}/RECORD,,\n")
    return info
