"""Nets with drawn widths, depths, activations and normalisations, for crowd.py."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU, "leaky": lambda: nn.LeakyReLU(0.1)}


class Block(nn.Module):
    """Pre-activation residual block."""

    def __init__(self, i: int, o: int, stride: int, act: str):
        super().__init__()
        make = ACTIVATIONS[act]
        self.body = nn.Sequential(nn.BatchNorm2d(i), make(), nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o), make(), nn.Conv2d(o, o, 3, 1, 1, bias=False))
        self.skip = nn.Identity() if stride == 1 and i == o else nn.Conv2d(i, o, 1, stride, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(x) + self.skip(x)


class Transformer(nn.Module):
    def __init__(self, c: int, s: int, k: int, p: int, d: int, depth: int, heads: int, token: bool):
        super().__init__()
        self.heads, self.stem = heads, nn.Conv2d(c, d, p, p)
        self.token = nn.Parameter(0.02 * torch.randn(1, 1, d)) if token else None
        self.place = nn.Parameter(0.02 * torch.randn(1, (s // p) ** 2 + int(token), d))
        part = lambda: nn.ModuleDict({"a": nn.LayerNorm(d), "qkv": nn.Linear(d, 3 * d), "out": nn.Linear(d, d), "b": nn.LayerNorm(d), "up": nn.Linear(d, 3 * d), "down": nn.Linear(3 * d, d)})
        self.parts = nn.ModuleList([part() for _ in range(depth)])
        self.end, self.head = nn.LayerNorm(d), nn.Linear(d, k)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x).flatten(2).transpose(1, 2)
        x = x if self.token is None else torch.cat((self.token.expand(x.shape[0], -1, -1), x), 1)
        x = x + self.place
        for part in self.parts:
            b, n, d = x.shape
            q, k, v = part["qkv"](part["a"](x)).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
            mixed = torch.softmax(q @ k.transpose(-1, -2) * (d // self.heads) ** -0.5, -1) @ v
            x = x + part["out"](mixed.transpose(1, 2).reshape(b, n, d))
            x = x + part["down"](nn.functional.gelu(part["up"](part["b"](x))))
        return self.head(self.end(x)[:, 0] if self.token is not None else self.end(x).mean(1))


def draw_net(family: str, c: int, s: int, k: int, rng: np.random.Generator) -> nn.Module:
    act = str(rng.choice(list(ACTIVATIONS)))
    if family == "cnn":
        widths = [int(rng.choice([12, 16, 20])), int(rng.choice([24, 32])), int(rng.choice([32, 48, 64]))][: 2 if s <= 16 else 3]
        norm, strided, end = rng.random() < 0.6, rng.random() < 0.5, rng.random() < 0.5
        layers: list[nn.Module] = []
        before = c
        for at, width in enumerate(widths):
            kernel = 5 if at == 0 and s >= 28 and rng.random() < 0.4 else 3
            layers += [nn.Conv2d(before, width, kernel, 2 if strided or (s > 40 and at == 0) else 1, kernel // 2, bias=not norm), *([nn.BatchNorm2d(width)] if norm else []), ACTIVATIONS[act]()]
            layers += [] if strided else [nn.MaxPool2d(2) if rng.random() < 0.7 else nn.AvgPool2d(2)]
            before = width
        if end:
            return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, k))
        with torch.no_grad():
            flat = nn.Sequential(*layers, nn.Flatten()).eval()(torch.zeros(1, c, s, s)).shape[1]
        hidden = int(rng.choice([48, 96, 128]))
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(flat, hidden), ACTIVATIONS[act](), nn.Dropout(float(rng.choice([0.0, 0.25]))), nn.Linear(hidden, k))
    if family == "res":
        w = int(rng.choice([12, 16, 20]))
        stem = nn.Conv2d(c, w, 3, 2 if s > 20 else 1, 1, bias=False)
        return nn.Sequential(stem, Block(w, w, 1, act), Block(w, 2 * w, 2, act), Block(2 * w, 3 * w, 2, act), nn.BatchNorm2d(3 * w), ACTIVATIONS[act](), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3 * w, k))
    if family == "vit":
        p = {8: 2, 16: 4, 28: 4, 32: 4, 64: 8}[s] if rng.random() < 0.7 else {8: 2, 16: 2, 28: 7, 32: 8, 64: 8}[s]
        return Transformer(c, s, k, p, int(rng.choice([32, 48, 64])), int(rng.choice([2, 3])), int(rng.choice([2, 4])), rng.random() < 0.5)
    hidden = int(rng.choice([128, 256]))
    return nn.Sequential(nn.Flatten(), nn.Linear(c * s * s, hidden), ACTIVATIONS[act](), nn.Linear(hidden, hidden // 2), ACTIVATIONS[act](), nn.Linear(hidden // 2, k))
