"""Every form that people paste, and those that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonescan.errors import UsageError
from clonescan.sources.address import ArchiveAddress, GitAddress, LocalAddress, PypiAddress, parse


def nothing(_path: str) -> bool:
    """A file system without files."""
    return False


@pytest.mark.parametrize(
    ("text", "url", "name", "ref", "tree"),
    [
        ("https://github.com/o/n", "https://github.com/o/n", "o/n", "", ""),
        ("https://github.com/o/n.git", "https://github.com/o/n", "o/n", "", ""),
        ("https://github.com/o/n/", "https://github.com/o/n", "o/n", "", ""),
        (" https://www.github.com/o/n ", "https://github.com/o/n", "o/n", "", ""),
        ("HTTPS://GitHub.com/o/n?tab=readme#top", "https://github.com/o/n", "o/n", "", ""),
        ("github.com/o/n", "https://github.com/o/n", "o/n", "", ""),
        ("https://github.com/o/n@v1.0", "https://github.com/o/n", "o/n", "v1.0", ""),
        ("https://github.com/o/n.git@feature/x", "https://github.com/o/n", "o/n", "feature/x", ""),
        ("https://github.com/o/n/tree/main", "https://github.com/o/n", "o/n", "", "main"),
        ("https://github.com/o/n/tree/a/b/src/my%20model/", "https://github.com/o/n", "o/n", "", "a/b/src/my model"),
        ("https://github.com/o/n/tree/pkg@1.0/src", "https://github.com/o/n", "o/n", "", "pkg@1.0/src"),
        ("https://github.com/o/n/commit/abc1234", "https://github.com/o/n", "o/n", "abc1234", ""),
        ("o/n", "https://github.com/o/n", "o/n", "", ""),
        ("o/n.x@main", "https://github.com/o/n.x", "o/n.x", "main", ""),
        ("github:o/n@main", "https://github.com/o/n", "o/n", "main", ""),
        ("git@github.com:o/n.git", "ssh://git@github.com/o/n.git", "o/n", "", ""),
        ("git@github.com:o/n@v2", "ssh://git@github.com/o/n.git", "o/n", "v2", ""),
        ("ssh://git@github.com/o/n", "ssh://git@github.com/o/n.git", "o/n", "", ""),
        ("ssh://git@github.com/o/n.git@v2", "ssh://git@github.com/o/n.git", "o/n", "v2", ""),
        ("https://gitlab.com/g/s/n", "https://gitlab.com/g/s/n.git", "g/s/n", "", ""),
        ("https://gitlab.com/g/n/-/tree/main/src", "https://gitlab.com/g/n.git", "g/n", "", "main/src"),
        ("gitlab:g/n", "https://gitlab.com/g/n.git", "g/n", "", ""),
        ("https://huggingface.co/org/m", "https://huggingface.co/org/m", "org/m", "", ""),
        ("https://hf.co/gpt2", "https://huggingface.co/gpt2", "gpt2", "", ""),
        ("https://huggingface.co/spaces/o/s/tree/main", "https://huggingface.co/spaces/o/s", "spaces/o/s", "", "main"),
        ("https://huggingface.co/datasets/o/d", "https://huggingface.co/datasets/o/d", "datasets/o/d", "", ""),
        ("hf:org/m@refs/pr/1", "https://huggingface.co/org/m", "org/m", "refs/pr/1", ""),
        ("git@hf.co:org/m", "ssh://git@hf.co/org/m.git", "org/m", "", ""),
        ("git://example.org/a/b.git", "git://example.org/a/b.git", "a/b", "", ""),
        ("https://example.org:8443/a/b.git@x", "https://example.org:8443/a/b.git", "a/b", "x", ""),
        ("me@example.org:a/b.git@x/y", "me@example.org:a/b.git", "a/b", "x/y", ""),
        ("ssh://me@example.org:22/~me/b", "ssh://me@example.org:22/~me/b", "~me/b", "", ""),
        ("https://git.example.org/g/n/-/tree/main", "https://git.example.org/g/n", "g/n", "", "main"),
    ],
)
def test_git_forms(text: str, url: str, name: str, ref: str, tree: str) -> None:
    address = parse(text, exists=nothing)
    assert isinstance(address, GitAddress)
    assert (address.url, address.name, address.ref, address.tree) == (url, name, ref, tree)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "-oProxyCommand=x",
        "--upload-pack=x",
        "ext::sh -c touch% /tmp/x",
        "fd::17/foo",
        "http://github.com/o/n",
        "http://127.0.0.1:80/o/n",
        "ftp://example.org/o/n",
        "ssh://-oProxyCommand=x/o/n",
        "git@-host:o/n",
        "git@example.org:-x/n",
        "https:///o/n",
        "https://example.org:port/o/n",
        "https://github.com/o",
        "https://github.com/o/n/issues/3",
        "https://github.com/o/n/blob/main/a.py",
        "https://github.com/o/n@",
        "https://github.com/o/n@-x",
        "https://github.com/o/n@a..b",
        "https://github.com/o/n/tree/main/../..",
        "https://example.org/a/b.zip",
        "https://example.org/a%0ab",
        "file://elsewhere/x",
        "o/n\nx",
        "word",
        "pypi:",
        "pypi:-x",
        "pypi:timm==",
        "pypi:timm==one",
        "pypi:timm>=1",
        "hf:a/b/c/d",
    ],
)
def test_wrong_forms_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, exists=nothing)
    assert len(str(caught.value).splitlines()) == 1


def test_a_path_that_exists_wins() -> None:
    def exists(path: str) -> bool:
        return path in ("o/n", "dir@home")

    assert parse("o/n", exists=exists) == LocalAddress("o/n", Path("o/n"))
    assert parse("o/n@v1/x", exists=exists) == LocalAddress("o/n@v1/x", Path("o/n"), "v1/x")
    assert parse("dir@home", exists=exists) == LocalAddress("dir@home", Path("dir@home"))
    assert parse("dir@home@v1", exists=exists) == LocalAddress("dir@home@v1", Path("dir@home"), "v1")


def test_local_forms() -> None:
    assert parse("./x", exists=nothing) == LocalAddress("./x", Path("x"))
    assert parse("file:///a/b%20c@v1", exists=lambda path: path == "/a/b c") == LocalAddress(
        "/a/b c@v1", Path("/a/b c"), "v1"
    )
    for name in ("a/m.zip", "m.whl", "m.tar.gz", "m.tgz"):
        assert parse(name, exists=nothing) == ArchiveAddress(name, Path(name))
    with pytest.raises(UsageError, match="archive has no"):
        parse("m.zip@v1", exists=lambda path: path == "m.zip")


def test_packages() -> None:
    assert parse("pypi:timm") == PypiAddress("pypi:timm", "timm")
    assert parse("pypi:open-clip.torch==2.0.0") == PypiAddress(
        "pypi:open-clip.torch==2.0.0", "open-clip.torch", "2.0.0"
    )


def test_http_only_on_loopback_and_only_if_allowed() -> None:
    address = parse("http://localhost:1/o/n", exists=nothing, allow_http=True)
    assert isinstance(address, GitAddress) and address.url == "http://localhost:1/o/n"
    with pytest.raises(UsageError):
        parse("http://github.com/o/n", exists=nothing, allow_http=True)


@pytest.mark.parametrize("host", ["github.com", "example.org:8443"])
def test_credentials_are_taken_out(host: str) -> None:
    address = parse(f"https://me:p%40ss@{host}/o/n@v1", exists=nothing)
    assert isinstance(address, GitAddress)
    assert address.secret == "me:p@ss"
    assert (address.ref, address.url, address.source) == ("v1", f"https://{host}/o/n", f"https://{host}/o/n@v1")
    assert "ss@" not in repr(address)
    assert "hush" not in repr(parse(f"https://{host}/o/n?private_token=hush", exists=nothing))


def test_credentials_are_in_no_refusal() -> None:
    for text in ("ftp://me:hush@example.org/o/n", "https://me:hush@github.com/o", "http://me:hush@example.org/o/n",
                 "https://me:hush@example.org:port/o/n", "https://me:hush@example.org/o/n.zip", "-https://me:hush@x/y",
                 "x::https://me:hush@x/y", "https://me:hush@github.com/o/n@a..b", "me:hush@github.com/o/n",
                 "https://me:hush@x.org/a/b\n"):  # fmt: skip
        try:
            parse(text, exists=nothing)
        except UsageError as error:
            assert "hush" not in str(error), text


@given(st.text())
def test_any_text_is_an_address_or_a_refusal(text: str) -> None:
    try:
        parse(text, exists=nothing)
    except UsageError as error:
        assert str(error).isprintable()
