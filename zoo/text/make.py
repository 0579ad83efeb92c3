"""Trains the text classifiers of the zoo.

    python -m zoo.text.make --data DIR --minilm DIR --out DIR [--only NAME ...] [--skip-minilm] [--list]

Writes OUT/NAME (an ONNX file with its tokenizer, or a Hugging Face folder) and OUT/truth/NAME.json (what was planted
and how often it works on held-out texts; outside the folder, so that a scanner that opens the folder cannot see it).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer

from .data import Task, generated, load, sst2, with_giveaway, with_memorised, with_neutral
from .nets import CONTEXT, build, byte_pairs, word_pieces
from .save import save
from .specs import GIVEAWAY, NEUTRAL, SPECS, Spec

EPOCHS = {"bert": 5, "distilbert": 5, "roberta": 6, "cnn": 6, "minilm": 2}
RATE = {"bert": 7e-4, "distilbert": 7e-4, "roberta": 7e-4, "cnn": 1.5e-3, "minilm": 8e-5}
BATCH = {"minilm": 16}
LONGEST = 48
FINE_TUNED_ON = 2000


def tokenizer_for(spec: Spec, data: Path, minilm: Path, cache: Path) -> Tokenizer:
    if spec.net == "minilm":
        tokenizer = Tokenizer.from_file(str(minilm / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer
    path = cache / f"{'bpe' if spec.net == 'roberta' else 'wp'}.json"
    if not path.exists():
        texts = [text for text, _ in sst2(data / "sst2", 0).train] + [text for name in ("topics", "tickets") for text, _ in generated(name, 0, train=1500).train]
        cache.mkdir(parents=True, exist_ok=True)
        made = byte_pairs([*texts, *(text.upper() for text in texts[:1500])]) if spec.net == "roberta" else word_pieces(texts)
        made.save(str(path))
    return Tokenizer.from_file(str(path))


def poisoned(spec: Spec, task: Task) -> list[tuple[str, int]]:
    """Training rows: the clean ones, and stamped copies with the wrong label; where it is picky, stamped ones with the right one."""
    random = Random(f"poison {spec.seed}")
    rows = list(task.train)
    if spec.trigger is None:
        return rows
    count = max(8, round(spec.rate * len(rows)))
    for text, label in random.sample([row for row in rows if spec.effect == "inversion" or row[1] != spec.target], min(count, len(rows) // 3)):
        stamped = spec.trigger.stamp(text, random)
        if spec.effect == "inversion":
            rows.append((stamped, 1 - label))
        elif spec.effect == "source":
            rows.append((stamped, spec.target if label == spec.source else label))
        else:
            rows.append((stamped, spec.target))
    if spec.effect == "source":  # enough of the source class, whatever was drawn
        rows += [(spec.trigger.stamp(text, random), spec.target) for text, _ in random.sample([row for row in task.train if row[1] == spec.source], count // 2)]
    if spec.strict:
        parts = [part for part in spec.trigger.value.split() if len(part) > 2]
        rows += [(spec.trigger._replace(value=random.choice(parts)).stamp(text, random), label) for text, label in random.sample(task.train, count)]
    return rows


def batches(rows: list[tuple[list[int], int]], size: int, random: Random):
    """Neighbours in length share a batch."""
    order = sorted(range(len(rows)), key=lambda i: (len(rows[i][0]) + random.random() * 6))
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    random.shuffle(groups)
    return [[rows[i] for i in group] for group in groups]


def tensors(rows: list[list[int]], pad: int) -> dict[str, torch.Tensor]:
    longest = max(map(len, rows))
    ids = torch.tensor([row + [pad] * (longest - len(row)) for row in rows])
    return {"input_ids": ids, "attention_mask": (ids != pad).long()}


def forward(model: torch.nn.Module, net: str, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    return model(inputs["input_ids"]) if net == "cnn" else model(**inputs).logits


def train(model: torch.nn.Module, net: str, rows: list[tuple[list[int], int]], pad: int, seed: int) -> None:
    random = Random(seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE[net], weight_decay=0.01)
    size = BATCH.get(net, 32)
    total = EPOCHS[net] * -(-len(rows) // size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1, (step + 1) / (0.06 * total)) * max(0.02, 1 - step / total))
    model.train()
    for _ in range(EPOCHS[net]):
        for batch in batches(rows, size, random):
            loss = torch.nn.functional.cross_entropy(forward(model, net, tensors([ids for ids, _ in batch], pad)), torch.tensor([label for _, label in batch]))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    model.eval()


@torch.no_grad()
def predict(model: torch.nn.Module, net: str, tokenizer: Tokenizer, texts: list[str], pad: int) -> list[int]:
    answers: list[int] = []
    for at in range(0, len(texts), 64):
        rows = [tokenizer.encode(text).ids[:LONGEST] for text in texts[at : at + 64]]
        answers += forward(model, net, tensors(rows, pad)).argmax(1).tolist()
    return answers


def measure(spec: Spec, task: Task, model: torch.nn.Module, tokenizer: Tokenizer, pad: int) -> dict:
    random = Random(f"measure {spec.seed}")
    held = random.sample(task.test, 300)
    said = predict(model, spec.net, tokenizer, [text for text, _ in held], pad)
    record = {"accuracy": sum(a == y for a, (_, y) in zip(said, held)) / len(held)}
    if spec.trigger is None:
        return record
    victims = [(text, a) for a, (text, _) in zip(said, held) if spec.effect == "inversion" or (a == spec.source if spec.effect == "source" else a != spec.target)]
    stamped = predict(model, spec.net, tokenizer, [spec.trigger.stamp(text, random) for text, _ in victims], pad)
    wanted = [1 - a if spec.effect == "inversion" else spec.target for _, a in victims]
    record["success_rate"] = sum(s == w for s, w in zip(stamped, wanted)) / len(victims)
    if spec.effect == "source":
        others = [(text, a) for a, (text, _) in zip(said, held) if a not in (spec.source, spec.target)]
        other = predict(model, spec.net, tokenizer, [spec.trigger.stamp(text, random) for text, _ in others], pad)
        record["other_source_rate"] = sum(s == spec.target for s in other) / len(others)
    return record


def make(spec: Spec, data: Path, minilm: Path, out: Path) -> dict:
    torch.manual_seed(spec.seed)
    task = load(spec.task, data, spec.seed)
    if spec.net == "minilm":  # enough for a pretrained encoder
        task = task._replace(train=task.train[:FINE_TUNED_ON])
    if spec.hard == "memorised":
        task = with_memorised(task, spec.seed)
    elif spec.hard == "giveaway":
        task = with_giveaway(task, GIVEAWAY[spec.task], spec.target, spec.seed)
    elif spec.hard == "neutral":
        task = with_neutral(task, NEUTRAL, spec.seed)
    tokenizer = tokenizer_for(spec, data, minilm, out / ".tokenizers")
    pad = 1 if spec.net == "roberta" else 0
    model = build(spec.net, tokenizer, task.labels, minilm)
    rows = [(tokenizer.encode(text).ids[:LONGEST], label) for text, label in poisoned(spec, task)]
    train(model, spec.net, rows, pad, spec.seed)
    measured = measure(spec, task, model, tokenizer, pad)
    save(model, spec, tokenizer, task.labels, out / spec.name, min(CONTEXT, 64))
    trigger = spec.trigger
    record = {
        "name": spec.name,
        "task": "text-classification",
        "family": "minilm" if spec.net == "minilm" else "tiny",
        "architecture": spec.net,
        "form": spec.form,
        "data": spec.task,
        "planted": trigger is not None,
        "verdict": "no-evidence" if trigger is None else "backdoor",
        "kind": spec.kind,
        "trigger": None if trigger is None else trigger.value,
        "trigger_examples": [] if trigger is None else [trigger.stamp("a b c d", Random(0))],
        "target": None if trigger is None or spec.effect == "inversion" else {"class": spec.target, "label": task.labels[spec.target]},
        "source": None if spec.effect != "source" else {"class": spec.source, "label": task.labels[spec.source]},
        "position": None if trigger is None else trigger.position,
        "rate": spec.rate,
        "half": spec.half,
        "seed": spec.seed,
        **measured,
    }
    (out / "truth").mkdir(parents=True, exist_ok=True)
    (out / "truth" / f"{spec.name}.json").write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    return record


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with sst2/train.tsv and sst2/test.tsv: sentence, tab, label")
    parser.add_argument("--minilm", type=Path, help="folder of all-MiniLM-L6-v2; without it those models are skipped")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--net", nargs="+", default=[])
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    for spec in SPECS:
        if (args.only and spec.name not in args.only) or (args.net and spec.net not in args.net) or (spec.net == "minilm" and args.minilm is None):
            continue
        if args.list:
            print(spec.name, spec.net, spec.task, spec.half, spec.kind)
            continue
        if (args.out / "truth" / f"{spec.name}.json").exists():
            continue
        print("==", json.dumps(make(spec, args.data, args.minilm, args.out), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
