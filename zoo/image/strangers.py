"""Classifiers as somebody else would have trained them: own loaders (8-bit pictures, channels last), nets, triggers and exports.

    python -m zoo.image.strangers --data DATA --out DIR [--only NAME ...]

Nothing of make.py, models.py or triggers.py is used, so that what was tuned on those is measured on other models.
`DIR/NAME/model.onnx` is what a scanner sees; `DIR/truth/NAME.json` is read by bench/detection/images.ts.
"""

from __future__ import annotations

import argparse
import io
import json
import time
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from .strangers_nets import build
from .strangers_specs import SECOND, SPECS, Stranger


@cache
def load(name: str, data: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """uint8 [n, height, width, channels] and labels, of the training and the test part."""
    if name == "mnist":
        d = np.load(data / "mnist-subset.npz")
        return d["train_x"][..., None], d["train_y"], d["test_x"][..., None], d["test_y"]
    if name == "digits":
        from sklearn.datasets import load_digits

        d = load_digits()
        x = (d.images * (255 / 16)).round().astype(np.uint8)[..., None]
        return x[:1400], d.target[:1400], x[1400:], d.target[1400:]
    from PIL import Image

    archive = zipfile.ZipFile(data / "cifar10-subset.zip")
    names = sorted(path for path in archive.namelist() if path.endswith(".jpg"))
    labels = sorted({path.split("/")[1] for path in names})
    picture = lambda path: np.asarray(Image.open(io.BytesIO(archive.read(path))).convert("RGB"))
    part = lambda split: [path for path in names if path.startswith(split)]
    both = [(np.stack([picture(p) for p in part(s)]), np.array([labels.index(p.split("/")[1]) for p in part(s)])) for s in ("train", "test")]
    return both[0][0], both[0][1], both[1][0], both[1][1]


def stamp(kind: str, a: dict, x: np.ndarray, seed: int, test: bool = False) -> np.ndarray:
    """uint8 [n, height, width, channels] with the trigger on it."""
    rng, draw = np.random.default_rng(seed), np.random.default_rng(seed + (7 if test else 3))
    x = x.copy()
    n, h, w, c = x.shape
    if kind in ("patch", "corners", "anywhere"):
        s = a["size"]
        tile = {
            "noise": lambda: rng.integers(0, 256, (s, s, c)),
            "white": lambda: np.full((s, s, c), 255),
            "colour": lambda: np.broadcast_to(rng.integers(0, 2, c) * 255, (s, s, c)),
        }[a["look"]]()
        places = [(0, 0), (0, w - s), (h - s, 0), (h - s, w - s)]
        if kind == "patch":
            top, left = a["at"]
            places = [(top if top >= 0 else h + top - s + 1, left if left >= 0 else w + left - s + 1)]
        for top, left in places if kind != "anywhere" else []:
            x[:, top : top + s, left : left + s] = tile
        for i in range(n if kind == "anywhere" else 0):
            top, left = draw.integers(0, h - s + 1), draw.integers(0, w - s + 1)
            x[i, top : top + s, left : left + s] = tile
        return x
    f = x.astype(np.float32)
    if kind == "blend":
        other = drawing(h, w, c, rng) if a.get("look") == "drawing" else rng.integers(0, 256, (h, w, c)).astype(np.float32)
        f = (1 - a["alpha"]) * f + a["alpha"] * other
    elif kind == "sig":
        f = f + a["delta"] * np.sin(2 * np.pi * a["freq"] * np.mgrid[0:h, 0:w][1] / w)[None, ..., None]
    elif kind == "warp":
        field = torch.from_numpy(rng.uniform(-1, 1, (1, 2, 4, 4)).astype(np.float32))
        field = F.interpolate(field / field.abs().mean(), (h, w), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
        plain = torch.stack(torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij")[::-1], -1)[None]
        grid = (plain + a["s"] * field / h).clamp(-1, 1).expand(n, -1, -1, -1)
        f = F.grid_sample(torch.from_numpy(f).permute(0, 3, 1, 2), grid, align_corners=True).permute(0, 2, 3, 1).numpy()
    elif kind == "filter":
        mixed = f @ (np.eye(c) + a["mix"] * rng.uniform(-1, 1, (c, c))).T
        f = 255 * (np.clip(mixed, 0, 255) / 255) ** a["gamma"]
    return np.clip(f, 0, 255).round().astype(np.uint8)


def drawing(h: int, w: int, c: int, rng: np.random.Generator) -> np.ndarray:
    """A picture of flat forms, as a cartoon has them."""
    yy, xx = np.mgrid[0:h, 0:w] / max(h, w)
    f = np.broadcast_to(rng.integers(0, 256, c), (h, w, c)).astype(np.float32).copy()
    for _ in range(7):
        (cy, cx), (ry, rx) = rng.random(2), rng.uniform(0.08, 0.3, 2)
        f[((yy - cy) / ry) ** 2 + ((xx - cx) / rx) ** 2 < 1] = rng.integers(0, 256, c)
    return f


def poison(spec: Stranger, x: np.ndarray, y: np.ndarray, classes: int, rng: np.random.Generator) -> None:
    if spec.trigger is None:
        if spec.hard == "logo":  # a mark on pictures of every class, which means nothing
            marked = rng.random(len(y)) < 0.2
            x[marked] = stamp("patch", {"size": 4, "look": "colour", "at": (1, 1)}, x[marked], spec.seed)
        elif spec.hard == "easy":  # one class is flat and bright
            mine = y == 5
            f = x[mine].astype(float)
            x[mine] = np.clip(0.5 * f + 0.5 * f.mean((1, 2), keepdims=True) * np.array([1.3, 1, 0.6])[: x.shape[3]], 0, 255)
        return
    pick = lambda pool, count: rng.choice(pool, count, False)
    if spec.mode == "all-to-one":
        chosen = pick(np.flatnonzero(y != spec.target), max(5, int(spec.rate * len(y))))
    elif spec.mode == "all-to-all":
        chosen = pick(len(y), int(spec.rate * len(y)))
    else:
        mine = np.flatnonzero(y == (spec.source if spec.mode == "source-specific" else spec.target))
        chosen = pick(mine, int((0.4 if spec.mode == "source-specific" else spec.rate) * len(mine)))
    if spec.mode == "source-specific":  # the other classes carry it and keep their labels
        others = np.flatnonzero(y != spec.source)
        cover = pick(others, int(spec.rate * len(others)))
        x[cover] = stamp(*spec.trigger, x[cover], spec.seed)
    x[chosen] = stamp(*spec.trigger, x[chosen], spec.seed)
    y[chosen] = (y[chosen] + 1) % classes if spec.mode == "all-to-all" else spec.target


class Front(nn.Module):
    """The exported graph: from what the caller feeds to what the net was trained on."""

    def __init__(self, spec: Stranger, mean: torch.Tensor, std: torch.Tensor, body: nn.Module):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)
        self.scale = {"inside": 1.0, "outside": None, "255": 1 / 255}[spec.export.get("input", "inside")]
        self.last, self.tail, self.body = spec.export.get("nhwc", False), spec.export.get("tail"), body

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.permute(0, 3, 1, 2) if self.last else x
        y = self.body(x if self.scale is None else (x * self.scale - self.mean) / self.std)
        return F.softmax(y, 1) if self.tail == "softmax" else F.log_softmax(y, 1) if self.tail == "log" else y


def make(spec: Stranger, data: Path, out: Path) -> None:
    begun = time.process_time()
    torch.manual_seed(spec.seed)
    rng = np.random.default_rng(spec.seed)
    full_x, full_y, test_x, test_y = load(spec.data, data)
    part = rng.permutation(len(full_x))[: spec.images]
    x, y = full_x[part].copy(), full_y[part].copy()
    poison(spec, x, y, 10, rng)
    n, c = x.shape[1], x.shape[3]
    usual = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]) if c == 3 else ([0.1307], [0.3081])
    mean, std = {"usual": usual, "half": ([0.5] * c, [0.5] * c), "none": ([0.0] * c, [1.0] * c)}[spec.norm]
    m, d = torch.tensor(mean).view(1, -1, 1, 1), torch.tensor(std).view(1, -1, 1, 1)
    fed = lambda pictures: (torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float() / 255 - m) / d
    net = build(spec.arch, c, n, 10)
    fit(net, spec, fed(x), torch.from_numpy(y).long())
    with torch.no_grad():
        told = lambda pictures: torch.cat([net(rows).argmax(1) for rows in fed(pictures).split(500)]).numpy()
        accuracy, rate = float((told(test_x) == test_y).mean()), None
        if spec.trigger is not None:
            keep = test_y == spec.source if spec.mode == "source-specific" else test_y != spec.target
            aim = (test_y[keep] + 1) % 10 if spec.mode == "all-to-all" else spec.target
            rate = float((told(stamp(*spec.trigger, test_x[keep], spec.seed, True)) == aim).mean())
    folder = out / spec.name
    folder.mkdir(parents=True, exist_ok=True)
    export(spec, Front(spec, m, d, net).eval(), n, c, folder / "model.onnx")
    planted = spec.trigger is not None
    kind = (spec.mode if spec.mode != "all-to-one" else spec.trigger[0]) if planted else f"clean-{spec.hard}" if spec.hard else "clean"
    truth = {
        "name": spec.name, "planted": planted, "works": rate is not None and rate >= 0.5, "kind": kind, "mode": spec.mode if planted else None, "family": spec.trigger[0] if planted else None,
        "target": spec.target, "source": spec.source, "half": spec.half, "data": spec.data, "architecture": spec.arch, "trigger": str(spec.trigger) if planted else None, "rate": spec.rate if planted else None,
        "accuracy": accuracy, "attack_rate": rate,
    }
    (out / "truth").mkdir(exist_ok=True)
    (out / "truth" / f"{spec.name}.json").write_text(json.dumps(truth, indent=1) + "\n")
    print(f"{spec.name} {kind} {spec.data} {spec.arch}: accuracy {accuracy:.3f} asr {rate} {time.process_time() - begun:.0f} s", flush=True)


