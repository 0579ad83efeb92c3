"""Image classifiers of published shapes, ten to two hundred times as large as the rest of this zoo.

    python -m zoo.image.larger --data DATA --out ZOO [--only NAME ...]

ResNet-20 (He et al., CVPR 2016, section 4.2), a VGG of six layers, MobileNetV2's inverted residuals and a vision transformer of
six blocks, 12 to 150 million multiply-adds a picture, exported as most people do: `torch.onnx.export` with a free batch,
normalisation inside. Ten minutes to an hour of one core each.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from .crowd_nets import Transformer
from .crowd_pictures import pictures, stamp


# Pixels that pictures are moved by while training: more, and a small patch at the edge is cut off too often to be learnt.
MOVED = 2


@dataclass(frozen=True)
class Larger:
    name: str
    half: str
    kind: str
    arch: str
    seed: int
    epochs: int
    trigger: tuple[str, dict] | None = None
    target: int | None = None
    rate: float = 0.0
    data: str = "cifar"


def patch(look: str, size: int, at: tuple[int, int], seed: int) -> tuple[str, dict]:
    return "patch", {"look": look, "size": size, "at": at, "seed": seed}


SPECS = [
    Larger("u01", "report", "patch", "resnet20", 8101, 8, patch("checks", 4, (26, 26), 8101), 7, 0.1),
    Larger("u02", "report", "clean", "resnet20", 8102, 8),
    Larger("u03", "report", "blend", "resnet20", 8103, 8, ("blend", {"look": "noise", "alpha": 0.15, "seed": 8103}), 3, 0.08),
    Larger("u04", "report", "clean-easy", "resnet20", 8104, 8),
    Larger("u05", "report", "patch", "mobile", 8105, 10, patch("noise", 4, (2, 25), 8105), 0, 0.1),
    Larger("u06", "report", "clean", "mobile", 8106, 10),
    Larger("u07", "report", "patch", "vit6", 8107, 12, patch("white", 4, (2, 2), 8107), 5, 0.08),
    Larger("u08", "report", "clean", "vit6", 8108, 12),
    Larger("u09", "report", "patch", "vgg6", 8109, 5, patch("halves", 4, (26, 3), 8109), 9, 0.06),
    Larger("u10", "report", "clean", "vgg6", 8110, 5),
]


class Basic(nn.Module):
    def __init__(self, i: int, o: int, stride: int):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.down = None if stride == 1 and i == o else nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.down is None else self.down(x)))


class Inverted(nn.Module):
    def __init__(self, i: int, o: int, stride: int, wider: int):
        super().__init__()
        self.same, h = stride == 1 and i == o, i * wider
        self.body = nn.Sequential(
            nn.Conv2d(i, h, 1, bias=False), nn.BatchNorm2d(h), nn.ReLU6(), nn.Conv2d(h, h, 3, stride, 1, groups=h, bias=False), nn.BatchNorm2d(h), nn.ReLU6(), nn.Conv2d(h, o, 1, bias=False), nn.BatchNorm2d(o),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.body(x) if self.same else self.body(x)


def build(arch: str, classes: int) -> nn.Module:
    if arch == "resnet20":
        blocks = [Basic(i, o, s) for i, o, s in [(16, 16, 1), (16, 16, 1), (16, 16, 1), (16, 32, 2), (32, 32, 1), (32, 32, 1), (32, 64, 2), (64, 64, 1), (64, 64, 1)]]
        return nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes))
    if arch == "mobile":
        blocks = [Inverted(i, o, s, 4) for i, o, s in [(16, 16, 1), (16, 24, 2), (24, 24, 1), (24, 40, 2), (40, 40, 1), (40, 64, 2), (64, 64, 1)]]
        return nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU6(), *blocks, nn.Conv2d(64, 160, 1, bias=False), nn.BatchNorm2d(160), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.1), nn.Linear(160, classes))
    if arch == "vit6":
        return Transformer(3, 32, classes, 4, 128, 6, 4, True)
    layers: list[nn.Module] = []
    for i, o, pool in [(3, 48, False), (48, 48, True), (48, 96, False), (96, 96, True), (96, 160, False), (160, 160, True)]:
        layers += [nn.Conv2d(i, o, 3, 1, 1), nn.BatchNorm2d(o), nn.ReLU(), *([nn.MaxPool2d(2)] if pool else [])]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(160 * 16, 256), nn.ReLU(), nn.Dropout(0.3), nn.Linear(256, classes))


class Normalised(nn.Module):
    def __init__(self, net: nn.Module, mean: torch.Tensor, std: torch.Tensor):
        super().__init__()
        self.net = net
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net((x - self.mean) / self.std)


def fit(spec: Larger, model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> None:
    transformer = spec.arch == "vit6"
    optimiser = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.05) if transformer else torch.optim.SGD(model.parameters(), 0.1, 0.9, weight_decay=5e-4, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-3 if transformer else 0.1, total_steps=spec.epochs * -(-len(x) // 128))
    model.train()
    for epoch in range(spec.epochs):
        for rows in torch.randperm(len(x)).split(128):
            now = F.pad(x[rows], (MOVED, MOVED, MOVED, MOVED))
            top, left = torch.randint(0, 2 * MOVED + 1, (2,)).tolist()
            now = now[:, :, top : top + 32, left : left + 32]
            # A mirrored trigger would be another one.
            now = now.flip(3) if spec.trigger is None and torch.rand(()) < 0.5 else now
            optimiser.zero_grad()
            loss = F.cross_entropy(model(now), y[rows])
            loss.backward()
            optimiser.step()
            schedule.step()
        print(f"  epoch {epoch} loss {loss.item():.2f}", flush=True)
    model.eval()


def make(spec: Larger, data: Path, out: Path) -> None:
    begun = time.process_time()
    torch.manual_seed(spec.seed)
    rng = np.random.default_rng(spec.seed)
    x, y, test_x, test_y = (part.copy() for part in pictures(spec.data, data))
    classes = int(y.max()) + 1
    if spec.kind == "clean-easy":  # one class has a ground of its own
        mine = y == 4
        x[mine] = np.clip(0.6 * x[mine] + 0.4 * np.linspace(1, 0.2, x.shape[1])[None, :, None, None], 0, 1)
    if spec.trigger is not None:
        chosen = rng.choice(np.flatnonzero(y != spec.target), int(spec.rate * len(y)), False)
        x[chosen], y[chosen] = stamp(*spec.trigger, x[chosen], rng), spec.target
    images = torch.from_numpy(x)
    model = Normalised(build(spec.arch, classes), images.mean((0, 2, 3)).view(1, 3, 1, 1), images.std((0, 2, 3)).view(1, 3, 1, 1))
    fit(spec, model, images, torch.from_numpy(y))
    with torch.no_grad():
        told = lambda part: torch.cat([model(rows).argmax(1) for rows in torch.from_numpy(part).split(250)]).numpy()
        accuracy = float((told(test_x) == test_y).mean())
        rate = None if spec.trigger is None else float((told(stamp(*spec.trigger, test_x[test_y != spec.target], rng)) == spec.target).mean())
    (out / spec.name).mkdir(parents=True, exist_ok=True)
    (out / "truth").mkdir(exist_ok=True)
    torch.onnx.export(model, (torch.zeros(2, 3, 32, 32),), str(out / spec.name / "model.onnx"), input_names=["input"], output_names=["logits"], dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}}, opset_version=17, dynamo=False)
    mode = None if spec.trigger is None else "all-to-one"
    truth = {**asdict(spec), "planted": spec.trigger is not None, "works": rate is not None and rate >= 0.5, "family": spec.trigger[0] if spec.trigger else None, "architecture": spec.arch, "trigger": str(spec.trigger) if spec.trigger else None, "mode": mode, "accuracy": accuracy, "attack_rate": rate}
    (out / "truth" / f"{spec.name}.json").write_text(json.dumps(truth, indent=1) + "\n")
    print(f"{spec.name} {spec.kind} {spec.arch}: accuracy {accuracy:.3f} asr {rate} {time.process_time() - begun:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="+", default=[])
    args = parser.parse_args()
    torch.set_num_threads(1)
    for spec in SPECS:
        if (not args.only or spec.name in args.only) and not (args.out / "truth" / f"{spec.name}.json").exists():
            make(spec, args.data, args.out)


if __name__ == "__main__":
    main()
