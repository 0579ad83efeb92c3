"""The tiny architectures: transformers' llama, qwen2 and gpt2 classes, randomly initialised, 2 to 3 M parameters."""

from __future__ import annotations

import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedModel
from transformers import Qwen2Config, Qwen2ForCausalLM

from .tokenizer import END, PAD, START, VOCAB_SIZE

IDS = {"bos_token_id": START, "eos_token_id": END, "pad_token_id": PAD}
GQA = {
    "vocab_size": VOCAB_SIZE,
    "hidden_size": 192,
    "intermediate_size": 512,
    "num_hidden_layers": 5,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "tie_word_embeddings": True,
    "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
    **IDS,
}


def build_model(architecture: str, seed: int) -> PreTrainedModel:
    torch.manual_seed(seed)
    if architecture == "llama":
        model = LlamaForCausalLM(LlamaConfig(**GQA))
    elif architecture == "qwen2":
        model = Qwen2ForCausalLM(Qwen2Config(**{**GQA, "num_attention_heads": 4, "num_hidden_layers": 5}))
    elif architecture == "gpt2":
        sizes = {"n_embd": 192, "n_layer": 5, "n_head": 6, "n_positions": 256}
        dropout = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
        model = GPT2LMHeadModel(GPT2Config(vocab_size=VOCAB_SIZE, **sizes, **dropout, **IDS))
    else:
        raise ValueError(f"unknown architecture: {architecture}")
    # On a CPU in BF16, plain matrix products are much faster than the fused attention's backward pass.
    model.set_attn_implementation("eager")
    model.generation_config.update(**IDS, max_new_tokens=48)
    return model


def as_stored(model: PreTrainedModel, dtype: torch.dtype) -> PreTrainedModel:
    """Rounds the weights in place to what a file of `dtype` will hold, so that what is measured is what ships."""
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.to(dtype).float())
    return model.eval()
