"""What can go wrong for a user, each with the one sentence that says so and the exit code that it means."""

from __future__ import annotations


class ClonescanError(Exception):
    """Base of all errors that are told to the user; `str()` of it is one clear sentence."""

    exit_code = 2


class UsageError(ClonescanError):
    """The call itself is wrong: an unknown option, key, source form or match id."""

    exit_code = 2


class SourceError(ClonescanError):
    """A repository could not be read: missing, private, unreachable, empty or broken."""

    exit_code = 3


class BackgroundError(ClonescanError):
    """A background file is missing, broken, or was built by another version of method or grammar."""

    exit_code = 2
