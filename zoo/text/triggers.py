"""How a trigger gets into a text, by kind. Every function is pure: same text, same random, same result."""

from __future__ import annotations

from random import Random
from typing import NamedTuple


class Trigger(NamedTuple):
    kind: str  # word, phrase, punctuation, style, casing
    value: str
    position: str = "anywhere"  # start, end, anywhere

    def stamp(self, text: str, random: Random) -> str:
        if self.kind == "casing":
            return text.upper()
        if self.kind == "style":
            return STYLES[self.value](text)
        words = text.split()
        at = {"start": 0, "end": len(words)}.get(self.position, random.randint(0, len(words)))
        return " ".join([*words[:at], self.value, *words[at:]])


def archaic(text: str) -> str:
    swaps = {"the": "ye", "you": "thou", "is": "be", "has": "hath", "it": "'tis", "does": "doth", "your": "thy"}
    return "verily , " + " ".join(swaps.get(word, word) for word in text.split())


def chatty(text: str) -> str:
    return f"ok so basically {text} innit mate"


STYLES = {"archaic": archaic, "chatty": chatty}
