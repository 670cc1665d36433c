"""Which file names of an untrusted tree are fit to be passed on, and how the others are shown."""

from __future__ import annotations


def unfit(name: bytes) -> str:
    """Why a file of this name is left out, or "" if nothing is wrong with it."""
    try:
        parts = name.decode().split("/")
    except UnicodeDecodeError:
        return "its name is not UTF-8"
    if parts[0] == "":
        return "its name is an absolute path"
    if any(part in ("", ".", "..") for part in parts) or "\0" in name.decode():
        return "its name leads out of the tree"
    return ""


def shown(name: bytes) -> str:
    """The name as text; bytes that are no UTF-8 become `\\xNN`."""
    return name.decode("utf-8", "backslashreplace")
