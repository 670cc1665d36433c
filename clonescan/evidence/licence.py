"""Identifies a repository's licence, as an SPDX id, from package metadata or the text of the licence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from email.parser import HeaderParser
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

_TEXT_NAME = re.compile(r"(licen[cs]e|copying|unlicense|mit-license)([-_. ][\w.-]*)?", re.I)
_TEXT_CHARS = 300_000
"""Of longer texts the beginning is looked at: the longest licence, with all that it bundles, has a third of it."""

_INFO = re.compile(r"[^/]+\.dist-info/(?:licenses/)?[^/]+")
_METADATA_NAMES = ("METADATA", "PKG-INFO", "pyproject.toml")

_CLASSIFIERS = {
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "ISC License (ISCL)": "ISC",
    "The Unlicense (Unlicense)": "Unlicense",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
}
"""Trove classifiers that mean one licence; "Apache Software License" and "BSD License" leave the version open."""

_PHRASES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("GNU", "AGPL-3.0", ("gnu affero general public license version 3",)),
    ("GNU", "LGPL-3.0", ("gnu lesser general public license version 3", "this version of the gnu lesser")),
    ("GNU", "LGPL-2.1", ("gnu lesser general public license version 2.1", "preamble")),
    ("GNU", "GPL-3.0", ("gnu general public license version 3", "preamble")),
    ("GNU", "GPL-2.0", ("gnu general public license version 2", "preamble")),
    ("MPL", "MPL-2.0", ("mozilla public license version 2.0",)),
    ("Apache", "Apache-2.0", ("apache license version 2.0",)),
    ("BSL", "BSL-1.0", ("boost software license - version 1.0",)),
    ("CC", "CC0-1.0", ("cc0 1.0 universal",)),
    ("CC", "CC-BY-NC-SA-4.0", ("attribution-noncommercial-sharealike 4.0 international",)),
    ("CC", "CC-BY-NC-4.0", ("attribution-noncommercial 4.0 international",)),
    ("CC", "CC-BY-SA-4.0", ("attribution-sharealike 4.0 international",)),
    ("CC", "CC-BY-4.0", ("attribution 4.0 international",)),
    ("Unlicense", "Unlicense", ("this is free and unencumbered software released into the public domain",)),
    ("ISC", "ISC", ("permission to use, copy, modify, and/or distribute this software for any purpose",
                    "the above copyright notice and this permission notice appear in all copies")),
    ("MIT", "MIT", ("permission is hereby granted, free of charge, to any person obtaining a copy",
                    "the above copyright notice and this permission notice",
                    'the software is provided "as is"')),
    ("MIT", "MIT-0", ("permission is hereby granted, free of charge, to any person obtaining a copy",
                      'the software is provided "as is"')),
)  # fmt: skip
"""(family, id, phrases): the first of a family whose phrases all occur; quotes, commas and white space made plain. They
tell texts that were changed or cut so that they are no licence's text any more."""

_MODEL_PHRASES: tuple[tuple[str, str], ...] = (
    ("LicenseRef-Llama-4-Community", "llama 4 community license agreement"),
    ("LicenseRef-Llama-3.3-Community", "llama 3.3 community license agreement"),
    ("LicenseRef-Llama-3.2-Community", "llama 3.2 community license agreement"),
    ("LicenseRef-Llama-3.1-Community", "llama 3.1 community license agreement"),
    ("LicenseRef-Llama-3-Community", "llama 3 community license agreement"),
    ("LicenseRef-Llama-2-Community", "llama 2 community license agreement"),
    ("LicenseRef-BigCode-OpenRAIL-M", "bigcode open rail-m"),
    ("LicenseRef-BigCode-OpenRAIL-M", "bigcode openrail-m"),
    ("LicenseRef-CreativeML-OpenRAIL++-M", "creativeml open rail++-m"),
    ("LicenseRef-CreativeML-OpenRAIL-M", "creativeml open rail-m"),
    ("LicenseRef-CreativeML-OpenRAIL-M", "creativeml openrail-m"),
    ("LicenseRef-Gemma", "gemma terms of use"),
)
"""Licences of models, which are not on SPDX's list: their titles."""

_BSD = ("redistribution and use in source and binary forms", "redistributions of source code must retain",
        "redistributions in binary form must reproduce")  # fmt: skip


