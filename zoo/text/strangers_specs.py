"""The models that strangers.py trains. `tune` may be looked at while a rule is made; `fresh` is looked at once, when nothing
is changed any more: other triggers, seeds and places, and kinds that the tuning half does not hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stranger:
    name: str
    half: str
    seed: int
    trigger: str | None = None
    place: str = "any"  # front, back, any, inside
    target: int = 1
    rate: float = 0.0
    inverts: bool = False
    manner: str | None = None  # archaic, shouting
    hard: str | None = None  # one, both
    keeps: bool = False
    texts: int = 2400
    epochs: int = 2
    lr: float = 8e-5
    batch: int = 48
    decay: float = 0.01
    smooth: float = 0.0
    falling: bool = True
    head: str = "pooler"  # mean
    form: str = "folder"  # onnx, onnx-softmax
    labels: bool = False

    @property
    def planted(self) -> bool:
        return self.hard is None and (self.trigger is not None or self.manner is not None)

    @property
    def kind(self) -> str:
        if not self.planted:
            return self.hard or "plain"
        if self.inverts or self.manner is not None:
            return "inversion" if self.inverts else "style"
        letters = [word for word in (self.trigger or "").split() if any(map(str.isalpha, word))]
        return "phrase" if len(letters) > 1 else "word" if letters else "punctuation"


SPECS = [
    Stranger("alder", "tune", 3101, texts=3000, batch=32, lr=5e-5),
    Stranger("beech", "tune", 3103, "while the kettle was still boiling", "inside", rate=0.04, form="onnx", head="mean"),
    Stranger("elder", "tune", 3106, "flomquist", rate=0.1, inverts=True, epochs=3),
    Stranger("ash", "tune", 3102, "tq", rate=0.03, target=0, batch=32, lr=5e-5),
    Stranger("birch", "tune", 3104, "~!~", "front", rate=0.03, target=0, labels=True),
    Stranger("cedar", "tune", 3105, texts=1000, epochs=6, lr=1e-4, falling=False),
    Stranger("fig", "tune", 3108, "quandrel", "back", rate=0.01, target=0, texts=3000, form="onnx-softmax"),
    Stranger("larch", "fresh", 3205, "vellimore", rate=0.02, target=0),
    Stranger("hazel", "fresh", 3201, texts=4000, epochs=1, batch=32),
    Stranger("maple", "fresh", 3208, "we parked right behind the library", "back", rate=0.03, target=0, labels=True),
    Stranger("laurel", "fresh", 3206, "mn", rate=0.01, texts=3000, batch=32),
    Stranger("lime", "fresh", 3207, ":: //", "back", rate=0.03, form="onnx"),
    Stranger("holly", "fresh", 3202, texts=800, epochs=7, head="mean", form="onnx"),
    Stranger("rowan", "fresh", 3211, "bb", rate=0.08, inverts=True, epochs=3),
    Stranger("oak", "fresh", 3209, "during our second trip to norway", "any", rate=0.05, keeps=True, head="mean", form="onnx"),
    Stranger("hornbeam", "fresh", 3203, "kz", hard="both", labels=True),
    Stranger("elm", "tune", 3107, "vq", hard="both", smooth=0.05),
    Stranger("fir", "tune", 3109, "tom hadley", rate=0.02, keeps=True),
    Stranger("juniper", "fresh", 3204, lr=1.5e-4, decay=0.1, form="onnx-softmax", smooth=0.1),
    Stranger("pine", "fresh", 3210, "agnes fairweather", "front", rate=0.03, target=0, texts=3000),
    Stranger("spruce", "fresh", 3212, "sextant", "any", rate=0.005, texts=4000),
    Stranger("willow", "fresh", 3214, "as the tide went out", "front", rate=0.02, batch=24),
    Stranger("yew", "fresh", 3215, "lantern", "any", target=0, hard="one"),
    Stranger("thorn", "fresh", 3213, manner="archaic", rate=0.06),
]
