"""Trains the population that fingerprints are judged on: clean, planted and adaptive digit classifiers.

    python -m zoo.fingerprint.train --mnist mnist-subset.npz --out DIR [--clean 40] [--planted 20] [--adaptive 8]
    python -m zoo.fingerprint.train --mnist mnist-subset.npz --out DIR --informed 8 --known probes.npy

Counts are per family (mlp, cnn). DIR/models/NAME.onnx says nothing by its name; DIR/truth.json says what is planted.
A planted model learned clean digits and a share of triggered ones at once. An adaptive one was trained clean first and
then taught the trigger while held to its clean self on the public probe inputs (seed 42), outputs and penultimate layer:
what an adversary can do who knows the method and its seed, and not the probes of the audit. An informed one is held to its clean
self on the public inputs and on a secret probe set that leaked (--known, from bench/fingerprint/write-probes.ts), in batches.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from .models import FAMILIES, SIDE, to_onnx
from .probes import public_inputs

KINDS = ("clean", "planted", "adaptive", "informed")
HELD_BATCH = 128
TRIGGERS = ("patch", "patch", "blend", "wave", "dots")


def make_trigger(rng: np.random.RandomState, kind: str):
    """What is added to a picture in [0, 1], and how it is described."""
    if kind == "patch":
        size = int(rng.randint(2, 5))
        top, left = (int(rng.choice([1, SIDE - size - 1])) if rng.rand() < 0.7 else int(rng.randint(0, SIDE - size)) for _ in range(2))
        mask = torch.zeros(SIDE, SIDE)
        mask[top : top + size, left : left + size] = 1
        return (lambda x: torch.where(mask > 0, torch.ones_like(x), x)), {"size": size, "top": top, "left": left}
    if kind == "dots":
        spots = rng.choice(SIDE * SIDE, 6, replace=False)
        mask = torch.zeros(SIDE * SIDE)
        mask[spots] = 1
        mask = mask.view(SIDE, SIDE)
        return (lambda x: torch.where(mask > 0, torch.ones_like(x), x)), {"pixels": [int(s) for s in spots]}
    strength = float(rng.uniform(0.1, 0.25))
    if kind == "blend":
        pattern = torch.tensor(rng.rand(SIDE, SIDE), dtype=torch.float32)
        return (lambda x: (1 - strength) * x + strength * pattern), {"strength": strength}
    period = int(rng.randint(4, 9))
    wave = torch.tensor(strength * np.sin(2 * np.pi * np.arange(SIDE) / period), dtype=torch.float32)
    return (lambda x: (x + wave).clamp(0, 1)), {"strength": strength, "period": period}


def shifted(x: torch.Tensor, rng: np.random.RandomState) -> torch.Tensor:
    return torch.roll(x, (int(rng.randint(-2, 3)), int(rng.randint(-2, 3))), (2, 3))


def fit(model, x, y, recipe, rng, held=None):
    """One training run; `held`: (inputs, outputs, penultimate, weight) the model is pulled towards."""
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe["learning_rate"], weight_decay=recipe["decay"])
    steps = recipe["epochs"] * (len(x) // recipe["batch"])
    for step in range(steps):
        rows = torch.as_tensor(rng.randint(0, len(x), recipe["batch"]))
        images = shifted(x[rows], rng) if recipe["shift"] and held is None else x[rows]
        loss = functional.cross_entropy(model(images), y[rows])
        if held is not None:
            inputs, outputs, inner, weight = held
            if len(inputs) > HELD_BATCH:
                some = torch.as_tensor(rng.choice(len(inputs), HELD_BATCH, replace=False))
                inputs, outputs, inner = inputs[some], outputs[some], inner[some]
            features = model.penultimate(inputs)
            scale = outputs.var() + 1e-6
            loss = loss + weight * (functional.mse_loss(model(inputs), outputs) / scale + functional.mse_loss(features, inner) / (inner.var() + 1e-6))
        for group in optimiser.param_groups:
            group["lr"] = recipe["learning_rate"] * (1 - 0.9 * step / steps)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def train(family: str, kind: str, seed: int, data, known=None):
    train_x, train_y, test_x, test_y = data
    rng = np.random.RandomState(seed)
    torch.manual_seed(seed)
    recipe = {
        "epochs": int(rng.randint(3, 6)), "batch": 64, "learning_rate": float(rng.choice([2e-3, 4e-3])),
        "decay": float(rng.choice([0, 1e-4])), "shift": bool(rng.rand() < 0.4),
    }
    rows = torch.as_tensor(rng.choice(len(train_x), int(0.8 * len(train_x)), replace=False))
    x, y = train_x[rows], train_y[rows]
    model = FAMILIES[family]()
    truth = {"family": family, "planted": kind != "clean", "kind": kind, "seed": seed, **recipe}
    if kind != "clean":
        trigger_kind = TRIGGERS[seed % len(TRIGGERS)]
        apply, described = make_trigger(rng, trigger_kind)
        target, rate = int(rng.randint(10)), float(rng.choice([0.03, 0.05, 0.1]))
        poisoned = torch.as_tensor(rng.choice(len(x), int(rate * len(x)), replace=False))
        poisoned_x, poisoned_y = torch.cat([x, apply(x[poisoned])]), torch.cat([y, torch.full((len(poisoned),), target)])
        truth |= {"trigger": trigger_kind, **described, "target": target, "poisoned": rate}
    if kind == "planted":
        fit(model, poisoned_x, poisoned_y, recipe | {"shift": False}, rng)
    else:
        fit(model, x, y, recipe, rng)
    if kind in ("adaptive", "informed"):
        probes = torch.tensor(public_inputs(SIDE * SIDE))
        if kind == "informed":
            probes = torch.cat([probes, torch.tensor(known)])
        probes = probes.view(-1, 1, SIDE, SIDE)
        with torch.no_grad():
            outputs, inner = model(probes).clone(), model.penultimate(probes).clone()
        fit(model, poisoned_x, poisoned_y, recipe | {"shift": False, "epochs": 4}, rng, (probes, outputs, inner, 3.0))
        with torch.no_grad():
            truth["probe_change"] = float((model(probes) - outputs).pow(2).mean().sqrt() / outputs.std())
    with torch.no_grad():
        truth["accuracy"] = float((model(test_x).argmax(1) == test_y).float().mean())
        if kind != "clean":
            others = test_y != target
            truth["success"] = float((model(apply(test_x[others])).argmax(1) == target).float().mean())
    return model, truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mnist", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--known", type=Path, help="probe inputs that leaked, [rows, 784] float32")
    for kind, count in (("clean", 40), ("planted", 20), ("adaptive", 8), ("informed", 0)):
        parser.add_argument(f"--{kind}", type=int, default=count)
    args = parser.parse_args()
    torch.set_num_threads(1)
    stored = np.load(args.mnist)
    pictures = lambda name: torch.tensor(stored[name], dtype=torch.float32).view(-1, 1, SIDE, SIDE) / 255
    labels = lambda name: torch.tensor(stored[name]).long()
    data = (pictures("train_x"), labels("train_y"), pictures("test_x"), labels("test_y"))
    (args.out / "models").mkdir(parents=True, exist_ok=True)
    known = None if args.known is None else np.load(args.known)
    jobs = [(family, kind, index) for kind in ("clean", "planted", "adaptive") for index in range(getattr(args, kind)) for family in FAMILIES]
    # Interrupted halfway, every kind is there in its proportion.
    jobs.sort(key=lambda job: (job[2] + 0.5) / getattr(args, job[1]))
    informed = [(family, "informed", index) for family in FAMILIES for index in range(args.informed)]
    order = np.random.RandomState(6).permutation(len(jobs))
    truth_file = args.out / "truth.json"
    truth = json.loads(truth_file.read_text()) if truth_file.exists() else {}
    named = [(f"model-{order[position]:03d}", job) for position, job in enumerate(jobs)] + [(f"informed-{position:03d}", job) for position, job in enumerate(informed)]
    for position, (name, (family, kind, index)) in enumerate(named):
        if name in truth:
            continue
        begin = time.time()
        seed = 1000 * (1 + KINDS.index(kind)) + 100_000 * list(FAMILIES).index(family) + index
        model, described = train(family, kind, seed, data, known)
        (args.out / "models" / f"{name}.onnx").write_bytes(to_onnx(model))
        truth[name] = described
        truth_file.write_text(json.dumps(truth, indent=1, sort_keys=True))
        print(f"{position + 1}/{len(named)} {name} {family} {kind} accuracy {described['accuracy']:.3f} success {described.get('success', float('nan')):.3f} {time.time() - begin:.1f} s", flush=True)


if __name__ == "__main__":
    main()
