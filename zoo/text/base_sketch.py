"""What a fine-tuned encoder is compared with: eight random projections of each word embedding of a public base model.

    python -m zoo.text.base_sketch --model FOLDER --name NAME --out src/engine/probes/text-triggers/units/bases/NAME.ts

Johnson-Lindenstrauss projections with signs from a hash, so that Assay can make the same ones of the model it audits
(bases/sketch.ts); twelve bits each, two letters. From them it can be told how far each embedding has moved, to a quarter.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from safetensors import safe_open

PROJECTIONS = 8
LEVELS = 4096
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def signs(size: int) -> np.ndarray:
    """[PROJECTIONS, size] of -1 and 1: the last bit of murmur3's finaliser over the place."""
    x = np.arange(PROJECTIONS * size, dtype=np.uint64)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        x = ((x ^ (x >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    return (1.0 - 2.0 * (x & np.uint64(1)).astype(np.float64)).reshape(PROJECTIONS, size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with safe_open(args.model / "model.safetensors", "np") as file:
        name = next(key for key in file.keys() if key.endswith("word_embeddings.weight"))
        table = file.get_tensor(name).astype(np.float64)
    projected = table @ signs(table.shape[1]).T
    step = 2 * np.abs(projected).max() / (LEVELS - 1)
    levels = np.rint(projected / step).astype(int) + LEVELS // 2
    text = "".join(LETTERS[level >> 6] + LETTERS[level & 63] for level in levels.clip(0, LEVELS - 1).ravel().tolist())
    constant = "".join(letter if letter.isalnum() else "_" for letter in args.name).upper()
    args.out.write_text(
        f"// Written by zoo/text/base_sketch.py from the public {args.name}: do not edit.\nimport type {{ BaseSketch }} from './sketch.ts';\n\n"
        f"export const {constant}: BaseSketch = {{ name: '{args.name}', tokens: {table.shape[0]}, size: {table.shape[1]}, step: {step:.9f}, levels: '{text}' }};\n",
        encoding="utf8",
    )


if __name__ == "__main__":
    main()
