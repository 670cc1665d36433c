"""Writes the tensor maps of well-known architectures: `python architectures.py FOLDER`, with torch, transformers, timm.

A program of its own, since the benchmark runs without torch. Models are made on the meta device, so that no weight
exists, or where that fails in memory with random weights; nothing is downloaded. Each map is the header of a
`.safetensors` file without its data.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

CLASSES = (
    "AlbertModel BartModel BeitModel BertModel BlipModel Blip2Model BloomForCausalLM CLIPModel CohereForCausalLM "
    "ConvNextModel DPTModel DebertaV2Model DecisionTransformerModel Dinov2Model DistilBertModel ElectraModel "
    "FalconForCausalLM GPT2LMHeadModel GPTNeoXForCausalLM GemmaForCausalLM Gemma2ForCausalLM HubertModel IdeficsModel "
    "InstructBlipForConditionalGeneration LlamaForCausalLM LlavaForConditionalGeneration LongformerModel MBartModel "
    "MPNetModel MambaForCausalLM MistralForCausalLM MixtralForCausalLM OPTForCausalLM OlmoForCausalLM Owlv2Model "
    "PegasusModel PerceiverModel PhiForCausalLM Phi3ForCausalLM Qwen2ForCausalLM RecurrentGemmaForCausalLM ResNetModel "
    "RobertaModel SamModel SegformerModel SiglipModel StableLmForCausalLM Starcoder2ForCausalLM SwinModel "
    "T5ForConditionalGeneration ViTModel VitsModel Wav2Vec2Model WhisperModel XLNetModel"
)
"""Of transformers, each with its default configuration, which is the first published model of the architecture."""

SIZES: Mapping[str, tuple[str, dict[str, int]]] = {
    "LlamaForCausalLM 13B": ("LlamaForCausalLM", {"hidden_size": 5120, "intermediate_size": 13824,
                                                  "num_hidden_layers": 40, "num_attention_heads": 40}),
    "LlamaForCausalLM 3-8B": ("LlamaForCausalLM", {"vocab_size": 128256, "intermediate_size": 14336,
                                                   "num_key_value_heads": 8}),
    "LlamaForCausalLM odd": ("LlamaForCausalLM", {"vocab_size": 73448, "hidden_size": 2304, "intermediate_size": 5760,
                                                  "num_hidden_layers": 40, "num_attention_heads": 36}),
    "BertModel large": ("BertModel", {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24,
                                      "num_attention_heads": 16}),
    "BertModel MiniLM": ("BertModel", {"hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 6}),
    "ViTModel large": ("ViTModel", {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24,
                                    "num_attention_heads": 16}),
}  # fmt: skip
"""Other sizes of some of them."""

TIMM = (
    "beit_base_patch16_224 coatnet_0_rw_224 convnext_tiny deit3_base_patch16_224 densenet121 efficientnet_b0 "
    "eva02_base_patch14_224 hrnet_w18 maxvit_tiny_tf_224 mixer_b16_224 mobilenetv3_large_100 nfnet_f0 regnety_016 "
    "resnet18 resnet50 swin_tiny_patch4_window7_224 vgg16 vit_base_patch16_224 vit_small_patch16_224"
)


def main(folder: Path) -> None:
    """Write a folder an architecture; names those that cannot be made on standard error."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import timm  # type: ignore[import-not-found]
    import torch  # type: ignore[import-not-found]
    import transformers  # type: ignore[import-not-found]

    def configured(name: str, settings: Mapping[str, int]) -> Callable[[], Any]:
        made = getattr(transformers, name)
        return lambda: made(made.config_class(**settings))

    makers = {name: configured(name, {}) for name in CLASSES.split()}
    makers |= {name: configured(*named) for name, named in SIZES.items()}
    makers |= {f"timm {name}": partial(timm.create_model, name) for name in TIMM.split()}
    for name, make in makers.items():
        for device in (torch.device("meta"), nullcontext()):
            try:
                with device:
                    state = make().state_dict()
                write(folder / name.replace(" ", "-"), {key: list(state[key].shape) for key in state})
                break
            except Exception as error:  # an architecture that this version cannot make is left out
                print(f"{name}: {type(error).__name__}", file=sys.stderr)


def write(folder: Path, shapes: Mapping[str, list[int]], dtype: str = "BF16") -> None:
    """A header with these tensors, two bytes an element."""
    rows, place = {}, 0
    for name, shape in sorted(shapes.items()):
        size = 2
        for dim in shape:
            size *= dim
        rows[name] = {"dtype": dtype, "shape": shape, "data_offsets": [place, place + size]}
        place += size
    text = json.dumps(rows).encode()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
