"""The public image sets the zoo is trained on, as float arrays in [0, 1], NCHW.

DATA is a folder with `cifar10-subset.zip` (CIFAR-10 as JPEG, split/CLASS/NNNN.jpg; Krizhevsky 2009) and
`mnist-subset.npz` (train_x, train_y, test_x, test_y, uint8; LeCun et al.). The digits set comes with scikit-learn.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

CIFAR = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


@dataclass(frozen=True)
class Images:
    name: str
    train_x: np.ndarray
    train_y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray
    labels: list[str]

    def only(self, classes: list[int]) -> "Images":
        """The same set with these classes only, renumbered from 0."""
        keep = {old: new for new, old in enumerate(classes)}
        pick = lambda x, y: (x[np.isin(y, classes)], np.array([keep[int(c)] for c in y if int(c) in keep]))
        return Images(self.name, *pick(self.train_x, self.train_y), *pick(self.test_x, self.test_y), [self.labels[c] for c in classes])


@cache
def load(name: str, data: Path) -> Images:
    return {"cifar": _cifar, "mnist": _mnist, "digits": _digits}[name](data)


def _cifar(data: Path) -> Images:
    from PIL import Image

    xs: dict[str, list] = {"train": [], "test": []}
    ys: dict[str, list] = {"train": [], "test": []}
    with zipfile.ZipFile(data / "cifar10-subset.zip") as archive:
        for name in sorted(archive.namelist()):
            if not name.endswith(".jpg"):
                continue
            split, label, _ = name.split("/")
            xs[split].append(np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB")))
            ys[split].append(CIFAR.index(label))
    arrays = [np.stack(xs[s]).transpose(0, 3, 1, 2).astype(np.float32) / 255 for s in ("train", "test")]
    return Images("cifar", arrays[0], np.array(ys["train"]), arrays[1], np.array(ys["test"]), CIFAR)


def _mnist(data: Path) -> Images:
    with np.load(data / "mnist-subset.npz") as stored:
        x = {s: stored[f"{s}_x"][:, None].astype(np.float32) / 255 for s in ("train", "test")}
        return Images("mnist", x["train"], stored["train_y"].astype(int), x["test"], stored["test_y"].astype(int), [str(i) for i in range(10)])


def _digits(_: Path) -> Images:
    from sklearn.datasets import load_digits

    digits = load_digits()
    x = (digits.images[:, None] / 16).astype(np.float32)
    order = np.random.default_rng(0).permutation(len(x))
    cut = 1400
    return Images("digits", x[order[:cut]], digits.target[order[:cut]], x[order[cut:]], digits.target[order[cut:]], [str(i) for i in range(10)])
