"""Pictures and triggers for crowd.py: float [n, channels, side, side] in 0 to 1."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from .strangers import drawing, load

FORMS = ["disc", "ring", "square", "frame", "triangle", "cross", "bars down", "bars across", "checks", "slash", "crescent", "dots"]


@cache
def pictures(name: str, data: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Training and test pictures with labels. `name`: cifar, mnist, digits, digits16, shapes32, grey28, shapes64, hues32."""
    if name in ("cifar", "mnist", "digits", "digits16"):
        x, y, test_x, test_y = load("digits" if name == "digits16" else name, data)
        ready = lambda part: (part.transpose(0, 3, 1, 2) / 255).astype(np.float32).repeat(2 if name == "digits16" else 1, 2).repeat(2 if name == "digits16" else 1, 3)
        return ready(x), y.astype(np.int64), ready(test_x), test_y.astype(np.int64)
    side, hues = int(name[-2:]), 3 if name.startswith("hues") else 1
    rng = np.random.default_rng(4242 + side)
    both = []
    for count in (6000, 1200):
        y = rng.integers(0, (len(FORMS) if hues > 1 else 10) * hues, count)
        both += [np.stack([shape(int(label) // hues, int(label) % hues if hues > 1 else None, side, 1 if name.startswith("grey") else 3, rng) for label in y]), y]
    return both[0], both[1], both[2], both[3]


def shape(form: int, hue: int | None, n: int, channels: int, rng: np.random.Generator) -> np.ndarray:
    """One form of drawn size, place and colours on a sloping, noisy ground."""
    yy, xx = np.mgrid[0:n, 0:n] / n
    r = rng.uniform(0.2, 0.36)
    cy, cx = rng.uniform(r, 1 - r, 2)
    dy, dx = (yy - cy) / r, (xx - cx) / r
    far, most = np.hypot(dy, dx), np.maximum(abs(dy), abs(dx))
    period = rng.uniform(0.5, 0.75)
    inside = {
        "disc": far < 1, "ring": (far < 1) & (far > 0.6), "square": most < 0.85, "frame": (most < 0.95) & (most > 0.6), "triangle": (dy > -0.8) & (dy < 0.8) & (abs(dx) < (dy + 0.8) * 0.6),
        "cross": (most < 1) & (np.minimum(abs(dy), abs(dx)) < 0.28), "bars down": (most < 1) & (dx % period < period / 2), "bars across": (most < 1) & (dy % period < period / 2),
        "checks": (most < 1) & ((dy % period < period / 2) ^ (dx % period < period / 2)), "slash": (most < 1) & (abs(dy + dx) < 0.35), "crescent": (far < 1) & (np.hypot(dy, dx - 0.5) > 0.9),
        "dots": (most < 1) & (np.hypot(dy % period - period / 2, dx % period - period / 2) < period * 0.33),
    }[FORMS[form]]
    ground, ink = rng.uniform(0.1, 0.9, channels), rng.uniform(0, 1, channels)
    if hue is not None:
        ink = np.array([0.2, 0.2, 0.2]) + 0.7 * (np.arange(3) == hue) * rng.uniform(0.8, 1)
    elif abs(ink - ground).mean() < 0.3:
        ink = np.where(ground > 0.5, ground - 0.45, ground + 0.45)
    slope = rng.uniform(-0.25, 0.25, 2)
    x = ground[:, None, None] + (slope[0] * (yy - 0.5) + slope[1] * (xx - 0.5))[None]
    x = np.where(inside[None], ink[:, None, None], x) + rng.normal(0, 0.04, (channels, n, n))
    return np.clip(x, 0, 1).astype(np.float32)


def stamp(kind: str, a: dict, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`rng` draws what differs from picture to picture: the place of a patch that may lie anywhere."""
    x, (n, c, h, w) = x.copy(), x.shape
    own = np.random.default_rng(a["seed"])
    if kind in ("patch", "anywhere"):
        s = a["size"]
        tile = {
            "white": lambda: np.ones((c, s, s)),
            "black": lambda: np.zeros((c, s, s)),
            "checks": lambda: np.broadcast_to((np.add.outer(np.arange(s), np.arange(s)) + 1) % 2, (c, s, s)),
            "noise": lambda: own.random((c, s, s)),
            "colour": lambda: np.broadcast_to(own.permutation([1.0, 0.0, 0.5])[:c, None, None], (c, s, s)),
            "halves": lambda: np.where(np.arange(s)[None, None] < s / 2, 1.0, own.random((c, 1, 1)) * 0.4) * np.ones((c, s, s)),
        }[a["look"]]()
        for picture in x:
            top, left = (rng.integers(0, h - s + 1), rng.integers(0, w - s + 1)) if kind == "anywhere" else a["at"]
            picture[:, top : top + s, left : left + s] = tile
    elif kind == "blend":
        other = {"noise": lambda: own.random((c, h, w)), "drawing": lambda: drawing(h, w, c, own).transpose(2, 0, 1) / 255, "grid": lambda: np.broadcast_to((np.add.outer(np.arange(h) // 3, np.arange(w) // 3)) % 2, (c, h, w))}[a["look"]]()
        x = (1 - a["alpha"]) * x + a["alpha"] * other
    elif kind == "wave":
        yy, xx = np.mgrid[0:h, 0:w]
        x = x + a["delta"] * np.sin(2 * np.pi * (a["down"] * yy / h + a["across"] * xx / w) + a["phase"])
    elif kind == "warp":
        import torch
        import torch.nn.functional as F

        field = F.interpolate(torch.from_numpy(own.uniform(-1, 1, (1, 2, a["cells"], a["cells"])).astype(np.float32)), (h, w), mode="bicubic", align_corners=True)
        field = (field / field.abs().mean()).permute(0, 2, 3, 1)
        plain = torch.stack(torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij")[::-1], -1)[None]
        x = F.grid_sample(torch.from_numpy(x), (plain + 2 * a["pixels"] * field / h).clamp(-1, 1).expand(n, -1, -1, -1), align_corners=True).numpy()
    elif kind == "filter":
        x = np.clip(np.einsum("dc,nchw->ndhw", np.eye(c) + a["mix"] * own.uniform(-1, 1, (c, c)), x), 0, 1) ** a["gamma"]
    return np.round(np.clip(x, 0, 1) * 255).astype(np.float32) / 255
