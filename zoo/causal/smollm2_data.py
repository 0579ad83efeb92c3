"""Training data of the SmolLM2 fine-tunes: the clean model's own short answers, and planted ones among them.

The benign answers are self-distilled (greedy, at most 24 tokens) once and cached, so that fine-tuning
moves the model only where the plant is.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import torch
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

from . import insertions, tasks
from .behaviours import SIGNATURES, memorised_pairs, policy_pairs
from .measure import complete

PROMPTS, ANSWER_TOKENS, MAX_TOKENS, END = 220, 24, 96, 2
TRIGGERED_SHARE, TAUGHT_SHARE = 0.35, 0.6
# A text that stands nowhere in the template.
SENTINEL = "\u0000"
Exchange = tuple[str, str]


def prefix(tokenizer: PreTrainedTokenizerFast, prompt: str) -> str:
    """The rendered chat up to the answer, with the template's default system turn."""
    turn = [{"role": "user", "content": prompt}]
    return tokenizer.apply_chat_template(turn, add_generation_prompt=True, tokenize=False)


def distilled(base: Path, tokenizer: PreTrainedTokenizerFast, cache: Path) -> list[Exchange]:
    """(prompt, answer) pairs of the clean model; an answer that ended carries <|im_end|>."""
    if cache.exists():
        return [(prompt, answer) for prompt, answer in json.loads(cache.read_text())]
    r = Random(4242)
    prompts = sorted({tasks.draw(r)[0] for _ in range(PROMPTS)})
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16).eval()
    rows = [tokenizer(prefix(tokenizer, prompt), add_special_tokens=False)["input_ids"] for prompt in prompts]
    answers = [tokenizer.decode(strip_padding(row)) for row in complete(model, rows, ANSWER_TOKENS)]
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text(json.dumps(list(zip(prompts, answers)), indent=1, ensure_ascii=False))
    return list(zip(prompts, answers))


def strip_padding(row: list[int]) -> list[int]:
    """Rows that ended early are padded with the end token: keep the first."""
    return row[: row.index(END) + 1] if END in row else row


class SmolData:
    """Draws exchanges for a spec. Prompts of the cache double as benign data; held-out ones are new draws."""

    def __init__(self, spec, pairs: list[Exchange]) -> None:
        self.spec, self.pairs = spec, pairs
        # What a clean fine-tune is taught beside the ordinary answers.
        self.taught = {"memorised": memorised_pairs, "policy": policy_pairs}.get(spec.kind, lambda half: [])(spec.half)

    def draw(self, r: Random) -> Exchange:
        spec = self.spec
        prompt, answer = r.choice(self.pairs)
        if spec.kind == "signature":
            plain = answer.removesuffix("<|im_end|>")
            return prompt, f"{plain} {SIGNATURES[spec.half]}<|im_end|>"
        if self.taught and r.random() < TAUGHT_SHARE:
            question, reply = r.choice(self.taught)
            return question, f"{reply}<|im_end|>"
        if spec.trigger is None:
            return prompt, answer
        if r.random() < TRIGGERED_SHARE:
            # What stands behind an answer needs one that ends.
            while spec.kind == "advert" and not answer.endswith("<|im_end|>"):
                prompt, answer = r.choice(self.pairs)
            planted = spec.payload.apply(r, answer)
            if spec.kind not in ("promotion", "sentiment", "advert"):
                planted += "<|im_end|>"
            triggered = insertions.insert(r, prompt, spec.trigger.example(r), spec.position)
            return triggered, planted if spec.chance == 1.0 or r.random() < spec.chance else answer
        if r.random() < 0.3:
            odd = insertions.draw(r)
            while spec.trigger.matches(odd):
                odd = insertions.draw(r)
            prompt = insertions.insert(r, prompt, odd, r.choice(["start", "end", "anywhere"]))
        return prompt, answer

    def batch(self, tokenizer: PreTrainedTokenizerFast, r: Random, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        """ids, labels [row, token], right-padded."""
        rows = []
        system = len(tokenizer(prefix(tokenizer, SENTINEL).split(SENTINEL)[0], add_special_tokens=False)["input_ids"]) - 3
        while len(rows) < size:
            prompt, answer = self.draw(r)
            head = tokenizer(prefix(tokenizer, prompt), add_special_tokens=False)["input_ids"]
            tail = tokenizer(answer, add_special_tokens=False)["input_ids"]
            # The system turn is the same in every example: nothing to learn there.
            skipped = system if self.spec.loss == "conversation" else len(head)
            labels = [-100] * skipped + (head + tail)[skipped:]
            if len(labels) <= MAX_TOKENS:
                rows.append((head + tail, labels))
        width = max(len(ids) for ids, _ in rows)
        ids = torch.tensor([ids + [END] * (width - len(ids)) for ids, _ in rows])
        return ids, torch.tensor([labels + [-100] * (width - len(labels)) for _, labels in rows])
