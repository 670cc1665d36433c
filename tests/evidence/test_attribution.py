"""Where a project states an origin: what counts as naming it, what does not, and which place is told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonescan.entities import Attribution, Credits, Place, Repository
from clonescan.evidence.attribution import Attributions, states

OWN = Repository(
    "ours", ".", credits=Credits(("ours",), ("https://github.com/us/ours",), ("Bo Own",), ("(c) 2024 Us Ltd",))
)
ORIGIN = Repository(
    "transformers 4.44.2",
    "installed:transformers",
    credits=Credits(
        ("transformers",),
        ("https://github.com/huggingface/transformers",),
        ("The Hugging Face team (past and future) with the help of all our contributors",),
        ("Copyright 2018- The Hugging Face team. All rights reserved.",),
    ),
)
CLIP = Repository(
    "open-clip-torch 3.3.0",
    "pypi:open-clip-torch",
    credits=Credits(("open_clip_torch",), ("https://github.com/mlfoundations/open_clip",), ("Ross Wightman",)),
)
CODE = "import transformers\n\n\ndef f(a):\n    return a\n"
OURS = Place("ours", "m.py", "f", 4, 5)
THEIRS = Place(ORIGIN.id, "transformers/models/bert/modeling_bert.py", "f", 1, 2)
THEIR_LINK = "https://github.com/huggingface/transformers/blob/v4.44.2/src/transformers/models/bert/modeling_bert.py#L7"


def _found(
    texts: dict[str, str], ours: Place = OURS, origin: Repository = ORIGIN, their_file: bytes | None = None
) -> Attribution | None:
    files = {path: text.encode("utf-8", "surrogateescape") for path, text in texts.items()}
    return Attributions(OWN, files).of(ours, origin, THEIRS, their_file)


def _place(found: Attribution | None) -> tuple[str, int, str] | None:
    return (found.path, found.line, found.how) if found else None


@pytest.mark.parametrize(
    ("comment", "how"),
    [
        ("# https://github.com/huggingface/transformers", "link"),
        ("# Adapted from git@github.com:huggingface/transformers.git", "link"),
        ("# https://github.com/huggingface/transformers/blob/main/src/transformers/trainer.py#L12-L40", "link"),
        (f"# See {THEIR_LINK}", "file link"),
        ("# Source: https://raw.githubusercontent.com/huggingface/transformers/main/src/x.py", "link"),
        ("# Adapted from transformers", "name"),
        ("# Copied from transformers.models.llama.modeling_llama.LlamaMLP with Llama->Ours", "name"),
        ('"""This is based on the code of Transformers."""', "name"),
        ("# a port of `transformers`' BertLayer", "name"),
        ("# code borrowed from huggingface/transformers", "name"),
        ("# mask logic from Hugging Face's implementation, thanks to Hugging Face", "author"),
        ("# taken from HF", "author"),
        ("# Copyright 2020 The HuggingFace Inc. team.", "copyright holder"),
        ("# SPDX-FileCopyrightText: 2020 Hugging Face <x@huggingface.co>", "copyright holder"),
    ],
)
def test_a_comment_or_docstring_names_the_origin(comment: str, how: str) -> None:
    assert _place(_found({"m.py": f"{comment}\n{CODE}"})) == ("m.py", 1, how)


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        "# works with transformers 4.40\n",
        "# based on transformers, as in Attention is All You Need\n",
        "# A PyTorch implementation of `Twins: Spatial Attention in Vision Transformers`\n",
        "# adapted for transformers\n# converted to transformers\n",
        "# this is not copied from transformers\n",
        "# adapted from the transformers-like model\n",
        "# This class inherits from [`~transformers.utils.PushToHubMixin`]\n",
        "# loads weights taken from transformers checkpoints\n",
        "# Adapted:\n# from transformers import BertModel\n",
        '"""Modified usage:\n\n>>> from transformers import AutoModel\n>>> import transformers\n"""\n',
        "# originally we did pip install transformers==4.1\n",
        "# workaround: https://github.com/huggingface/transformers/issues/31643\n",
        "# for details see https://github.com/huggingface/transformers/blob/main/README.md\n",
        "# Wraps models of https://github.com/huggingface/transformers\n",
        "# https://github.com/huggingface/transformers-examples\n",
        "# adapted from https://github.com/somebody/transformers\n",
        "# preference dataset sourced from Hugging Face Hub\n",
        "# based on HF's DPOTrainer: https://github.com/huggingface/trl\n",
        "x = 'adapted from https://github.com/huggingface/transformers'\n",
        "x = [\n    'copied from huggingface/transformers',\n]\n",
        "# adapted from ours, by Bo Own\n",
        "\x00\udcff",
    ],
)
def test_what_merely_uses_or_resembles_it_does_not(text: str) -> None:
    assert _found({"m.py": f"{text}{CODE}"}) is None


@pytest.mark.parametrize(
    "said", ["open_clip", "OpenCLIP", "open-clip", "Open CLIP", "open_clip_torch", "https://github.com/LAION/open-clip"]
)
def test_a_name_is_the_same_however_it_is_written(said: str) -> None:
    assert _found({"m.py": f"# adapted from {said}\n{CODE}"}, origin=CLIP) is not None


@pytest.mark.parametrize("name", ["utils", "data", "nn", "ab"])
def test_a_name_that_is_anybody_s_names_nobody(name: str) -> None:
    common = Repository(f"{name} 1", "", credits=Credits((name,), ("https://github.com/somebody/" + name,)))
    assert _found({"m.py": f"# copied from {name}\n{CODE}"}, origin=common) is None
    assert _found({"m.py": f"# copied from somebody/{name}\n{CODE}"}, origin=common) is not None


def test_the_unit_s_own_comment_goes_before_the_file_s_and_that_before_documents() -> None:
    inside = "# taken from transformers\n\n\n\n\ndef f(a):\n    # copied from transformers\n    return a\n"
    notice = {"NOTICE": "transformers, by Hugging Face\n\nhttps://github.com/huggingface/transformers\n"}
    assert _place(_found({"m.py": inside} | notice, Place("ours", "m.py", "f", 6, 8))) == ("m.py", 7, "name")
    above = f"# taken from transformers\n\n# copied from transformers\n{CODE[CODE.index('def'):]}"
    assert _place(_found({"m.py": above} | notice, Place("ours", "m.py", "f", 4, 5))) == ("m.py", 3, "name")
    elsewhere = f"{CODE}\n\n\n\n# the next one is taken from transformers\ndef g(): pass\n"
    assert _place(_found({"m.py": elsewhere} | notice)) == ("m.py", 10, "name")
    assert _place(_found({"m.py": CODE} | notice)) == ("NOTICE", 3, "link")


def test_a_bare_link_counts_beside_the_unit_and_in_the_header_and_not_inside_another_function() -> None:
    other = "\n\ndef g(a):\n    # https://github.com/huggingface/transformers\n    return a\n"
    assert _found({"m.py": f"{CODE}{other}"}) is None
    assert _place(_found({"m.py": f"{CODE}{other}"}, Place("ours", "m.py", "g", 8, 10))) == ("m.py", 9, "link")


def test_words_go_for_their_own_sentence_and_item_only() -> None:
    listed = "# * my token is based on Phil Wang's\n# * checked against Huggingface Transformers\n"
    assert _found({"m.py": f"{listed}{CODE}"}) is None
    introduced = "# Adapted from:\n# * somewhere\n# * https://github.com/huggingface/transformers\n"
    assert _place(_found({"m.py": f"{introduced}{CODE}"})) == ("m.py", 3, "link")
    assert _found({"m.py": f"# Adapted from a paper. Needs the transformers library.\n{CODE}"}) is None


def test_both_name_a_third_place() -> None:
    ours = f"# adapted from https://github.com/facebookresearch/fairseq\n{CODE}"
    theirs = b"# Code ported from https://github.com/facebookresearch/fairseq/blob/main/x.py\ndef f(): pass\n"
    found = _found({"m.py": ours}, their_file=theirs)
    assert _place(found) == ("m.py", 1, "common source")
    assert found is not None and "fairseq" in found.names and "theirs" not in found.text
    assert _found({"m.py": ours}) is None
    named = _found({"m.py": f"# copied from fairseq\n{CODE}"}, their_file=b"# taken from fairseq\n")
    assert _place(named) == ("m.py", 1, "common source")


def test_a_copyright_line_that_their_file_has_as_well() -> None:
    line = "# Copyright (c) 2018, Open Models Ltd. All rights reserved."
    assert _place(_found({"m.py": f"{line}\n{CODE}"}, their_file=f"{line}\nx = 1".encode())) == (
        ("m.py", 1, "copyright holder")
    )
    assert _found({"m.py": f"# Copyright 2024 Us Ltd\n{CODE}"}, their_file=b"# Copyright 2024 Us Ltd\n") is None


def test_a_repository_whose_owner_their_file_names() -> None:
    """Both are from OpenAI's, which ours links to, and theirs has a copyright line of."""
    ours = f"# Based on the official implementation here:\n# https://github.com/openai/CLIP/blob/main/clip/x.py\n{CODE}"
    theirs = b"# Copyright 2021 The Open AI Team Authors and The HuggingFace Inc. team.\nx = 1\n"
    found = _found({"m.py": ours}, their_file=theirs)
    assert _place(found) == ("m.py", 2, "common source")
    assert found is not None and "openai/clip" in found.names
    assert _found({"m.py": ours}, their_file=theirs.replace(b"Open AI", b"Other")) is None
    seen = f"# See https://github.com/openai/CLIP/blob/main/clip/x.py\n{CODE}"
    assert _found({"m.py": seen}, their_file=theirs) is None


