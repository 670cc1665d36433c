"""All policy in one place: thresholds, weights and limits, each with what it does and where its value comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What a scan may be told; defaults < config file < environment (CLONESCAN_*) < options."""

    min_similarity: float = 0.0
    """Hide matches below this symmetric similarity, in [0, 1]. 0: evidence alone decides."""

    min_evidence: float = 0.0
    """Hide matches with less evidence, in bits. 0: the expected chance matches alone decide."""

    max_chance: float = 1.0
    """Chance matches that unrelated repositories of these sizes may show for a thousand units of the smaller one."""

    exclude: tuple[str, ...] = ()
    """Globs (gitignore syntax) of paths that are not compared."""

    background: str = "default"
    """"default" for the shipped background, "none", or the path of a file made by `clonescan background build`."""

    index: str = ""
    """"" for none, "default" for the index in the user's data folder, or the path of another one (`--index`)."""

    include_runners_up: bool = False
    """Report the matches that a better one explains, too (`--all`)."""

    embed_source: bool = False
    """Keep the text of both sides of every match in the report (`--embed-source`), for when the sources are gone."""

    cache_dir: Path | None = None
    """Where fetched objects and extraction results are kept; None: the platform's cache folder."""

    use_cache: bool = True
    """False: keep nothing beyond this run (`--no-cache`)."""

    offline: bool = False
    """True: never touch the network; only what the cache holds."""

    jobs: int = 0
    """Worker processes; 0: one for each processor."""

    max_file_bytes: int = 4_000_000
    """Larger files are skipped and listed: hand-written code ends far below (transformers' largest is 0.4 MB)."""

    max_archive_bytes: int = 4_000_000_000
    """What an archive may unpack to before it is refused: above any source distribution, below a disk's end."""

    allow_http: bool = False
    """Accept http:// on loopback addresses; for tests against a local git server only."""
