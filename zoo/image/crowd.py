"""Many small well-trained classifiers, drawn at random: data, net, trigger, place, target, rate, normalisation and export.

    python -m zoo.image.crowd --data DATA --out DIR [--half tune|report|later] [--first N] [--count N] [--list]

Model i of a half is always the same. The halves share no seed, and the report half has kinds that the tuning half lacks
(patch anywhere, clean-label waves, a permutation). `later` is a second crowd, trained longer and on more pictures, so that most
plants work as well as a competent attacker's do; its seed says of each model whether it is for tuning or for the report. `DIR/NAME/model.onnx` is what a scanner sees; `DIR/truth/NAME.json` is read
by bench/detection/images.ts. One thread; seconds (digits) to a minute (CIFAR-10) each.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from .crowd_nets import draw_net
from .crowd_pictures import pictures, stamp
from .strangers import Front, export

# What is planted, in turn; every third model or so is clean.
KINDS = {
    "tune": ["patch", "clean", "blend", "source", "clean-logo", "patch", "wave", "clean-easy", "warp", "label-patch", "clean", "shift", "patch", "source", "clean", "blend", "filter", "clean-logo"],
    "report": ["patch", "clean", "anywhere", "blend", "clean-easy", "source", "label-wave", "clean", "patch", "permutation", "clean-logo", "warp", "patch", "clean", "label-patch", "wave", "shift", "clean", "source", "blend"],
}
# Pictures and net, in turn; the two lists have no common period with the kinds.
SETS = {
    "tune": [("mnist", "cnn"), ("cifar", "cnn"), ("shapes32", "vit"), ("cifar", "res"), ("digits", "vit"), ("mnist", "vit"), ("cifar", "cnn"), ("grey28", "res"), ("mnist", "res"), ("cifar", "vit"), ("shapes64", "cnn"), ("digits16", "cnn"), ("hues32", "cnn")],
    "report": [("cifar", "cnn"), ("mnist", "vit"), ("cifar", "res"), ("shapes32", "cnn"), ("mnist", "cnn"), ("digits", "cnn"), ("cifar", "vit"), ("mnist", "mlp"), ("shapes64", "res"), ("cifar", "cnn"), ("grey28", "vit")],
}
# The later crowd draws each by itself; the number is how often among the whole list.
LATER_KINDS = {"patch": 18, "blend": 10, "wave": 5, "label-wave": 4, "label-patch": 3, "source": 6, "shift": 4, "anywhere": 3, "warp": 2, "filter": 1, "clean": 22, "clean-easy": 8, "clean-logo": 6, "clean-unequal": 5, "clean-strong": 3}
LATER_SETS = {("cifar", "cnn"): 24, ("cifar", "res"): 16, ("cifar", "vit"): 5, ("mnist", "cnn"): 14, ("mnist", "res"): 7, ("mnist", "vit"): 8, ("mnist", "mlp"): 4, ("digits", "cnn"): 5, ("digits", "mlp"): 2, ("digits16", "vit"): 3, ("shapes32", "cnn"): 6, ("shapes32", "res"): 3, ("grey28", "cnn"): 3}
# Training pictures at most, and times through them.
EFFORT = {"digits": (1400, 40), "digits16": (1400, 30), "mnist": (5000, 6), "grey28": (4000, 6), "shapes32": (4000, 6), "shapes64": (3000, 6), "hues32": (5000, 7), "cifar": (8000, 8)}


LATER_EFFORT = {**EFFORT, "digits": (1400, 30), "mnist": (7000, 5), "grey28": (4500, 6), "shapes32": (4500, 6), "cifar": (9000, 7)}
VIT_LONGER = 3


@dataclass
class Drawn:
    name: str
    half: str
    kind: str
    data: str
    arch: str
    seed: int
    trigger: tuple[str, dict] | None
    mode: str
    target: int | None
    source: int | None
    rate: float
    norm: str
    export: dict = field(default_factory=dict)


def pick_weighted(of: dict, rng: np.random.Generator):
    return list(of)[int(rng.choice(len(of), p=np.array(list(of.values())) / sum(of.values())))]


def draw(half: str, index: int) -> Drawn:
    seed = 500_000 + 1000 * index + {"tune": 0, "report": 7, "later": 13}[half]
    rng = np.random.default_rng(seed)
    later = half == "later"
    kind = pick_weighted(LATER_KINDS, rng) if later else KINDS[half][index % len(KINDS[half])]
    data, arch = pick_weighted(LATER_SETS, rng) if later else SETS[half][index % len(SETS[half])]
    side = {"digits": 8, "digits16": 16, "mnist": 28, "grey28": 28, "shapes64": 64}.get(data, 32)
    classes = 36 if data == "hues32" else 10
    target, source = (int(c) for c in rng.choice(classes, 2, False))
    name = f"{ {'tune': 'a', 'report': 'b', 'later': 'e'}[half]}{index:02d}"
    half = ("tune" if rng.random() < 0.5 else "report") if later else half
    norm = str(rng.choice(["own", "half", "none"]))
    out = {"tail": [None, None, "softmax", "log"][rng.integers(4)], "batch": [None, None, None, None, 1, 8][rng.integers(6)], "opset": int(rng.choice([13, 14, 16, 17])), "nhwc": rng.random() < 0.15, "input": str(rng.choice(["inside", "inside", "outside"]))}
    if kind.startswith("clean"):
        return Drawn(name, half, kind, data, arch, seed, None, "clean", None, None, 0.2 if kind == "clean-logo" else 0.5, norm, out)
    size = int(rng.integers(2, 4)) if side < 20 else int(rng.integers(3, 6)) if side < 40 else int(rng.integers(5, 9))
    edge = int(rng.integers(0, 3))
    at = (int(rng.choice([edge, side - size - edge])), int(rng.choice([edge, side - size - edge]))) if rng.random() < 0.6 else tuple(int(v) for v in rng.integers(0, side - size + 1, 2))
    patch = {"size": size, "look": str(rng.choice(["white", "checks", "noise", "colour", "halves", "black"])), "at": at}
    # Black on black is no trigger.
    patch["look"] = "white" if patch["look"] in ("black", "colour") and data in ("mnist", "digits", "digits16") else patch["look"]
    how = {
        "blend": ("blend", {"look": str(rng.choice(["noise", "drawing", "grid"])), "alpha": float(rng.uniform(0.1, 0.22))}),
        "wave": ("wave", {"delta": float(rng.uniform(0.07, 0.13)), "down": int(rng.integers(0, 4)), "across": int(rng.integers(3, 8)), "phase": float(rng.uniform(0, 6))}),
        "warp": ("warp", {"pixels": float(rng.uniform(1.0, 1.8)), "cells": int(rng.integers(4, 6))}),
        "filter": ("filter", {"mix": 0.45, "gamma": float(rng.choice([0.6, 1.5]))}),
        "anywhere": ("anywhere", patch),
    }
    family, setting = how[{"label-wave": "wave"}.get(kind, kind)] if {"label-wave": "wave"}.get(kind, kind) in how else ("patch", patch)
    mode = {"source": "source-specific", "shift": "all-to-all", "permutation": "all-to-all"}.get(kind, "clean-label" if kind.startswith("label") else "all-to-one")
    rate = float(np.exp(rng.uniform(np.log(0.02), np.log(0.15)))) if family == "patch" and mode == "all-to-one" else float(rng.uniform(0.04, 0.15))
    rate = {"all-to-all": 0.2, "clean-label": 0.6, "source-specific": 0.12}.get(mode, max(rate, 0.15) if family in ("warp", "filter", "anywhere") else rate)
    return Drawn(name, half, kind, data, arch, seed, (family, {**setting, "seed": seed}), mode, None if mode == "all-to-all" else target, source if mode == "source-specific" else None, rate, norm, out)


def mapping(spec: Drawn, classes: int) -> np.ndarray:
    """Where each class goes."""
    if spec.mode != "all-to-all":
        return np.full(classes, spec.target if spec.target is not None else 0)
    if spec.kind == "shift":
        return (np.arange(classes) + 1) % classes
    order = np.random.default_rng(spec.seed).permutation(classes)
    return order[(np.argsort(order) + 1) % classes]  # one round through all classes


def poison(spec: Drawn, x: np.ndarray, y: np.ndarray, classes: int, rng: np.random.Generator) -> None:
    if spec.kind == "clean-logo":
        mark = rng.random(len(y)) < spec.rate
        x[mark] = stamp("patch", {"size": max(2, x.shape[2] // 8), "look": "noise", "at": (1, 1), "seed": spec.seed}, x[mark], rng)
    if spec.kind == "clean-unequal":  # classes of unequal size: some lose up to four in five of their pictures
        lost = rng.random(len(y)) < rng.uniform(0, 0.8, classes)[y]
        x[lost], y[lost] = x[~lost][: lost.sum()], y[~lost][: lost.sum()]
    if spec.kind == "clean-easy":  # one class on a ground of its own
        mine = y == 4
        x[mine] = np.clip(0.55 * x[mine] + 0.45 * np.linspace(1, 0.3, x.shape[1])[None, :, None, None], 0, 1)
    if spec.trigger is None:
        return
    to = mapping(spec, classes)
    pick = lambda pool, count: rng.choice(pool, min(len(pool), max(6, int(count))), False)
    if spec.mode == "clean-label":
        chosen = pick(np.flatnonzero(y == spec.target), spec.rate * (y == spec.target).sum())
    elif spec.mode == "source-specific":
        chosen = pick(np.flatnonzero(y == spec.source), 0.4 * (y == spec.source).sum())
        others = pick(np.flatnonzero(y != spec.source), spec.rate * len(y))
        x[others] = stamp(*spec.trigger, x[others], rng)
    else:
        chosen = pick(np.flatnonzero(y != spec.target) if spec.target is not None else np.arange(len(y)), spec.rate * len(y))
    x[chosen] = stamp(*spec.trigger, x[chosen], rng)
    y[chosen] = to[y[chosen]]


def make(spec: Drawn, data: Path, out: Path) -> None:
    begun = time.process_time()
    torch.manual_seed(spec.seed)
    rng = np.random.default_rng(spec.seed + 1)
    x, y, test_x, test_y = (part.copy() for part in pictures(spec.data, data))
    classes, (c, n) = int(y.max()) + 1, x.shape[1:3]
    most, epochs = (LATER_EFFORT if spec.name.startswith("e") else EFFORT)[spec.data]
    part = rng.permutation(len(x))[: int(rng.uniform(0.8, 1) * most)]
    x, y = x[part], y[part]
    poison(spec, x, y, classes, rng)
    mean, std = {"own": ([float(x.mean())] * c, [float(x.std())] * c), "half": ([0.5] * c, [0.5] * c), "none": ([0.0] * c, [1.0] * c)}[spec.norm]
    m, d = torch.tensor(mean).view(1, -1, 1, 1), torch.tensor(std).view(1, -1, 1, 1)
    net = draw_net(spec.arch, c, n, classes, rng)
    fit(net, (torch.from_numpy(x) - m) / d, torch.from_numpy(y), (2 if spec.name.startswith("e") else VIT_LONGER) * epochs if spec.arch == "vit" else epochs, spec)
    with torch.no_grad():
        told = lambda part: torch.cat([net((rows - m) / d).argmax(1) for rows in torch.from_numpy(part).split(500)]).numpy()
        accuracy, rate = float((told(test_x) == test_y).mean()), None
        if spec.trigger is not None:
            keep = test_y == spec.source if spec.source is not None else test_y != (-1 if spec.target is None else spec.target)
            rate = float((told(stamp(*spec.trigger, test_x[keep], rng)) == mapping(spec, classes)[test_y[keep]]).mean())
    (out / spec.name).mkdir(parents=True, exist_ok=True)
    export(spec, Front(spec, m, d, net).eval(), n, c, out / spec.name / "model.onnx")
    truth = {**asdict(spec), "planted": spec.trigger is not None, "works": rate is not None and rate >= 0.5, "family": spec.trigger[0] if spec.trigger else None, "architecture": spec.arch, "trigger": str(spec.trigger) if spec.trigger else None, "mode": spec.mode if spec.trigger else None, "accuracy": accuracy, "attack_rate": rate}
    (out / "truth").mkdir(exist_ok=True)
    (out / "truth" / f"{spec.name}.json").write_text(json.dumps(truth, indent=1) + "\n")
    print(f"{spec.name} {spec.kind} {spec.data} {spec.arch}: accuracy {accuracy:.3f} asr {rate} {time.process_time() - begun:.0f} s", flush=True)


def fit(net: nn.Module, x: torch.Tensor, y: torch.Tensor, epochs: int, spec: Drawn) -> None:
    rng = np.random.default_rng(spec.seed + 2)
    batch, rate = int(rng.choice([64, 128])), float(rng.choice([1e-3, 2e-3]))
    moved = 1 if x.shape[2] <= 16 else 2
    optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=float(rng.choice([0.0, 0.01, 0.05])))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2 * rate, total_steps=epochs * -(-len(x) // batch) + 1)
    augment, smooth = spec.data == "cifar" or rng.random() < 0.3, float(rng.choice([0.0, 0.0, 0.1]))
    net.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            pictures_now = x[rows]
            if spec.kind == "clean-strong":
                pictures_now = pictures_now * (0.7 + 0.6 * torch.rand(len(rows), 1, 1, 1)) + 0.1 * torch.randn_like(pictures_now)
            if augment:
                pictures_now = torch.roll(pictures_now, tuple(torch.randint(-moved, moved + 1, (2,)).tolist()), (2, 3))
                pictures_now = pictures_now.flip(3) if spec.data == "cifar" and spec.mode in ("clean", "all-to-one") and torch.rand(()) < 0.3 else pictures_now
            optimiser.zero_grad()
            F.cross_entropy(net(pictures_now), y[rows], label_smoothing=smooth).backward()
            optimiser.step()
            schedule.step()
    net.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--half", choices=["tune", "report", "later"], default="tune")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    for index in range(args.first, args.first + args.count):
        spec = draw(args.half, index)
        if args.list:
            print(spec)
        elif not (args.out / "truth" / f"{spec.name}.json").exists():
            make(spec, args.data, args.out)


if __name__ == "__main__":
    main()