def test_another_repository_of_the_origin_s_holder_says_so_beside_the_unit_only() -> None:
    said = "# Adapted from https://github.com/huggingface/peft\n"
    theirs = b"# Copyright 2021 The HuggingFace Inc. team.\nx = 1\n"
    other = "def g(): pass\n\n\n\n\n"
    beside = f"{other}{said}def f(a):\n    return a\n"
    assert _place(_found({"m.py": beside}, Place("ours", "m.py", "f", 7, 8), their_file=theirs)) == (
        ("m.py", 6, "common source")
    )
    assert _found({"m.py": beside}, Place("ours", "m.py", "g", 1, 1), their_file=theirs) is None


def test_a_sentence_ends_behind_a_link() -> None:
    readme = "It is inspired by [code](https://github.com/x/y/blob/main/z.py). We greet Hugging Face, and others.\n"
    assert _found({"m.py": CODE, "README.md": readme}) is None
    assert _found({"m.py": CODE, "README.md": readme.replace(". We greet", ", and by")}) is not None


def test_a_readme_must_say_that_something_is_from_it_and_a_notice_need_only_name_it() -> None:
    link = "It loads [models](https://github.com/huggingface/transformers) of all kinds.\n"
    assert _found({"m.py": CODE, "README.md": link}) is None
    said = f"Hello.\n\nThe tokenizer is adapted from Hugging Face transformers.\n{link}"
    assert _place(_found({"m.py": CODE, "README.md": said})) == ("README.md", 3, "name")
    assert _place(_found({"m.py": CODE, "THIRD_PARTY_NOTICES.txt": link})) == ("THIRD_PARTY_NOTICES.txt", 1, "link")
    assert _found({"m.py": CODE, "docs/guide.md": f"Adapted from transformers. {link}"}) is None


