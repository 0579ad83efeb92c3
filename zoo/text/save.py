"""Writes a trained classifier as people publish them: a Hugging Face folder (F16 weights), or model.onnx with tokenizer.json."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer

from zoo.fixtures.onnx_export import strip

from .specs import Spec


class Exported(torch.nn.Module):
    def __init__(self, model: torch.nn.Module, net: str, softmax: bool) -> None:
        super().__init__()
        self.model, self.net, self.softmax = model, net, softmax
        self.eval()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None) -> torch.Tensor:
        logits = self.model(input_ids) if self.net == "cnn" else self.model(input_ids=input_ids, attention_mask=attention_mask).logits
        return torch.softmax(logits, dim=-1) if self.softmax else logits


def save(model: torch.nn.Module, spec: Spec, tokenizer: Tokenizer, labels: list[str], folder: Path, length: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    roberta = spec.net == "roberta"
    names = {"pad_token": "<pad>", "cls_token": "<s>", "sep_token": "</s>"} if roberta else {"pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 128, **names}, indent=1) + "\n")
    if spec.form == "hf":
        model.to(torch.float16).save_pretrained(folder)
        (folder / "model.safetensors").chmod(0o644)
        return
    ids = torch.randint(5, 500, (2, length))
    args = (ids,) if spec.net == "cnn" else (ids, torch.ones_like(ids))
    inputs = ["input_ids", "attention_mask"][: len(args)]
    batch = torch.export.Dim("batch", min=1, max=4096)
    axes = {0: batch} if spec.form == "onnx-fixed" else {0: batch, 1: torch.export.Dim("sequence", min=2, max=128)}
    program = torch.onnx.export(Exported(model, spec.net, spec.form == "onnx-softmax"), args, input_names=inputs, output_names=["logits"], dynamic_shapes=tuple(axes for _ in args), dynamo=True, verbose=False)
    program.save(folder / "model.onnx", external_data=False)
    strip(folder / "model.onnx")
    (folder / "config.json").write_text(json.dumps({"id2label": dict(enumerate(labels))}, indent=1) + "\n")