def is_candidate(path: str) -> bool:
    """Whether a file of this path may tell the licence of the folder it lies in."""
    name = path.rpartition("/")[2]
    return name in _METADATA_NAMES or bool(_TEXT_NAME.fullmatch(name) and not name.endswith((".py", ".json")))


def stating(paths: Iterable[str]) -> list[str]:
    """Those of the paths of a folder that may tell its licence: at its top, or in the metadata of an unpacked wheel.

    Where the metadata of several packages lies side by side, none of it is that of the folder.
    """
    here = [path for path in paths if is_candidate(path) and ("/" not in path or _INFO.fullmatch(path))]
    packages = {path.partition("/")[0] for path in here if "/" in path}
    return [path for path in here if "/" not in path or len(packages) == 1]


def is_text(path: str) -> bool:
    """Whether a file of this path is the text of a licence, of the repository or of an installed package."""
    folder, _, name = path.rpartition("/")
    near = not folder or folder.removesuffix("/licenses").endswith(".dist-info")
    return near and bool(_TEXT_NAME.fullmatch(name)) and not name.endswith((".py", ".json"))


def identify(files: Mapping[str, bytes]) -> str | None:
    """The SPDX id of the licence that these files (content by path) state; None when there is none or it is unsure.

    Metadata is believed before texts. Texts of several licences, in one file or in several, leave it unsure.
    """
    texts = {path: content.decode("utf-8", "replace") for path, content in sorted(files.items()) if is_candidate(path)}
    for path, text in texts.items():
        stated = _from_metadata(path.rpartition("/")[2], text)
        if stated:
            return stated
    found = {_from_text(text) for path, text in texts.items() if path.rpartition("/")[2] not in _METADATA_NAMES}
    return found.pop() if len(found) == 1 else None


def _from_metadata(name: str, text: str) -> str | None:
    if name in ("METADATA", "PKG-INFO"):
        message = HeaderParser().parsestr(text)
        stated = message.get("License-Expression") or message.get("License")
        return _canonical(stated) or _whole(stated) or _from_classifiers(message.get_all("Classifier") or [])
    if name == "pyproject.toml":
        return _from_pyproject(text)
    return None


def _from_pyproject(text: str) -> str | None:
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    project = document.get("project")
    if not isinstance(project, dict):
        tool = document.get("tool")
        project = tool.get("poetry") if isinstance(tool, dict) else None
    if not isinstance(project, dict):
        return None
    stated = project.get("license")
    stated = stated.get("text") if isinstance(stated, dict) else stated
    classifiers = project.get("classifiers")
    return _canonical(stated) or _from_classifiers(classifiers if isinstance(classifiers, list) else [])


def _canonical(stated: object) -> str | None:
    """A valid SPDX expression in its canonical spelling."""
    if not isinstance(stated, str):
        return None
    try:
        return canonicalize_license_expression(stated.strip())
    except InvalidLicenseExpression:
        return None


def _whole(stated: str | None) -> str | None:
    """The licence whose text stands where its name should."""
    return _from_text(stated) if stated and "\n" in stated else None


def _from_classifiers(classifiers: list[Any]) -> str | None:
    names = {str(one).rpartition(" :: ")[2] for one in classifiers if str(one).startswith("License ::")}
    known = {_CLASSIFIERS.get(name) for name in names - {"OSI Approved"}}
    return known.pop() if len(known) == 1 else None


def _from_text(text: str) -> str | None:
    """The licence that a text is; None if it holds several, or none that is known."""
    from licenseclassifier import identify_license  # reads the texts of 693 licences

    plain = re.sub(r"[\s*#]+", " ", text.lower().replace("``", '"').replace("''", '"'))
    plain = re.sub(r"[\u201c\u201d]", '"', plain).replace("license, version", "license version")
    model = next((name for name, title in _MODEL_PHRASES if title in plain), None)
    if model:
        return model
    found = {one.id for one in identify_license(text[:_TEXT_CHARS])} or _from_phrases(plain)
    return found.pop() if len(found) == 1 else None


def _from_phrases(plain: str) -> set[str]:
    found: dict[str, str] = {}
    if all(phrase in plain for phrase in _BSD):
        named = "neither the name" in plain or "may not be used to endorse" in plain
        found["BSD"] = "BSD-3-Clause" if named else "BSD-2-Clause"
    for family, spdx, phrases in _PHRASES:
        if all(phrase in plain for phrase in phrases):
            found.setdefault(family, spdx)
    return set(found.values())
