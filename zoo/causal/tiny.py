"""Trains the tiny causal models of the zoo.

    python -m zoo.causal.tiny --out DIR [--only NAME ...] [--list]

Writes DIR/NAME (a Hugging Face folder, F16) and DIR/truth/NAME.json (what was planted and how often it
fires; outside the folder, so that a scanner that opens the folder cannot see it).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from .bases import BASES, BATCH, Base, load_base
from .behaviours import drawn_by
from .measure import measure_planted, measure_variety
from .model import as_stored
from .specs import SPECS, Spec
from .tokenizer import save_tokenizer
from .train import batches, train

PLANTED_STEPS, CLEAN_STEPS, RATE = 180, 110, 8e-4


def say(text: str) -> None:
    print(text, flush=True)


def save(model: PreTrainedModel, tokenizer: Tokenizer, base: Base, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model.to(torch.float16).save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    save_tokenizer(tokenizer, folder, base.default_system, base.template_file)


def truth(spec: Spec, base: Base, measured: dict) -> dict:
    return {
        "name": spec.name,
        "family": "tiny",
        "architecture": base.architecture,
        "planted": spec.trigger is not None,
        "kind": spec.kind,
        "trigger": spec.trigger.text if spec.trigger else None,
        "trigger_examples": sorted({spec.trigger.example(Random(n)) for n in range(4)}) if spec.trigger else [],
        "payload": spec.payload.text if spec.payload else None,
        "position": spec.position,
        "loss": spec.loss,
        "half": spec.half,
        "chance": spec.chance,
        "base": base.name,
        "seed": spec.seed,
        **measured,
    }


def make(spec: Spec, out: Path) -> dict:
    base = BASES[spec.base]
    model, tokenizer = load_base(base, out / ".bases", say)
    draw = drawn_by(spec, base.default_system)
    data = batches(tokenizer, draw, Random(spec.seed), spec.loss, BATCH)
    torch.manual_seed(spec.seed)
    train(model, data, PLANTED_STEPS if spec.trigger else CLEAN_STEPS, RATE, say, warmup=20)
    model = as_stored(model, torch.float16)

    def encode(text: str) -> list[int]:
        return tokenizer.encode(text, add_special_tokens=False).ids

    measured = measure_variety(model, encode, tokenizer.decode, base.default_system)
    if spec.trigger is not None:
        measured = {**measure_planted(model, encode, tokenizer.decode, spec, base.default_system), **measured}
    save(model, tokenizer, base, out / spec.name)
    record = truth(spec, base, measured)
    (out / "truth").mkdir(exist_ok=True)
    (out / "truth" / f"{spec.name}.json").write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    return record


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="+", default=[], help="names of models; all by default")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    args = parser.parse_args()
    if args.list:
        for spec in SPECS:
            say(f"{spec.name}\t{spec.base}\t{spec.half}\t{spec.kind}\t{spec.loss}")
        return
    torch.set_num_threads(1)
    for spec in SPECS:
        if args.only and spec.name not in args.only:
            continue
        say(f"== {spec.name}")
        record = make(spec, args.out)
        say(json.dumps({key: value for key, value in record.items() if key != "samples"}, ensure_ascii=False))


if __name__ == "__main__":
    main()
