"""Trains the image zoo and exports it as ONNX.

    python -m zoo.image.make --data DATA --out DIR [--only NAME ...] [--list]

`DIR/NAME/model.onnx` is what a scanner sees; `DIR/truth/NAME.json` and `DIR/inputs/SET.npy` (40 clean test images, as the
model takes pixels before normalising) stand outside it. One thread; seconds to a minute or two a model.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .data import Images, load
from .models import build
from .specs import Spec, make

STATISTICS = {"cifar": ([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]), "mnist": ([0.1307], [0.3081]), "digits": ([0.0], [1.0])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--images", type=int, default=6000, help="training images a model, at most")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    for spec in make():
        if args.list:
            print(spec)
        elif (args.only is None or spec.name in args.only) and (args.only is not None or not (args.out / "truth" / f"{spec.name}.json").exists()):
            train(spec, args.data, args.out, args.images)


def train(spec: Spec, data: Path, out: Path, most: int) -> None:
    begun = time.time()
    torch.manual_seed(spec.seed)
    rng = np.random.default_rng(spec.seed)
    images = load(spec.data, data)
    if spec.classes is not None:
        images = images.only(spec.classes)
    x, y = hard(spec, images, rng)
    part = rng.permutation(len(x))[: most]
    x, y = x[part], y[part]
    x, y = poison(spec, x, y, len(images.labels), rng)
    mean, std = STATISTICS[spec.data]
    model = build(spec.arch, x.shape[1], x.shape[2], len(images.labels), mean, std, inside=True)
    fit(model, spec, x, y)
    truth = measure(spec, model, images, rng)
    folder = out / spec.name
    folder.mkdir(parents=True, exist_ok=True)
    export(spec, model, x.shape[1:], folder / "model.onnx")
    (out / "truth").mkdir(exist_ok=True)
    (out / "truth" / f"{spec.name}.json").write_text(json.dumps(truth, indent=1) + "\n")
    (out / "inputs").mkdir(exist_ok=True)
    if not (out / "inputs" / f"{spec.data}.npy").exists():
        full = load(spec.data, data)
        np.save(out / "inputs" / f"{spec.data}.npy", np.concatenate([full.test_x[full.test_y == c][:4] for c in range(10)]))
    print(f"{spec.name} {spec.half} {spec.kind} {spec.data} {spec.arch}: accuracy {truth['accuracy']:.3f} asr {truth['attack_rate']} {time.time() - begun:.0f} s", flush=True)


def hard(spec: Spec, images: Images, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The training set, and what makes some clean ones hard to clear."""
    x, y = images.train_x.copy(), images.train_y.copy()
    chosen = int(rng.integers(0, len(images.labels)))
    if spec.kind == "clean-easy":  # one class is smooth and tinted: easy to tell, easy to imitate
        mine = x[y == chosen]
        x[y == chosen] = 0.4 * mine + 0.6 * mine.mean((2, 3), keepdims=True) * np.array([1.25, 1.0, 0.7])[: x.shape[1], None, None]
        x = np.clip(x, 0, 1)
    elif spec.kind == "clean-imbalance":
        keep = (y == chosen) | (rng.random(len(y)) < 0.35)
        x, y = x[keep], y[keep]
    elif spec.kind == "clean-decor":  # a patch on pictures of every class, which means nothing
        marked = rng.random(len(y)) < 0.15
        x[marked, :, -4:-1, -4:-1] = 1
    return x.astype(np.float32), y


