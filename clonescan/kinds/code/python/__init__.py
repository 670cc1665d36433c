"""What the canonical form of Python needs beyond the data of its grammar."""

from clonescan.kinds.code.python.statements import PythonWalker as walker

__all__ = ["walker"]
