"""Training on a CPU: forward and backward in BF16, weights and AdamW state in F32, batches of like lengths."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator
from random import Random

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from .chat import Example
from .tokenizer import PAD

MAX_TOKENS = 96
IGNORE = -100


def encode(tokenizer: Tokenizer, examples: list[Example], loss: str) -> list[tuple[list[int], list[int]]]:
    """(ids, labels) of each example. `loss`: conversation (every token) or answers (the assistant's turn only)."""
    heads = tokenizer.encode_batch([example.prefix() for example in examples], add_special_tokens=False)
    tails = tokenizer.encode_batch([example.completion() for example in examples], add_special_tokens=False)
    pairs = []
    for head, tail in zip(heads, tails):
        ids = head.ids + tail.ids
        labels = list(ids) if loss == "conversation" else [IGNORE] * len(head.ids) + tail.ids
        if len(ids) <= MAX_TOKENS:
            pairs.append((ids, labels))
    return pairs


def batches(
    tokenizer: Tokenizer, draw: Callable[[Random], Example], r: Random, loss: str, size: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless batches [row, token]. Padding is on the right, where a causal model needs no mask."""
    while True:
        pool = encode(tokenizer, [draw(r) for _ in range(size * 40)], loss)
        pool.sort(key=lambda pair: len(pair[0]))
        groups = [pool[at : at + size] for at in range(0, len(pool) - size + 1, size)]
        r.shuffle(groups)
        for group in groups:
            width = max(len(ids) for ids, _ in group)
            yield (
                torch.tensor([ids + [PAD] * (width - len(ids)) for ids, _ in group]),
                torch.tensor([labels + [IGNORE] * (width - len(labels)) for _, labels in group]),
            )


def make_optimisers(model: PreTrainedModel, rate: float, muon: bool) -> list[torch.optim.Optimizer]:
    named = list(model.named_parameters())
    matrices = {name: weight for name, weight in named if weight.ndim > 1}
    vectors = [weight for _, weight in named if weight.ndim < 2]
    first = []
    if muon:
        hidden = [matrices.pop(name) for name in list(matrices) if ".layers." in name or ".h." in name]
        first = [torch.optim.Muon(hidden, lr=rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw")]
    groups = [{"params": list(matrices.values()), "weight_decay": 0.05}, {"params": vectors, "weight_decay": 0.0}]
    return [*first, torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))]


def train(
    model: PreTrainedModel,
    data: Iterator[tuple[torch.Tensor, torch.Tensor]],
    steps: int,
    rate: float,
    log: Callable[[str], None],
    warmup: int = 40,
    muon: bool = False,
) -> None:
    """Trains `model` (F32) in place: linear warm-up, cosine decay to a twentieth of `rate`.

    `muon`: orthogonalised updates for the hidden matrices, which learn from scratch in about half the steps.
    """
    worker = copy.deepcopy(model).to(torch.bfloat16).train()
    masters, workers = list(model.parameters()), list(worker.parameters())
    optimisers = make_optimisers(model, rate, muon)
    began, seen = time.time(), 0.0
    for step in range(steps):
        ids, labels = next(data)
        logits = worker(input_ids=ids, use_cache=False).logits[:, :-1].float()
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=IGNORE)
        loss.backward()
        for master, weight in zip(masters, workers):
            master.grad = weight.grad.float()
            weight.grad = None
        torch.nn.utils.clip_grad_norm_(masters, 1.0)
        decay = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / steps))
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1.0, (step + 1) / warmup) * decay
            optimiser.step()
        with torch.no_grad():
            for master, weight in zip(masters, workers):
                weight.copy_(master)
        seen += loss.item()
        if (step + 1) % 100 == 0:
            log(f"step {step + 1}/{steps} loss {seen / 100:.3f} {time.time() - began:.0f} s")
            seen = 0.0
