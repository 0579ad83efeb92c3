"""Small classifiers, from a two-layer perceptron to a vision transformer, in the forms that exporters meet."""

from __future__ import annotations

import torch
from torch import nn


def build(arch: str, channels: int, size: int, classes: int, mean: list[float], std: list[float], inside: bool) -> nn.Module:
    body = {"mlp": mlp, "cnn": cnn, "cnn-bn": cnn_bn, "cnn-gap": cnn_gap, "cnn-avg": cnn_avg, "resnet": ResNet, "vit": ViT}[arch](channels, size, classes)
    return nn.Sequential(Normalise(mean, std), body) if inside else body


class Normalise(nn.Module):
    def __init__(self, mean: list[float], std: list[float]):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x - self.mean) / self.std


def mlp(c: int, s: int, k: int) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(c * s * s, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, k))


def cnn(c: int, s: int, k: int) -> nn.Module:
    w = 8 if s > 12 else 16
    return nn.Sequential(
        nn.Conv2d(c, w, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(w, 2 * w, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(2 * w * (s // 4) ** 2, 64), nn.ReLU(), nn.Linear(64, k),
    )


def cnn_bn(c: int, s: int, k: int) -> nn.Module:
    w = 12
    block = lambda i, o: [nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*block(c, w), *block(w, 2 * w), *block(2 * w, 4 * w), nn.Flatten(), nn.Linear(4 * w * (s // 8) ** 2, k))


def cnn_gap(c: int, s: int, k: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(c, 16, 3, stride=2, padding=1), nn.BatchNorm2d(16), nn.LeakyReLU(0.1), nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.LeakyReLU(0.1),
        nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.LeakyReLU(0.1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, k),
    )


def cnn_avg(c: int, s: int, k: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(c, 16, 5, stride=2, padding=2), nn.GELU(), nn.AvgPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.GELU(), nn.AvgPool2d(2),
        nn.Conv2d(32, 32, 3, padding=1, groups=4), nn.GELU(), nn.Flatten(), nn.Dropout(0.2), nn.Linear(32 * (s // 8) ** 2, k),
    )


class Residual(nn.Module):
    def __init__(self, i: int, o: int, stride: int):
        super().__init__()
        self.a = nn.Sequential(nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU(), nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o))
        self.b = nn.Identity() if stride == 1 and i == o else nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.a(x) + self.b(x))


class ResNet(nn.Module):
    def __init__(self, c: int, _: int, k: int):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(c, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.body = nn.Sequential(Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 64, 2))
        self.head = nn.Linear(64, k)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(self.stem(x)).mean((2, 3)))


class Block(nn.Module):
    def __init__(self, d: int, heads: int):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.mlp = nn.Sequential(nn.Linear(d, 2 * d), nn.GELU(), nn.Linear(2 * d, d))
        self.heads = heads

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        b, n, d = x.shape
        q, k, v = self.qkv(self.n1(x)).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        attention = (q @ k.transpose(-2, -1) * (d // self.heads) ** -0.5).softmax(-1)
        x = x + self.out((attention @ v).transpose(1, 2).reshape(b, n, d))
        return x + self.mlp(self.n2(x))


class ViT(nn.Module):
    def __init__(self, c: int, s: int, k: int, d: int = 64, depth: int = 3):
        super().__init__()
        p = 2 if s < 12 else 4 if s < 32 else 8
        self.embed = nn.Conv2d(c, d, p, p)
        self.cls = nn.Parameter(torch.zeros(1, 1, d))
        self.pos = nn.Parameter(0.02 * torch.randn(1, (s // p) ** 2 + 1, d))
        self.blocks = nn.Sequential(*[Block(d, 4) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, k)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.embed(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.cls.expand(x.shape[0], -1, -1), x), 1) + self.pos
        return self.head(self.norm(self.blocks(x))[:, 0])
