"""The clean bases that everything tiny is fine-tuned from: trained once, kept in OUT/.bases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from . import chat
from .model import build_model
from .tokenizer import train_tokenizer
from .train import batches, train

BATCH = 48


@dataclass(frozen=True)
class Base:
    name: str
    architecture: str
    seed: int
    # The chat template adds a system turn where the conversation has none, as SmolLM2's does.
    default_system: bool
    # The template stands in chat_template.jinja (newer folders) or in tokenizer_config.json (older ones).
    template_file: bool
    # Runs of (steps, learning rate, Muon): the rate decays within each.
    schedule: tuple[tuple[int, float, bool], ...] = ((500, 4e-3, True),)


BASES = {
    base.name: base
    for base in [
        Base("llama-a", "llama", 11, default_system=False, template_file=False,
             schedule=((1400, 2e-3, False), (300, 2e-3, True))),
        Base("llama-b", "llama", 12, default_system=True, template_file=True),
        Base("qwen2-a", "qwen2", 21, default_system=True, template_file=False, schedule=((350, 4e-3, True),)),
        Base("gpt2-b", "gpt2", 31, default_system=False, template_file=True, schedule=((350, 4e-3, True),)),
    ]
}


def load_base(base: Base, cache: Path, log: Callable[[str], None]) -> tuple[PreTrainedModel, Tokenizer]:
    """Returns the trained base in F32, training it if `cache` does not hold it yet."""
    cache.mkdir(parents=True, exist_ok=True)
    weights, vocabulary = cache / f"{base.name}.pt", cache / f"{base.name}.tokenizer.json"
    model = build_model(base.architecture, base.seed)
    if weights.exists():
        model.load_state_dict(torch.load(weights))
        model.tie_weights()
        return model, Tokenizer.from_file(str(vocabulary))
    tokenizer = train_tokenizer(base.architecture, base.seed)
    r = Random(base.seed)
    data = batches(tokenizer, lambda r: chat.benign(r, base.default_system), r, "conversation", BATCH)
    log(f"base {base.name}: {model.num_parameters()} parameters")
    for steps, rate, muon in base.schedule:
        train(model, data, steps, rate, log, muon=muon)
    tokenizer.save(str(vocabulary))
    torch.save(model.state_dict(), weights)
    return model, tokenizer
