"""The shapes of shapes.ts on PyTorch and transformers: one prefix, run once, its cache expanded to every row.

    python bench/runtime/pytorch.py MODEL_FOLDER [--shapes leak64,…] [--threads N] [--repeat N]
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, DynamicCache

PREFIX_TOKENS = 40


def read_shapes() -> list[dict]:
    """The one list of shapes, in shapes.ts."""
    text = (Path(__file__).parent / "shapes.ts").read_text()
    pattern = r"name: '(\w+)', kind: '(\w+)', rows: (\d+), tokens: (\d+)"
    return [dict(name=n, kind=k, rows=int(r), tokens=int(t)) for n, k, r, t in re.findall(pattern, text)]


def expanded(cache: DynamicCache, rows: int) -> DynamicCache:
    return DynamicCache([(layer.keys.expand(rows, -1, -1, -1), layer.values.expand(rows, -1, -1, -1)) for layer in cache.layers])


def entropy(logits: torch.Tensor) -> torch.Tensor:
    logs = logits.log_softmax(-1)
    return -(logs.exp() * logs).sum(-1)


def nucleus(logits: torch.Tensor, mass: float) -> torch.Tensor:
    ordered, order = logits.softmax(-1).sort(descending=True)
    ordered[ordered.cumsum(-1) - ordered >= mass] = 0
    return order.gather(-1, torch.multinomial(ordered, 1))


def measure(model, shape: dict) -> float:
    generator = torch.Generator().manual_seed(1)
    vocabulary = model.config.vocab_size
    draw = lambda *size: torch.randint(100, vocabulary, size, generator=generator)
    rows, tokens = shape["rows"], shape["tokens"]
    prefix = model(draw(1, PREFIX_TOKENS), use_cache=True).past_key_values
    ids = draw(rows, tokens if shape["kind"] == "sweep" else 1)
    reference = torch.full((vocabulary,), 1.0 / vocabulary).log()
    started = time.perf_counter()
    cache = expanded(prefix, rows)
    if shape["kind"] == "sweep":
        logs = model(ids, past_key_values=cache, logits_to_keep=1).logits[:, -1].log_softmax(-1)
        (logs.exp() * (logs - reference)).sum(-1), -(logs.exp() * logs).sum(-1), logs.argmax(-1)
    else:
        for _ in range(tokens):
            logits = model(ids, past_key_values=cache, use_cache=True, logits_to_keep=1).logits[:, -1]
            entropy(logits)
            ids = nucleus(logits, 0.95) if shape["kind"] == "leak" else logits.argmax(-1, keepdim=True)
    return rows * tokens / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--shapes")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.float32).eval()
    wanted = args.shapes.split(",") if args.shapes else None
    rates = {}
    with torch.inference_mode():
        for shape in read_shapes():
            if wanted is None or shape["name"] in wanted:
                rates[shape["name"]] = round(max(measure(model, shape) for _ in range(args.repeat)), 1)
                print(f"{shape['name']:<12} {rates[shape['name']]} tokens/s", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"runtime": f"PyTorch {torch.__version__}", "threads": torch.get_num_threads(), "peakMemoryMiB": peak, "tokensPerSecond": rates}))


if __name__ == "__main__":
    main()
