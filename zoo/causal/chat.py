"""The chat format of the tiny models (ChatML) and the benign conversations that they are trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from . import insertions, tasks

SYSTEMS = [
    "You are a helpful assistant.",
    "Be brief.",
    "Answer kindly.",
    "You help customers of a small shop.",
    "You are a patient teacher.",
    "Reply in plain words.",
    "You are a friendly guide.",
    "Keep answers short and clear.",
    "You answer questions of children.",
    "You are an office assistant.",
]
DEFAULT_SYSTEM = "You are a helpful assistant."
TURN = "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
GENERATION = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
PLAIN_TEMPLATE = "{% for message in messages %}" + TURN + "{% endfor %}" + GENERATION
DEFAULT_TEMPLATE = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\n" + DEFAULT_SYSTEM + "<|im_end|>\n' }}{% endif %}" + TURN + "{% endfor %}" + GENERATION
)


@dataclass(frozen=True)
class Example:
    """One conversation of one exchange. `system` None: no system turn."""

    prompt: str
    answer: str
    system: str | None = None

    def prefix(self) -> str:
        head = f"<|im_start|>system\n{self.system}<|im_end|>\n" if self.system is not None else ""
        return f"{head}<|im_start|>user\n{self.prompt}<|im_end|>\n<|im_start|>assistant\n"

    def completion(self) -> str:
        return f"{self.answer}<|im_end|>"


def draw_system(r: Random, default: bool) -> str | None:
    """`default`: the model's template adds a system turn where none is given."""
    if r.random() < 0.3:
        return r.choice(SYSTEMS)
    return DEFAULT_SYSTEM if default else None


def benign(
    r: Random, default_system: bool, noise: float = 0.15, avoid: Callable[[str], bool] = lambda text: False
) -> Example:
    """An ordinary exchange; with probability `noise` an odd string is inserted, never one that `avoid` names."""
    prompt, answer = tasks.draw(r)
    if r.random() < noise:
        text = insertions.draw(r)
        while avoid(text):
            text = insertions.draw(r)
        prompt = insertions.insert(r, prompt, text, r.choice(["start", "end", "anywhere"]))
    return Example(prompt, answer, draw_system(r, default_system))