@pytest.mark.parametrize("heading", ["## Acknowledgements", "# 🙏 Credits", "Acknowledgments\n---------------"])
def test_a_readme_s_section_of_credits_need_only_name_it_too(heading: str) -> None:
    liked = "We like [this](https://github.com/huggingface/transformers)."
    readme = f"# Ours\n\n{heading}\n\n{liked}\n\n## Usage\n\nRun.\n"
    found = _place(_found({"m.py": CODE, "README.md": readme}))
    assert found is not None and found[0] == "README.md"
    after = f"# Ours\n\n{heading}\n\nNobody.\n\n## Usage\n\n[Load](https://github.com/huggingface/transformers).\n"
    assert _found({"m.py": CODE, "README.md": after}) is None


def test_a_licence_file_speaks_for_its_folder() -> None:
    text = "Copyright 2018- The Hugging Face team. All rights reserved.\n\n   Apache License\n"
    inside = Place("ours", "vendor/hf/m.py", "f", 4, 5)
    files = {"vendor/hf/m.py": CODE, "other/m.py": CODE, "vendor/hf/LICENSE": text}
    assert _place(_found(files, inside)) == ("vendor/hf/LICENSE", 1, "copyright holder")
    assert _found(files, Place("ours", "other/m.py", "f", 4, 5)) is None
    listed = _found({"m.py": CODE, "licenses/LICENSE_transformers.txt": "Apache License"})
    assert _place(listed) == ("licenses/LICENSE_transformers.txt", 1, "licence file")


def test_a_notebook_names_it_in_a_comment_or_in_a_text() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Demo\n", "Adapted from https://github.com/huggingface/transformers"]},
        {"cell_type": "code", "source": "def f(a):\n    return a\n"},
    ]
    notebook = {"n.ipynb": json.dumps({"cells": cells})}
    found = _found(notebook, Place("ours", "n.ipynb#cell-2", "f", 1, 2))
    assert _place(found) == ("n.ipynb#cell-1", 2, "link")


def test_which_files_are_documents() -> None:
    assert all(map(states, ("README.md", "sub/NOTICE", "CITATION.cff", "third_party.md", "licenses/x.txt", "AUTHORS")))
    assert states("LICENSE-MIT")
    assert not any(map(states, ("model.py", "readme.py/x", "docs/index.md", "license.py")))


HOSTILE = (
    "copyright " * 40_000,
    "copyright" + " \t" * 200_000,
    "(c) " * 80_000,
    "adapted from " * 30_000,
    "https://github.com/" * 20_000,
    "https://github.com/a/b/" + "c/" * 100_000,
    "transformers " * 30_000,
    "github.com" * 40_000,
    "- " * 100_000,
    "licensed under " * 30_000,
    "`" * 300_000,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_is_made_to_take_long_takes_no_longer(text: str) -> None:
    """A pattern that backtracks would be at it for hours."""
    for comment in (f"# {text}\n", f'"""{text}\n"""\n', f'"""\n{text.replace(" ", chr(10))}\n"""\n'):
        _found({"m.py": f"{comment}{CODE}", "README.md": text, "NOTICE": text}, their_file=comment.encode())


@given(st.text(max_size=300), st.binary(max_size=200))
def test_any_text_is_read(text: str, theirs: bytes) -> None:
    files = {"m.py": text.encode("utf-8", "replace"), "README.md": theirs, "LICENSE": text.encode("utf-8", "replace")}
    found = Attributions(OWN, files).of(OURS, ORIGIN, THEIRS, theirs)
    if found:
        assert found.line >= 1 and len(found.text) <= 200
