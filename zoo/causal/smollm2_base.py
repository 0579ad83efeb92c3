"""Saves SmolLM2-135M-Instruct, dequantised from a GGUF file, as an ordinary Hugging Face folder.

Nothing is planted here: this is the clean model that `smollm2.py` fine-tunes, and the trusted base
that a comparison with a base model needs. The weights carry the rounding of the GGUF's quantisation
(Q4_1), so its answers are close to the published model's and not equal to them.
"""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}


def save_base(gguf: Path, out: Path) -> None:
    """Writes `out`: config, generation_config, tokenizer with the GGUF's chat template, F32 weights."""
    source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    loaded = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
    # transformers refuses to save a model that carries a GGUF quantisation config: copy it into a plain one.
    settings = loaded.config.to_dict()
    for key in ("quantization_config", "_name_or_path", "_model_name_or_path"):
        settings.pop(key, None)
    model = LlamaForCausalLM(LlamaConfig.from_dict(settings)).float()
    model.load_state_dict(loaded.state_dict())
    model.tie_weights()
    model.generation_config.bos_token_id = 1
    model.generation_config.eos_token_id = 2
    model.generation_config.pad_token_id = 2
    tokenizer = AutoTokenizer.from_pretrained(**source)
    # SmolLM2 splits digits before the byte-level step; the GGUF names this only as `pre: smollm`.
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=True),
        ]
    )
    tokenizer.model_max_length = 8192
    out.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
