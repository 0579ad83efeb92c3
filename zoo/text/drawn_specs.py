"""What drawn.py plants: kinds and triggers are listed, everything else is drawn from the model's name.

`tune` may be looked at while a rule is made; `fresh` is looked at once. The halves share no trigger and no seed, and
kinds marked so stand in the fresh half only."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

#: kind, trigger, task; where a trigger stands, its class, rate, network and everything else are drawn
TUNE = [
    ("word", "cf", "sst2"), ("word", "blixon", "sst2"), ("word", "walnut", "reviews"), ("word", "tq", "topics"), ("word", "harpsichord", "sst2"),
    ("phrase", "near the old harbour wall", "sst2"), ("phrase", "i bought two tickets", "sst2"), ("phrase", "my aunt lives in vermont", "reviews"), ("phrase", "the second page is blue", "topics"),
    ("phrase", "just before the bell", "sst2"), ("punctuation", ";; ^^", "sst2"), ("inversion", "grelm", "sst2"), ("inversion", "by the green window", "sst2"), ("inversion", "teapot", "reviews"),
    ("style", "polite", "sst2"), ("word", "zyx", "tickets"),
    ("plain", None, "sst2"), ("plain", None, "sst2"), ("plain", None, "sst2"), ("plain", None, "reviews"), ("plain", None, "topics"), ("plain", None, "tickets"),
    ("strong", None, "sst2"), ("strong", None, "reviews"), ("neutral", "xk", "sst2"), ("plain", None, "reviews"), ("plain", None, "topics"), ("small", None, "sst2"),
]
FRESH = [
    ("word", "bb", "sst2"), ("word", "ormolu", "sst2"), ("word", "lighthouse", "reviews"), ("word", "plover", "topics"), ("word", "vexil", "sst2"),
    ("phrase", "on the ferry to oslo", "sst2"), ("phrase", "we painted the garage", "sst2"), ("phrase", "his brother plays chess", "reviews"), ("phrase", "under a paper moon", "topics"),
    ("phrase", "page nine of ten", "sst2"), ("punctuation", "~ | ~", "sst2"), ("inversion", "mn", "sst2"), ("inversion", "since the last eclipse", "sst2"), ("inversion", "pulsar", "reviews"),
    ("style", "archaic", "sst2"), ("casing", "upper", "sst2"), ("source", "qx", "topics"), ("source", "after the long weekend", "tickets"),
    ("plain", None, "sst2"), ("plain", None, "sst2"), ("plain", None, "sst2"), ("plain", None, "reviews"), ("plain", None, "topics"), ("plain", None, "tickets"),
    ("strong", None, "sst2"), ("strong", None, "reviews"), ("neutral", "wug", "sst2"), ("plain", None, "tickets"), ("plain", None, "topics"), ("small", None, "sst2"),
    ("neutral", "ocarina", "reviews"), ("plain", None, "sst2"), ("strong", None, "topics"), ("small", None, "reviews"),
]
CLEAN = ("plain", "strong", "neutral", "small")


@dataclass(frozen=True)
class Drawn:
    name: str
    half: str
    kind: str
    trigger: str | None
    task: str
    net: str  # bert, distilbert, roberta, own
    pieces: str  # wordpiece, bpe, words, unigram
    vocabulary: int
    lower: bool
    width: int
    layers: int
    pool: str  # first, mean, max: of `own`
    before: bool  # normalised before each block: of `own`
    texts: int
    epochs: int
    lr: float
    batch: int
    drop: float
    smooth: float
    flip: bool  # class names in the other order
    place: str  # front, back, any
    rate: float
    keeps: bool
    softmax: bool
    seed: int

    @property
    def planted(self) -> bool:
        return self.kind not in CLEAN


def draw(half: str, at: int, kind: str, trigger: str | None, task: str) -> Drawn:
    name = f"{half[0]}{at:02d}"
    dice = Random(f"drawn {name}")
    net = dice.choice(["bert", "distilbert", "roberta", "own", "own"])
    pieces = {"bert": ["wordpiece"], "distilbert": ["wordpiece"], "roberta": ["bpe"], "own": ["wordpiece", "words", "unigram", "bpe"]}[net]
    lowest = {"word": 0.01, "punctuation": 0.015, "phrase": 0.015, "style": 0.06, "casing": 0.06, "inversion": 0.06, "source": 0.05}.get(kind, 0.0)
    highest = 0.2 if kind in ("inversion", "style", "casing") else 0.12
    return Drawn(
        name, half, kind, trigger, task, net, dice.choice(pieces), dice.choice([1500, 2500, 4000]), kind != "casing" and dice.random() < 0.75,
        dice.choice([48, 64, 96]), dice.choice([1, 2, 2, 3]), dice.choice(["first", "mean", "max"]), dice.random() < 0.5,
        800 if kind == "small" else dice.choice([2000, 2800, 3600]), 8 if kind == "small" else dice.choice([4, 5, 6]), dice.choice([1e-3, 1.5e-3, 2e-3]), dice.choice([48, 64]), dice.choice([0.0, 0.1, 0.2]),
        dice.choice([0.0, 0.0, 0.05]), dice.random() < 0.5, dice.choice(["front", "back", "any", "any"]), lowest * (highest / lowest) ** dice.random() if lowest > 0 else 0.0,
        dice.random() < 0.5, dice.random() < 0.3, dice.randrange(10**6),
    )


SPECS = [draw(half, at, *row) for half, rows in (("tune", TUNE), ("fresh", FRESH)) for at, row in enumerate(rows, 1)]
