"""What the path of a file says: whether it is code, in which language, and whether it is vendored or generated."""

from __future__ import annotations

import re

from clonescan.kinds.code.grammar import Grammar, for_path, load_all

NOT_COMPARED = {
    "CUDA": (".cu", ".cuh"),
    "C++": (".cc", ".cpp", ".cxx", ".hpp", ".hh"),
    "C": (".c", ".h"),
    "Cython": (".pyx", ".pxd"),
    "Shell": (".sh", ".bash", ".zsh"),
    "JavaScript": (".js", ".jsx", ".mjs"),
    "TypeScript": (".ts", ".tsx"),
    "Rust": (".rs",),
    "Go": (".go",),
    "Java": (".java",),
    "Kotlin": (".kt",),
    "Swift": (".swift",),
    "Objective-C": (".m", ".mm"),
    "Metal": (".metal",),
    "OpenCL": (".cl",),
    "Julia": (".jl",),
    "R": (".r", ".R"),
    "Lua": (".lua",),
    "MATLAB": (".mlx",),
    "Fortran": (".f", ".f90"),
    "Scala": (".scala",),
    "Perl": (".pl", ".pm"),
    "Mojo": (".mojo",),
}
"""Source files that no grammar reads yet, by suffix: they are counted and named, not passed over."""

_VENDORED = re.compile(
    r"(^|/)(site-packages|dist-packages|third_?party|3rd_?party|vendor|vendored|_vendor|external|externals|extern|"
    r"node_modules|thirdparty)/"
)
_GENERATED = re.compile(
    r"^(build|dist)/|(^|/)(\.eggs|__generated__|generated)/|_pb2(_grpc)?\.py$|\.min\.|_generated\.py$"
)


def grammar_of(path: str) -> Grammar | None:
    """The grammar that reads a file; notebooks are read by the one for Python."""
    if path.endswith(".ipynb"):
        return next(grammar for grammar in load_all() if grammar.name == "Python")
    return for_path(path)


def language_not_compared(path: str) -> str | None:
    """The language of a source file that is not compared yet, None for all other files."""
    if grammar_of(path):
        return None
    name = path.rsplit("/", 1)[-1]
    for language, suffixes in NOT_COMPARED.items():
        if name.endswith(suffixes):
            return language
    return None


MARKS = ("", "vendored", "generated")


def mark(path: str) -> str:
    """"vendored", "generated", or ""."""
    if _VENDORED.search(path):
        return "vendored"
    return "generated" if _GENERATED.search(path) else ""
