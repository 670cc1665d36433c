"""Added tokens and settings that everybody has: names that are handed on with base models and say nothing of a copy.

The background tells how often a name occurs in the packages that it was built from. Few packages bring tokenizers, so
that the names of the widespread families (BERT, GPT-2, T5, Llama, Qwen, Mistral, Gemma, DeepSeek, Whisper, LLaVA,
StarCoder, ...) are written down here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_DIGITS = re.compile(r"\d+")

SPECIAL = re.compile(
    r"<\|[^<>]{0,80}\|>|<\uff5c[^<>]{0,80}\uff5c>|\[[A-Za-z]+[_ ]?[A-Za-z#]*\d*\]|<0x[0-9A-Fa-f]{2}>|"
    r"</?(?:s|unk|pad|mask|bos|eos|cls|sep|image|video|audio|think|tool_call)>|<(?:extra_id_|unused|reserved_?)\d+>"
)
"""What a special token looks like: files that hold a bare vocabulary do not say which tokens are."""

_WORDS = (
    "s|unk|pad|mask|bos|eos|cls|sep|eod|eot|eom|sot|eop|eoc|bop|sop|gmask|smask|usr|"
    "begin_?of_?text|end_?of_?text|start_?of_?text|begin_?of_?sentence|end_?of_?sentence|endoftext|startoftext|"
    "begin_of_turn|end_of_turn|start_of_turn|start_of_?role|end_of_?role|start_header_id|end_header_id|eot_id|eom_id|"
    "python_tag|step_id|finetune_right_pad_id|finetune_right_pad|reserved_special_token_#|reserved_token_#|reserved_#|"
    "reserved|special_#|special_token_#|unused#?|unused_#|extra_id_#|extra_#|additional_special_token_#|dummy_#|dummy#|"
    "control_#|placeholder#?|place holder no #|added_token_#|im_start|im_end|im_sep|im_middle|im_user|im_system|"
    "im_assistant|"
    "user|assistant|system|human|bot|tool|tools|function|developer|observation|ipython|prompter|environment|context|"
    "end|start|call|return|message|channel|constrain|think|reasoning|final|analysis|commentary|"
    "tool_call|tool_response|tool_calls?_(?:begin|end)|tool_(?:call_)?(?:begin|end|sep)|"
    "tool_outputs?_(?:begin|end)|tool_sep|available_tools|tool_results|tool_content|inst|sys|prefix|suffix|middle|"
    "fim_prefix|fim_middle|fim_suffix|fim_pad|fim_begin|fim_hole|fim_end|repo_name|file_sep|file_name|filename|"
    "gh_stars|issue_start|issue_comment|issue_closed|jupyter_start|jupyter_text|jupyter_code|jupyter_output|"
    "jupyter_script|empty_output|commit_before|commit_msg|commit_after|reponame|"
    "image|image_start|image_end|image_pad|image_soft_token|image_token|img|img_break|img_end|img_context|video|"
    "video_pad|video_start|video_end|audio|audio_start|audio_end|audio_pad|begin_audio|start_of_image|end_of_image|"
    "vision_start|vision_end|vision_pad|vision_bos|vision_eos|box|box_start|box_end|quad|quad_start|quad_end|ref|"
    "object_ref_start|object_ref_end|transcribe|translate|startoftranscript|startoflm|startofprev|nospeech|nocaptions|"
    "notimestamps|transcription|endofprompt|system_prompt|model_settings|user_end|assistant_end|"
    "multimodal|meta|meta_start|meta_end|sos|newline|lf|tab|space|blank|end_of_utterance|fake_token_around_image"
)
_EVERYONES = re.compile(rf"[<\[{{|\uff5c/\\]*(?:{_WORDS})[>\]}}|\uff5c/\\]*", re.IGNORECASE)

_CLASSES = re.compile(
    r"(?:PreTrained|Albert|Auto|Bart|Bert|BertGeneration|Bloom|CLIP|Camembert|CodeGen|CodeLlama|Cohere|Deberta|DebertaV2|"
    r"DistilBert|Electra|Falcon|GPT2|GPTNeoX|Gemma|InternLM2?|Llama|Longformer|M2M100|MBart|MBart50|MPNet|Marian|Mistral|"
    r"Nougat|OpenAIGPT|Pegasus|Phi3?|Qwen2?|Roberta|Siglip|T5|Whisper|XLMRoberta|XLNet)Tokenizer(?:Fast)?"
)
_TYPICAL = re.compile(r"left|right|only_first|only_second|longest_first|main|replace|default|\d\.\d+\.\d+(?:\.dev0)?")


def form(token: str) -> str:
    """A token with its numbers left out: two hundred and fifty numbered ones are one thing."""
    return _DIGITS.sub("#", token)


@lru_cache(maxsize=10_000)
def is_everyones(token: str) -> bool:
    """Whether an added token is one that everybody has. Blanks, tabs, line ends and repeated signs are."""
    plain = form(token).replace("\u2581", " ").strip()
    return len(set(plain)) < 2 or _EVERYONES.fullmatch(plain) is not None


def is_usual(value: Any) -> bool:
    """Whether a setting's value says nothing: a switch, a power of two, a small or huge number, a usual word."""
    if isinstance(value, str):
        return not value or is_everyones(value) or bool(_CLASSES.fullmatch(value) or _TYPICAL.fullmatch(value))
    if isinstance(value, bool) or value is None:
        return True
    return isinstance(value, float) or abs(value) < 10 or value & (value - 1) == 0 or abs(value) > 10**9
