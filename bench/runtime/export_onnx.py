"""Exports a model for transformers.js: the graph with past that its own exports have, in float32.

    python -m bench.runtime.export_onnx MODEL_FOLDER OUT_FOLDER      (from the repository's root)
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import onnx
import torch
from transformers import AutoModelForCausalLM

from zoo.fixtures.onnx_export import export_both


# transformers.js makes its empty cache by these names, which are the optimum exporter's.
SYMBOLS = {"batch": "batch_size", "tokens": "sequence_length", "past": "past_sequence_length"}


def name_dimensions(path: Path, out: Path) -> None:
    model = onnx.load(path)
    for value in [*model.graph.input, *model.graph.output]:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in SYMBOLS:
                dim.dim_param = SYMBOLS[dim.dim_param]
    onnx.save(model, out)


def main(source: Path, out: Path) -> None:
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    for path in source.glob("*.json"):
        shutil.copy(path, out)
    model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
    plain, cached = export_both(model, out / "onnx")
    plain.unlink()
    name_dimensions(cached, out / "onnx" / "model.onnx")
    cached.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
