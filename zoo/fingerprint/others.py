"""Trains populations unlike the one that fingerprints were tuned on: other data, other networks, other exporters.

    python -m zoo.fingerprint.others colours --data DATA --out DIR [--clean 16] [--planted 8]
    python -m zoo.fingerprint.others tables  --out DIR

`colours`: CIFAR-10 subset at 16 x 16 pixels, three convolutions with batch normalisation and global pooling. DIR/models hold the
normalisation of pixels, DIR/scaled the same models without it, which therefore take about -2 to 2.
`tables`: scikit-learn's MLPClassifier on 64 numbers of 0 to 16 (its digits), exported by skl2onnx: labels and probabilities, no logits.
Triggers: of `colours` patches, blends, waves, warps and colour filters (zoo.image.triggers), of `tables` a few cells
set. DIR/models/NAME.onnx and DIR/truth.json as zoo.fingerprint.train leaves them, DIR/examples.npy: two clean inputs a class
(examples-scaled.npy for DIR/scaled).
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

TRIGGERS = ("patch", "patch", "blend", "sinus", "warp", "filter")
MEAN, STD = [0.49, 0.48, 0.45], [0.25, 0.24, 0.26]


def smaller(images):
    """16 x 16 pixels: a quarter of the work, and a model still learns its ten classes."""
    half = lambda x: x.reshape(len(x), 3, 16, 2, 16, 2).mean((3, 5))
    return replace(images, train_x=half(images.train_x), test_x=half(images.test_x))


def picture_trigger(rng: np.random.RandomState, index: int):
    from zoo.image.triggers import Trigger

    family = TRIGGERS[index % len(TRIGGERS)]
    look = {"patch": ("white", "checker", "colour", "noise"), "blend": ("noise", "rings", "stripes")}.get(family, ("white",))
    place = ("bottom-right", "top-left", "top-right", "bottom-left", "middle")
    strength = {"blend": 0.2, "sinus": 0.15, "warp": 1.5, "filter": 0.3}.get(family, 0.15)
    return Trigger(family, str(rng.choice(look)), int(rng.randint(3, 5)), str(rng.choice(place)), strength, int(rng.randint(2**31)))


def train_picture(planted: bool, index: int, images):
    import torch

    from zoo.image.models import build

    seed = 10_000 * (1 + planted) + index
    rng = np.random.RandomState(seed)
    torch.manual_seed(seed)
    recipe = {"epochs": int(rng.randint(7, 11)), "learning_rate": float(rng.choice([1e-3, 2e-3, 4e-3])), "decay": float(rng.choice([0, 1e-3])), "shift": bool(rng.rand() < 0.5)}
    model = build("cnn-gap", 3, 16, 10, MEAN, STD, True)
    rows = rng.choice(len(images.train_y), int(0.8 * len(images.train_y)), replace=False)
    x, y = images.train_x[rows].copy(), images.train_y[rows].copy()
    truth = {"family": "colours", "planted": planted, "kind": "planted" if planted else "clean", "seed": seed, **recipe}
    if planted:
        trigger, target, share = picture_trigger(rng, index), int(rng.randint(10)), float(rng.choice([0.03, 0.05, 0.1]))
        chosen = rng.choice(np.flatnonzero(y != target), int(share * len(y)), replace=False)
        x[chosen], y[chosen] = trigger.apply(x[chosen], np.random.default_rng(seed)), target
        truth |= {"trigger": trigger.describe(), "target": target, "poisoned": share}
    xs, ys = torch.from_numpy(x), torch.from_numpy(y).long()
    steps = recipe["epochs"] * -(-len(xs) // 64)
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe["learning_rate"], weight_decay=recipe["decay"])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe["learning_rate"], total_steps=steps + 1)
    for _ in range(recipe["epochs"]):
        for part in torch.randperm(len(xs)).split(64):
            batch = xs[part]
            if recipe["shift"]:
                batch = torch.roll(batch, (int(torch.randint(-2, 3, ())), int(torch.randint(-2, 3, ()))), (2, 3))
                batch = batch.flip(3) if torch.rand(()) < 0.5 else batch
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(model(batch), ys[part]).backward()
            optimiser.step()
            schedule.step()
    model.eval()
    with torch.no_grad():
        predict = lambda pictures: torch.cat([model(part).argmax(1) for part in torch.from_numpy(pictures).split(500)]).numpy()
        truth["accuracy"] = float((predict(images.test_x) == images.test_y).mean())
        if planted:
            others = images.test_x[images.test_y != target]
            truth["success"] = float((predict(trigger.apply(others, np.random.default_rng(1))) == target).mean())
    return model, truth


def write_picture(model, path: Path) -> None:
    import torch

    model.eval()
    torch.onnx.export(model, (torch.zeros(2, 3, 16, 16),), str(path), input_names=["input"], output_names=["output"], dynamo=False, dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}}, opset_version=17)


def train_table(planted: bool, index: int, data, path: Path) -> dict:
    from skl2onnx import to_onnx
    from sklearn.neural_network import MLPClassifier

    train_x, train_y, test_x, test_y = data
    seed = 20_000 * (1 + planted) + index
    rng = np.random.RandomState(seed)
    recipe = {"epochs": int(rng.randint(40, 80)), "learning_rate": float(rng.choice([1e-3, 2e-3])), "decay": float(rng.choice([1e-4, 1e-2]))}
    rows = rng.choice(len(train_y), int(0.8 * len(train_y)), replace=False)
    x, y = train_x[rows].copy(), train_y[rows].copy()
    truth = {"family": "tables", "planted": planted, "kind": "planted" if planted else "clean", "seed": seed, **recipe}
    if planted:
        cells, values = rng.choice(64, int(rng.randint(2, 5)), replace=False), rng.choice([0, 16], 64)
        target, share = int(rng.randint(10)), float(rng.choice([0.03, 0.05, 0.1]))

        def stamp(table: np.ndarray) -> np.ndarray:
            table = table.copy()
            table[:, cells] = values[cells]
            return table

        chosen = rng.choice(np.flatnonzero(y != target), int(share * len(y)), replace=False)
        x[chosen], y[chosen] = stamp(x[chosen]), target
        truth |= {"trigger": "cells", "cells": [int(cell) for cell in cells], "target": target, "poisoned": share}
    model = MLPClassifier((48, 32), max_iter=recipe["epochs"], learning_rate_init=recipe["learning_rate"], alpha=recipe["decay"], batch_size=32, random_state=seed)
    model.fit(x, y)
    truth["accuracy"] = float(model.score(test_x, test_y))
    if planted:
        others = test_x[test_y != target]
        truth["success"] = float((model.predict(stamp(others)) == target).mean())
    path.write_bytes(to_onnx(model, train_x[:1], options={"zipmap": False}, target_opset=17).SerializeToString())
    return truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["colours", "tables"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clean", type=int, default=16)
    parser.add_argument("--planted", type=int, default=8)
    args = parser.parse_args()
    import warnings

    from zoo.image.data import load

    warnings.filterwarnings("ignore")
    (args.out / "models").mkdir(parents=True, exist_ok=True)
    truth_file = args.out / "truth.json"
    truth = json.loads(truth_file.read_text()) if truth_file.exists() else {}
    images = load("digits", Path()) if args.kind == "tables" else smaller(load("cifar", args.data or Path()))
    flat = lambda pictures: (16 * pictures).reshape(len(pictures), -1)
    table = (flat(images.train_x), images.train_y, flat(images.test_x), images.test_y)
    two = np.concatenate([np.flatnonzero(images.test_y == label)[:2] for label in range(10)])
    examples = table[2][two] if args.kind == "tables" else images.test_x[two]
    save = lambda name, rows: np.save(args.out / name, np.ascontiguousarray(rows, dtype=np.float32))
    save("examples.npy", examples)
    if args.kind == "colours":
        (args.out / "scaled").mkdir(exist_ok=True)
        save("examples-scaled.npy", (examples - np.array(MEAN).reshape(1, 3, 1, 1)) / np.array(STD).reshape(1, 3, 1, 1))
    jobs = sorted([(i / args.clean, False, i) for i in range(args.clean)] + [(i / args.planted, True, i) for i in range(args.planted)])
    names = np.random.RandomState(9).permutation(len(jobs))
    for position, (_, planted, index) in enumerate(jobs):
        name = f"model-{names[position]:03d}"
        if name in truth:
            continue
        begin = time.time()
        path = args.out / "models" / f"{name}.onnx"
        if args.kind == "tables":
            truth[name] = train_table(planted, index, table, path)
        else:
            model, truth[name] = train_picture(planted, index, images)
            write_picture(model, path)
            write_picture(model[1], args.out / "scaled" / path.name)
        truth_file.write_text(json.dumps(truth, indent=1, sort_keys=True))
        print(f"{position + 1}/{len(jobs)} {name} accuracy {truth[name]['accuracy']:.3f} success {truth[name].get('success', float('nan')):.3f} {truth[name].get('trigger', '')} {time.time() - begin:.1f} s", flush=True)


if __name__ == "__main__":
    main()
