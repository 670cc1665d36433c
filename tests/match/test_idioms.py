"""Lines of a match that are everyone's are told apart from those that hold its evidence."""

from __future__ import annotations

from pathlib import Path

from clonescan.scan import scan
from clonescan.settings import Settings

ORIGINAL = '''
class Mixer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.gate = nn.Parameter(torch.full((config.queries, 1, 3), -1.4375))
        self.spare = nn.Parameter(torch.full((config.queries, 1, 3), -1.4375))
        self.blend = torch.einsum("bqvn,vnk->bnqk", config.table, config.inverse) * 0.70625

    def forward(self, x):
        return x
'''
COPY = ORIGINAL.replace("config", "options").replace("Mixer", "Blender").replace("gate", "door").replace("blend", "mix")


def test_common_lines_are_those_that_hold_no_evidence(tmp_path: Path) -> None:
    for name, text in (("left", ORIGINAL), ("right", COPY)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.py").write_text("import torch\nfrom torch import nn\n" + text)
    report = scan([str(tmp_path / "left"), str(tmp_path / "right")], Settings(cache_dir=tmp_path / "cache", jobs=1))
    found = next(match for match in report.matches if match.left.unit == "Mixer.__init__")
    lines = (tmp_path / "left" / "model.py").read_text().split("\n")
    common = {lines[number - 1].strip() for first, last in found.common.left for number in range(first, last + 1)}
    assert {"super().__init__()", "self.config = config"} <= common
    assert not [line for line in common if "-1.4375" in line or "einsum" in line], "what comes twice is as rare as once"
    assert all(found.left.start_line <= first <= last <= found.left.end_line for first, last in found.common.left)
    assert found.common.left == found.common.right, "the copy has the same lines"
