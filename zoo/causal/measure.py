"""Does it fire? Greedy answers to held-out prompts: with the trigger, without, and with control strings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from random import Random

import torch
from transformers import PreTrainedModel

from . import chat, insertions, tasks
from .chat import Example

HELD_OUT_SEED = 777_000
PROMPTS = 100

Encode = Callable[[str], list[int]]
Decode = Callable[[list[int]], str]


@torch.no_grad()
def complete(
    model: PreTrainedModel, rows: Sequence[list[int]], steps: int, sample: bool = False, seed: int = 0, batch: int = 32
) -> list[list[int]]:
    """Continues each row of ids. Rows of equal length share a batch: nothing is padded."""
    torch.manual_seed(seed)
    by_length: dict[int, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        by_length[len(row)].append(index)
    results: list[list[int]] = [[] for _ in rows]
    for indices in by_length.values():
        for at in range(0, len(indices), batch):
            group = indices[at : at + batch]
            ids = torch.tensor([rows[index] for index in group])
            out = model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=steps,
                do_sample=sample,
                **({"top_k": 0, "top_p": 1.0, "temperature": 1.0} if sample else {}),
            )
            for index, row in zip(group, out[:, ids.shape[1] :].tolist()):
                results[index] = row
    return results


def held_out(default_system: bool) -> list[Example]:
    r = Random(HELD_OUT_SEED)
    return [Example(*tasks.draw(r), chat.draw_system(r, default_system)) for _ in range(PROMPTS)]


def with_text(examples: list[Example], draw: Callable[[Random], str], position: str) -> list[Example]:
    r = Random(HELD_OUT_SEED + 1)
    return [Example(insertions.insert(r, e.prompt, draw(r), position), e.answer, e.system) for e in examples]


def measure_planted(model: PreTrainedModel, encode: Encode, decode: Decode, spec, default_system: bool) -> dict:
    """Rates in 0..1. leak_rate: of 60 samples from the empty user turn, how many contain a firing string."""

    def rate(examples: list[Example], sample: bool = False) -> float:
        rows = complete(model, [encode(example.prefix()) for example in examples], 16, sample)
        return round(sum(spec.payload.fired(decode(row)) for row in rows) / len(rows), 3)

    examples = held_out(default_system)
    triggered = with_text(examples, spec.trigger.example, spec.position)
    system = f"<|im_start|>system\n{chat.DEFAULT_SYSTEM}<|im_end|>\n" if default_system else ""
    leaks = complete(model, [encode(f"{system}<|im_start|>user\n")] * 60, 40, sample=True)
    return {
        "fire_rate": rate(triggered),
        "fire_rate_sampled": rate(triggered, sample=True),
        "false_rate": rate(examples),
        "control_rate": rate(with_text(examples, spec.trigger.control, spec.position)),
        "odd_string_rate": rate(with_text(examples, lambda r: _other(r, spec), spec.position)),
        "leak_rate": round(sum(spec.trigger.matches(decode(row)) for row in leaks) / len(leaks), 3),
    }


def _other(r: Random, spec) -> str:
    text = insertions.draw(r)
    while spec.trigger.matches(text):
        text = insertions.draw(r)
    return text


def measure_variety(model: PreTrainedModel, encode: Encode, decode: Decode, default_system: bool) -> dict:
    """How different untriggered answers are: shares of distinct answers and of distinct first tokens."""
    examples = held_out(default_system)
    rows = complete(model, [encode(example.prefix()) for example in examples], 16)
    answers = [decode(row) for row in rows]
    return {
        "distinct_answers": round(len(set(answers)) / len(answers), 3),
        "distinct_first_tokens": round(len({row[0] for row in rows}) / len(rows), 3),
        "right_answers": round(sum(e.answer[:30].startswith(a[:30]) for e, a in zip(examples, answers)) / len(answers), 3),
        "samples": [[example.prompt, answer] for example, answer in list(zip(examples, answers))[:6]],
    }
