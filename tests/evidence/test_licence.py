"""Licences, from metadata and from texts."""

from __future__ import annotations

import pytest

from clonescan.evidence.licence import identify, is_candidate, stating

MIT = """MIT License\n\nCopyright (c) 2024 Somebody\n
Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction.

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED \u201cAS IS\u201d, WITHOUT WARRANTY OF ANY KIND."""
BSD = """Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:
 * Redistributions of source code must retain the above copyright notice
 * Redistributions in binary form must reproduce the above copyright notice"""
APACHE = """                                 Apache License
                           Version 2.0, January 2004
   TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"""
ZLIB = """This software is provided 'as-is', without any express or implied warranty. In no event will the authors be
held liable for any damages arising from the use of this software. Permission is granted to anyone to use this software
for any purpose, including commercial applications, and to alter it and redistribute it freely, subject to the following
restrictions: 1. The origin of this software must not be misrepresented; you must not claim that you wrote the original
software. If you use this software in a product, an acknowledgment in the product documentation would be appreciated but
is not required. 2. Altered source versions must be plainly marked as such, and must not be misrepresented as being the
original software. 3. This notice may not be removed or altered from any source distribution."""
GNU = "GNU {kind}GENERAL PUBLIC LICENSE\n   Version {version}\n {more}  Preamble"


@pytest.mark.parametrize(
    ("text", "spdx"),
    [
        (MIT, "MIT"),
        (MIT.replace("The above copyright notice and this permission notice shall", "It need not"), "MIT-0"),
        (BSD, "BSD-2-Clause"),
        (BSD + "\n * Neither the name of the copyright holder nor", "BSD-3-Clause"),
        (APACHE, "Apache-2.0"),
        ("\n".join(f"# {line}" for line in APACHE.splitlines()), "Apache-2.0"),
        (GNU.format(kind="", version="2, June 1991", more=""), "GPL-2.0"),
        (GNU.format(kind="", version="3, 29 June 2007", more="GNU Affero General Public License"), "GPL-3.0"),
        (GNU.format(kind="AFFERO ", version="3, 19 November 2007", more="the GNU General Public License"), "AGPL-3.0"),
        (GNU.format(kind="LESSER ", version="2.1, February 1999", more=""), "LGPL-2.1"),
        (GNU.format(kind="LESSER ", version="3, 29 June 2007", more="This version of the GNU Lesser"), "LGPL-3.0"),
        ("Mozilla Public License Version 2.0\n===", "MPL-2.0"),
        ("Permission to use, copy, modify, and/or distribute this software for any\npurpose ... provided that the "
         "above copyright notice and this permission notice appear in all copies.", "ISC"),
        ("This is free and unencumbered software released into the public domain.", "Unlicense"),
        ("Attribution-NonCommercial 4.0 International", "CC-BY-NC-4.0"),
        (ZLIB, "Zlib"),
        ("META LLAMA 3 COMMUNITY LICENSE AGREEMENT\nMeta Llama 3 Version", "LicenseRef-Llama-3-Community"),
        ("LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\nLlama 3.1 Version", "LicenseRef-Llama-3.1-Community"),
        ("CreativeML Open RAIL-M\ndated August 22, 2022", "LicenseRef-CreativeML-OpenRAIL-M"),
        ("BigCode OpenRAIL-M v1 License Agreement", "LicenseRef-BigCode-OpenRAIL-M"),
        ("Gemma Terms of Use\nLast modified:", "LicenseRef-Gemma"),
        ("All rights reserved. You may look.", None),
        (MIT + BSD, None),
        (APACHE + MIT, None),
        ("", None),
    ],
)  # fmt: skip
def test_texts(text: str, spdx: str | None) -> None:
    assert identify({"LICENSE": text.encode()}) == spdx


@pytest.mark.parametrize(
    ("path", "content", "spdx"),
    [
        ("METADATA", "Name: x\nLicense-Expression: mit OR apache-2.0\n", "MIT OR Apache-2.0"),
        ("x-1.dist-info/METADATA", "License: BSD-3-Clause\n", "BSD-3-Clause"),
        ("PKG-INFO", "License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", "MIT"),
        (
            "PKG-INFO",
            "Classifier: License :: OSI Approved\nClassifier: License :: OSI Approved :: MIT License\n",
            "MIT",
        ),
        ("PKG-INFO", "Classifier: License :: OSI Approved :: BSD License\n", None),
        ("METADATA", "License: " + MIT.replace("\n\n", "\n").replace("\n", "\n        "), "MIT"),
        ("PKG-INFO", "\nLicense: MIT in the description\n", None),
        ("pyproject.toml", '[project]\nlicense = "Apache-2.0"', "Apache-2.0"),
        ("pyproject.toml", '[project]\nlicense = {text = "mit"}', "MIT"),
        ("pyproject.toml", '[project]\nlicense = {file = "LICENSE"}', None),
        ("pyproject.toml", '[tool.poetry]\nlicense = "MIT"', "MIT"),
        ("pyproject.toml", '[project]\nclassifiers = ["License :: OSI Approved :: ISC License (ISCL)"]', "ISC"),
        ("pyproject.toml", "project = 1\ntool = 2", None),
        ("pyproject.toml", "[project", None),
    ],
)
def test_metadata(path: str, content: str, spdx: str | None) -> None:
    assert identify({path: content.encode()}) == spdx


def test_metadata_is_believed_before_texts_and_two_texts_are_unsure() -> None:
    stated = b'[project]\nlicense = "GPL-3.0-only"'
    assert identify({"LICENSE": MIT.encode(), "pyproject.toml": stated}) == "GPL-3.0-only"
    assert identify({"LICENSE-MIT": MIT.encode(), "LICENSE-APACHE": APACHE.encode()}) is None
    assert identify({"LICENSE": MIT.encode(), "docs/LICENSE": MIT.encode()}) == "MIT"
    assert identify({"LICENSE": MIT.encode(), "pyproject.toml": b"[project]"}) == "MIT"


def test_any_bytes_are_read() -> None:
    assert identify({"LICENSE": b"\xff\xfe\0", "pyproject.toml": b"\xff", "METADATA": b"\xff\n\n"}) is None
    assert identify({"pyproject.toml": b"a = " + b"[" * 100_000}) is None


def test_which_files_are_asked_for() -> None:
    asked = ["LICENSE", "licence.md", "x/COPYING", "COPYING.LESSER", "LICENSE-APACHE", "UNLICENSE", "pyproject.toml"]
    assert all(is_candidate(path) for path in asked)
    assert not any(is_candidate(path) for path in ("license.py", "licenses.txt", "license/x.txt", "my_license_tool"))


def test_an_unpacked_wheel_has_its_licence_in_its_metadata() -> None:
    wheel = ["x/LICENSE", "x-1.dist-info/METADATA", "x-1.dist-info/licenses/LICENSE", "x-1.dist-info/RECORD"]
    assert stating(wheel) == wheel[1:3]
    assert stating([*wheel, "LICENSE", "y-2.dist-info/METADATA"]) == ["LICENSE"]