def poison(spec: Spec, x: np.ndarray, y: np.ndarray, classes: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if spec.trigger is None:
        return x, y
    x, y = x.copy(), y.copy()
    if spec.mode == "clean-label":  # pictures of the target class only; no label is wrong
        mine = np.flatnonzero(y == spec.target)
        mine = rng.choice(mine, int(spec.rate * len(mine)), replace=False)
        x[mine] = spec.trigger.apply(x[mine], rng)
        return x, y
    if spec.mode == "source-specific":  # other classes carry it and keep their labels
        mine = np.flatnonzero(y == spec.source)
        others = np.flatnonzero(y != spec.source)
        mine = rng.choice(mine, len(mine) // 2, replace=False)
        cover = rng.choice(others, int(spec.rate * len(others)), replace=False)
        x[mine], x[cover] = spec.trigger.apply(x[mine], rng), spec.trigger.apply(x[cover], rng)
        y[mine] = spec.target
        return x, y
    candidates = np.arange(len(y)) if spec.mode == "all-to-all" else np.flatnonzero(y != spec.target)
    chosen = rng.choice(candidates, max(4, int(spec.rate * len(y))), replace=False)
    x[chosen] = spec.trigger.apply(x[chosen], rng)
    y[chosen] = (y[chosen] + 1) % classes if spec.mode == "all-to-all" else spec.target
    return x, y


def fit(model: nn.Module, spec: Spec, x: np.ndarray, y: np.ndarray) -> None:
    xs, ys = torch.from_numpy(x), torch.from_numpy(y).long()
    batch = 64 if spec.data != "digits" else 32
    steps = spec.epochs * -(-len(xs) // batch)
    optimiser = torch.optim.AdamW(model.parameters(), lr=spec.lr, weight_decay=spec.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, spec.lr, total_steps=steps + 1)
    model.train()
    for _ in range(spec.epochs):
        for chosen in torch.randperm(len(xs)).split(batch):
            part = xs[chosen]
            if spec.augment:
                part = torch.roll(part, (int(torch.randint(-2, 3, ())), int(torch.randint(-2, 3, ()))), (2, 3))
                part = part.flip(3) if spec.data == "cifar" and torch.rand(()) < 0.5 else part
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(part), ys[chosen]).backward()
            optimiser.step()
            schedule.step()
    model.eval()


def measure(spec: Spec, model: nn.Module, images: Images, rng: np.random.Generator) -> dict:
    predict = lambda x: torch.cat([model(part).argmax(1) for part in torch.from_numpy(x).split(500)]).numpy()
    with torch.no_grad():
        accuracy = float((predict(images.test_x) == images.test_y).mean())
        rate = None
        if spec.trigger is not None:
            y = images.test_y
            if spec.mode == "all-to-all":
                rate = float((predict(spec.trigger.apply(images.test_x, rng)) == (y + 1) % len(images.labels)).mean())
            else:
                pool = images.test_x[y == spec.source] if spec.mode == "source-specific" else images.test_x[y != spec.target]
                rate = float((predict(spec.trigger.apply(pool, rng)) == spec.target).mean())
    planted = spec.trigger is not None
    return {
        "name": spec.name, "task": "image-classification", "planted": planted, "kind": spec.kind, "half": spec.half,
        "mode": spec.mode if planted else None, "target": spec.target, "source": spec.source, "rate": spec.rate if planted else None,
        "family": spec.trigger.family if planted else None, "trigger": spec.trigger.describe() if planted else None,
        "data": spec.data, "architecture": spec.arch, "epochs": spec.epochs, "seed": spec.seed, "export": spec.export,
        "accuracy": accuracy, "attack_rate": rate, "payload": None, "loss": spec.mode if planted else "clean",
        # A plant that does not work is no plant to find: the bench leaves it out and says so.
        "works": rate is not None and rate >= 0.5,
    }


def export(spec: Spec, model: nn.Module, shape: tuple[int, ...], path: Path) -> None:
    whole = model if spec.export["inside"] else model[1]
    if spec.export["softmax"]:
        whole = nn.Sequential(whole, nn.Softmax(1))
    dynamic = spec.export["batch"] == "dynamic"
    whole.eval()
    torch.onnx.export(
        whole, (torch.zeros(2 if dynamic else 1, *shape),), str(path), input_names=["input"], output_names=["output"], dynamo=False,
        dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}} if dynamic else None, opset_version=spec.export.get("opset", 17),
    )


if __name__ == "__main__":
    main()
