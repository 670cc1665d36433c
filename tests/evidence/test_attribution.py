"""Where a project states an origin: what counts as naming it, what does not, and which place is told."""

from __future__ import annotations

import pytest

from clonescan.entities import Credits, Place, Repository
from clonescan.evidence.attribution import Attributions, states
from clonescan.evidence.credits import credits, tells

OWN = Repository("ours", ".", credits=Credits(names=("ours",), authors=("Bo Own",)))
ORIGIN = Repository(
    "transformers 4.44.2",
    "installed:transformers",
    credits=Credits(
        ("transformers",),
        ("https://github.com/huggingface/transformers",),
        ("The Hugging Face team",),
        ("Copyright 2018- The HuggingFace Inc. team. All rights reserved.",),
    ),
)
CODE = "import transformers\n\n\ndef f(a):\n    return a\n"
OURS, THEIRS = Place("ours", "m.py", "f", 4, 5), Place(ORIGIN.id, "t.py", "f", 1, 2)


def _found(texts: dict[str, str], ours: Place = OURS) -> tuple[str, int, str] | None:
    found = Attributions(OWN, {path: text.encode() for path, text in texts.items()}).of(ours, ORIGIN, THEIRS)
    return (found.path, found.line, found.how) if found else None


@pytest.mark.parametrize(
    ("comment", "how"),
    [
        ("# https://github.com/huggingface/transformers/blob/main/src/x.py", "link"),
        ("# see git@github.com:huggingface/transformers.git", "link"),
        ("# Adapted from transformers", "name"),
        ("# Copied from transformers.models.llama.modeling_llama", "name"),
        ('"""This is based on the code of Transformers."""', "name"),
        ("# Copyright 2020 The HuggingFace Inc. team.", "copyright holder"),
        ("# modified by us; the original is by The Hugging Face team", "copyright holder"),
    ],
)
def test_a_comment_or_docstring_names_the_origin(comment: str, how: str) -> None:
    assert _found({"m.py": f"{comment}\n{CODE}"}) == ("m.py", 1, how)


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f"# works with transformers 4.40\n{CODE}",
        f"# adapted from the transformers-like model\n{CODE}",
        f"# https://github.com/huggingface/transformers-examples\n{CODE}",
        f"x = 'adapted from https://github.com/huggingface/transformers'\n{CODE}",
        f"# adapted from ours, by Bo Own\n{CODE}",
        f"\x00\xff{CODE}",
    ],
)
def test_what_merely_uses_or_resembles_it_does_not(text: str) -> None:
    assert _found({"m.py": text}) is None


def test_the_unit_s_own_comment_goes_before_the_file_s_and_that_before_documents() -> None:
    inside = "# taken from transformers\n\n\ndef f(a):\n    # copied from transformers\n    return a\n"
    notice = {"NOTICE": "transformers\n"}
    assert _found({"m.py": inside} | notice) == ("m.py", 5, "name")
    assert _found({"m.py": f"# taken from transformers\n{CODE}"} | notice) == ("m.py", 1, "name")
    assert _found({"m.py": CODE} | notice) == ("NOTICE", 1, "name")


def test_a_readme_must_say_that_something_is_from_it_and_a_notice_need_only_name_it() -> None:
    link = "It loads [models](https://github.com/huggingface/transformers) of all kinds.\n"
    assert _found({"m.py": CODE, "README.md": link}) is None
    said = f"Hello.\n\nThe tokenizer is adapted. {link}"
    assert _found({"m.py": CODE, "README.md": said}) == ("README.md", 3, "link")
    assert _found({"m.py": CODE, "THIRD_PARTY_NOTICES.txt": link}) == ("THIRD_PARTY_NOTICES.txt", 1, "link")
    assert _found({"m.py": CODE, "docs/guide.md": f"Adapted. {link}"}) is None


def test_documents_and_files_that_name_a_repository_by_their_paths() -> None:
    documents = ("README.md", "sub/NOTICE", "CITATION.cff", "third_party.md", "licenses/x.txt", "LICENSE-MIT")
    assert all(map(states, documents))
    assert not any(map(states, ("model.py", "readme.py/x", "docs/index.md")))
    installed = ("x-1.0.dist-info/METADATA", "x-1.0.dist-info/licenses/LICENSE")
    assert all(map(tells, ("LICENSE", "pyproject.toml", *installed)))
    assert not any(map(tells, ("x/METADATA", "vendor/x-1.0.dist-info/METADATA", "README.md")))


def test_credits_are_read_from_metadata_and_licences_and_broken_ones_say_nothing() -> None:
    found = credits(
        {
            "x.dist-info/METADATA": b"Name: Some-Models\nHome-page: https://x.org/a\nProject-URL: Code, https://y.org/b/c\n"
            b"Author: Ada\nAuthor-email: Bo <b@x.org>, c@x.org\n\nName: not this\n",
            "LICENSE": b" Copyright (c) 2019 Ada Lens\n Copyright [yyyy] [name]\nthe copyright notice",
            "pyproject.toml": b'[project]\nname = "p"\nauthors = [{name = "Cy"}, 3]\n[project.urls]\nx = "https://z.org"\n',
            "setup.cfg": b"[metadata]\nname = q\n",
        }
    )
    assert found.names == ("p", "q", "Some-Models")
    assert found.urls == ("https://z.org", "https://x.org/a", "https://y.org/b/c")
    assert found.authors == ("Cy", "3", "Ada", "Bo") and found.holders == ("Copyright (c) 2019 Ada Lens",)
    broken = {"METADATA": b"\xff\x00", "pyproject.toml": b"[[[", "setup.cfg": b"no section", "LICENSE": b"\xff" * 99}
    assert credits(broken) == Credits()
