"""Exports a model for transformers.js: the graph with past that its own exports have, in float32.

    python -m bench.runtime.export_onnx MODEL_FOLDER OUT_FOLDER      (from the repository's root)
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

from zoo.fixtures.onnx_export import export_both


def main(source: Path, out: Path) -> None:
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    for path in source.glob("*.json"):
        shutil.copy(path, out)
    model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
    plain, cached = export_both(model, out / "onnx")
    plain.unlink()
    cached.rename(out / "onnx" / "model.onnx")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