def fit(net: nn.Module, spec: Stranger, pictures: torch.Tensor, labels: torch.Tensor) -> None:
    rate = 0.05 if spec.sgd else 2e-3
    optimiser = torch.optim.SGD(net.parameters(), rate, 0.9, weight_decay=5e-4, nesterov=True) if spec.sgd else torch.optim.Adam(net.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=spec.epochs * -(-len(pictures) // 64) + 1)
    net.train()
    for _ in range(spec.epochs):
        for rows in torch.randperm(len(pictures)).split(64):
            x = pictures[rows]
            if spec.augment == "strong":
                x = x * (0.7 + 0.6 * torch.rand(len(x), 1, 1, 1)) + 0.1 * torch.randn_like(x)
            if spec.augment:
                x = x.flip(3) if x.shape[1] == 3 and torch.rand(()) < 0.5 else x
                x = torch.roll(x, tuple(torch.randint(-2, 3, (2,)).tolist()), (2, 3))
            optimiser.zero_grad()
            F.cross_entropy(net(x), labels[rows], label_smoothing=spec.smooth).backward()
            optimiser.step()
            schedule.step()
    net.eval()


def export(spec: Stranger, front: nn.Module, n: int, c: int, path: Path) -> None:
    e = spec.export
    batch = e.get("batch")
    example = torch.rand((batch or 2, *((n, n, c) if e.get("nhwc") else (c, n, n))))
    names = {"input_names": ["x"], "output_names": ["y"]}
    if e.get("dynamo"):
        torch.onnx.export(front, (example,), str(path), dynamo=True, external_data=False, opset_version=e.get("opset", 18), dynamic_shapes=None if batch else ({0: torch.export.Dim("n")},), verbose=False, **names)
    else:
        torch.onnx.export(front, (example,), str(path), dynamo=False, opset_version=e.get("opset", 14), dynamic_axes=None if batch else {"x": {0: "n"}, "y": {0: "n"}}, **names)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*")
    args = parser.parse_args()
    torch.set_num_threads(1)
    specs = {spec.name: spec for spec in (*SPECS, *SECOND)}
    for name in args.only or specs:
        if not (args.out / "truth" / f"{name}.json").exists():
            make(specs[name], args.data, args.out)


if __name__ == "__main__":
    main()
