"""What the path of a file says: in which format a config could be there, and which files are none by their name."""

from __future__ import annotations

import re

FORMATS = {
    ".json": "json", ".jsonc": "json", ".json5": "json", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml",
    ".ini": "ini", ".cfg": "ini", ".conf": "ini", ".py": "python",
}  # fmt: skip

_TOKENIZER = r"tokenizer.*|special_tokens_map|added_tokens|vocab.*|merges|tekken.*|chat_template|.*\.index"
_OUTPUT = r"trainer_state|dataset_infos?|(.*_)?(results?|metrics|predictions|annotations?|captions|labels|instances_.*)"
_TOOLS = (
    r"package(-lock)?|npm-shrinkwrap|composer|lerna|nx|turbo|vercel|tsconfig.*|jsconfig|.*\.schema|openapi.*|swagger.*|"
    r"pyproject|poetry|pdm|uv|cargo|pipfile|setup|tox|pytest|mypy|pylintrc|alembic|codecov|appveyor|netlify|"
    r"mkdocs|readthedocs|_config|citation|environment|conda.*|meta|docker-compose.*|compose|renovate|dependabot|"
    r"labeler|pnpm-lock|yarn|angular|babel.*|jest.*|manifest|metadata"
)
"""What tools of the trade read: the same few lines stand in thousands of repositories, and no package shows them."""

_NONE = re.compile(rf"({_TOKENIZER}|{_OUTPUT}|{_TOOLS})", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(^|/)(\.(github|gitlab|circleci|azure|vscode|idea|devcontainer|husky)|node_modules)/")


def format_of(path: str) -> str | None:
    """The format that a config at this path would have; None if there is none."""
    name = path.rsplit("/", 1)[-1]
    stem, dot, suffix = name.rpartition(".")
    found = FORMATS.get(dot + suffix.lower()) if stem else None
    if found == "python" or found is None:
        return found
    if stem.startswith(".") or _NONE.fullmatch(stem) or _ELSEWHERE.search(path):
        return None
    return found
