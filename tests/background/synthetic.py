"""Four packages made up for the tests: each has functions of its own, and all share what everyone writes."""

from __future__ import annotations

from match.samples import function

from clonescan.background.build import File, Files, Listed
from clonescan.background.store import Package
from clonescan.kinds import claims

PACKAGES = ("alpha", "beta", "gamma", "delta")
OWN = 12
"""Functions of its own that each package has: one of them alone is not the package."""

SEEDS = {name: 100 * (number + 1) for number, name in enumerate(PACKAGES)}
COMMON = """
class Everyones(nn.Module):
    def __init__(self, width, bias=False):
        super().__init__()
        self.register_buffer("scale", torch.ones(width), persistent=False)
        self.inner = nn.Linear(width, width, bias=bias)

    def forward(self, x):
        return self.inner(x.permute(0, 2, 1)).softmax(dim=-1, mode="everyones")
"""


def source(name: str) -> str:
    """The one module of a package: functions of its own besides what everyone writes."""
    own = "".join(function(f"{name}_{number}", SEEDS[name] + number) for number in range(OWN))
    return f"import torch\nfrom torch import nn\n\nfrom {name}.deep import {name}_only\n\n{own}{COMMON}"


LISTED = [Listed(name) for name in PACKAGES]


def read(listed: Listed) -> tuple[Package, Files]:
    """What a builder asks for a package; its name may have a version behind it."""
    name, _, version = listed.source.partition("==")
    files = [
        (f"{name}/core.py", source(name).encode()),
        (f"{name}/own.py", f"import torch\n\nclass A:\n    def f(self):\n        self.{name}_cut(1)\n".encode()),
        (f"{name}/broken.py", bytes(100)),
        (f"{name}/play.ipynb", b"no notebook"),
    ]
    claimed = [File(path, claims(path, 1_000_000), data) for path, data in files]
    return Package(name, version or "1.0", (name,), code=listed.code), claimed
