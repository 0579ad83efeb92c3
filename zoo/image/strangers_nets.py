"""Other nets than models.py has, in other building blocks."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


class Residual(nn.Module):
    def __init__(self, i: int, o: int, stride: int):
        super().__init__()
        self.c1, self.b1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.c2, self.b2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.skip = nn.Identity() if stride == 1 and i == o else nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.b2(self.c2(F.relu(self.b1(self.c1(x))))) + self.skip(x))


class TokenTransformer(nn.Module):
    """A class token, and PyTorch's own encoder layers written out."""

    def __init__(self, c: int, s: int, k: int, p: int, d: int, depth: int):
        super().__init__()
        self.p, self.embed, self.token = p, nn.Linear(c * p * p, d), nn.Parameter(torch.zeros(1, 1, d))
        self.pos = nn.Parameter(0.02 * torch.randn(1, (s // p) ** 2 + 1, d))
        self.layers = nn.ModuleList([nn.ModuleDict({"n1": nn.LayerNorm(d), "qkv": nn.Linear(d, 3 * d), "o": nn.Linear(d, d), "n2": nn.LayerNorm(d), "mlp": nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))}) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, k)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        b, c, h, w = x.shape
        p = self.p
        x = x.reshape(b, c, h // p, p, w // p, p).permute(0, 2, 4, 1, 3, 5).reshape(b, (h // p) * (w // p), c * p * p)
        x = torch.cat((self.token.expand(b, -1, -1), self.embed(x)), 1) + self.pos
        for layer in self.layers:
            n, d = x.shape[1:]
            q, k, v = layer["qkv"](layer["n1"](x)).reshape(b, n, 3, 4, d // 4).permute(2, 0, 3, 1, 4).unbind(0)
            x = x + layer["o"](torch.softmax(q @ k.transpose(-1, -2) / (d // 4) ** 0.5, -1).matmul(v).transpose(1, 2).reshape(b, n, d))
            x = x + layer["mlp"](layer["n2"](x))
        return self.head(self.norm(x[:, 0]))


class VisionTransformer(nn.Module):
    """No class token: the mean of the patches is read."""

    def __init__(self, c: int, s: int, k: int, p: int, d: int, depth: int):
        super().__init__()
        self.embed = nn.Conv2d(c, d, p, p)
        self.pos = nn.Parameter(0.02 * torch.randn(1, (s // p) ** 2, d))
        block = lambda: nn.ModuleDict({"n1": nn.LayerNorm(d), "q": nn.Linear(d, 3 * d), "o": nn.Linear(d, d), "n2": nn.LayerNorm(d), "a": nn.Linear(d, 2 * d), "b": nn.Linear(2 * d, d)})
        self.layers = nn.ModuleList([block() for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(d, k)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.embed(x).flatten(2).transpose(1, 2) + self.pos
        for layer in self.layers:
            b, n, d = x.shape
            q, k, v = [part.reshape(b, n, 4, d // 4).transpose(1, 2) for part in layer["q"](layer["n1"](x)).chunk(3, -1)]
            x = x + layer["o"](F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, d))
            x = x + layer["b"](F.gelu(layer["a"](layer["n2"](x))))
        return self.head(self.norm(x).mean(1))


def build(arch: str, c: int, s: int, k: int) -> nn.Module:
    if arch == "lenet":
        m = ((s - 4) // 2 - 4) // 2
        return nn.Sequential(nn.Conv2d(c, 8, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 24, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(24 * m * m, 96), nn.ReLU(), nn.Linear(96, k))
    if arch == "vgg":
        block = lambda i, o: [nn.Conv2d(i, o, 3, 1, 1), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2)]
        return nn.Sequential(*block(c, 16), *block(16, 32), *block(32, 64), nn.Flatten(), nn.Linear(64 * (s // 8) ** 2, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, k))
    if arch == "res":
        return nn.Sequential(
            nn.Conv2d(c, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, k),
        )
    if arch in ("plain", "small"):
        a, b, d = (24, 32, 48) if arch == "plain" else (12, 24, 32)
        return nn.Sequential(nn.Conv2d(c, a, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(b, d, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(d * (s // 8) ** 2, k))
    if arch == "token":
        return TokenTransformer(c, s, k, p=2 if s == 8 else 4, d=32 if c == 1 else 48, depth=2)
    if arch == "mlp":
        return nn.Sequential(nn.Flatten(), nn.Linear(c * s * s, 256), nn.Tanh(), nn.Linear(256, 64), nn.ReLU(), nn.Linear(64, k))
    if arch == "vit":
        return VisionTransformer(c, s, k, p=7 if s == 28 else 8, d=48, depth=2)
    raise KeyError(arch)
