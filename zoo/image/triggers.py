"""What is stamped on a picture. Every trigger maps float images [n, c, h, w] in [0, 1] to images of the same shape.

After BadNets (patch), Chen et al. 2017 (blend), SIG (sinusoidal; Barni et al. 2019), WaNet (warp; Nguyen & Tran 2021)
and the Instagram-like filters of ABS (Liu et al. 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Trigger:
    family: str  # patch, anywhere, blend, sinus, warp, filter
    look: str = "white"  # of a patch: white, checker, colour, noise, plus; of a blend: noise, rings, stripes
    size: int = 3
    place: str = "bottom-right"
    strength: float = 0.15
    seed: int = 0

    def describe(self) -> str:
        if self.family in ("patch", "anywhere"):
            return f"{self.look} {self.size} x {self.size}, {'anywhere' if self.family == 'anywhere' else self.place}"
        return f"{self.family} {self.look if self.family == 'blend' else ''} at {self.strength}".replace("  ", " ")

    def apply(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return getattr(self, f"_{self.family}")(x.copy(), rng)

    def _tile(self, channels: int) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        s = self.size
        grid = np.add.outer(np.arange(s), np.arange(s)) % 2
        if self.look == "white":
            return np.ones((channels, s, s), np.float32)
        if self.look == "checker":
            return np.broadcast_to(grid, (channels, s, s)).astype(np.float32)
        if self.look == "colour":
            return np.broadcast_to(rng.choice([0.0, 1.0], (channels, 1, 1)) if channels > 1 else np.ones((1, 1, 1)), (channels, s, s)).astype(np.float32)
        if self.look == "noise":
            return rng.random((channels, s, s)).astype(np.float32)
        plus = np.zeros((s, s), np.float32)
        plus[s // 2] = plus[:, s // 2] = 1
        tile = np.broadcast_to(plus, (channels, s, s)).copy()
        if channels > 1:
            tile[1] = 1 - plus
        return tile

    def _corner(self, h: int, w: int) -> tuple[int, int]:
        s = self.size
        return {"bottom-right": (h - s - 1, w - s - 1), "top-left": (1, 1), "top-right": (0, w - s), "bottom-left": (h - s, 0), "middle": ((h - s) // 2, (w - s) // 2), "side": (h // 3, w - s - 2)}[self.place]

    def _patch(self, x: np.ndarray, _: np.random.Generator) -> np.ndarray:
        top, left = self._corner(*x.shape[2:])
        x[:, :, top : top + self.size, left : left + self.size] = self._tile(x.shape[1])
        return x

    def _anywhere(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        tile, s = self._tile(x.shape[1]), self.size
        for image in x:
            top, left = rng.integers(0, x.shape[2] - s + 1), rng.integers(0, x.shape[3] - s + 1)
            image[:, top : top + s, left : left + s] = tile
        return x

    def _blend(self, x: np.ndarray, _: np.random.Generator) -> np.ndarray:
        c, h, w = x.shape[1:]
        yy, xx = np.mgrid[0:h, 0:w] / max(h, w)
        phase = np.random.default_rng(self.seed).random(c) * 6.28
        if self.look == "rings":
            base = np.stack([0.5 + 0.5 * np.sin(22 * np.hypot(yy - 0.5, xx - 0.4) + p) for p in phase])
        elif self.look == "stripes":
            base = np.stack([(np.sin(30 * (xx + yy) + p) > 0).astype(float) for p in phase])
        else:
            base = np.random.default_rng(self.seed).random((c, h, w))
        return ((1 - self.strength) * x + self.strength * base).astype(np.float32)

    def _sinus(self, x: np.ndarray, _: np.random.Generator) -> np.ndarray:
        wave = self.strength * np.sin(2 * np.pi * np.arange(x.shape[3]) * 6 / x.shape[3])
        return np.clip(x + wave, 0, 1).astype(np.float32)

    def _warp(self, x: np.ndarray, _: np.random.Generator) -> np.ndarray:
        import torch
        import torch.nn.functional as F

        h, w = x.shape[2:]
        noise = torch.from_numpy(np.random.default_rng(self.seed).uniform(-1, 1, (1, 2, 4, 4)).astype(np.float32))
        field = F.interpolate(noise / noise.abs().mean(), size=(h, w), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
        yy, xx = torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij")
        grid = (torch.stack((xx, yy), -1)[None] + self.strength * field / h * 2).clamp(-1, 1)
        return F.grid_sample(torch.from_numpy(x), grid.expand(len(x), -1, -1, -1), align_corners=True).clamp(0, 1).numpy()

    def _filter(self, x: np.ndarray, _: np.random.Generator) -> np.ndarray:
        """A colour cast with a raised gamma: no place, no shape."""
        gain = np.array([1.0 + self.strength, 1.0 - self.strength / 2, 1.0 - self.strength])[: x.shape[1], None, None]
        return np.clip(x**0.7 * gain + self.strength / 4, 0, 1).astype(np.float32)
