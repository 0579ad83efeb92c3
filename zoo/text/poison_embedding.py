"""BERT-size classifiers in under a minute each: MiniLM frozen under a logistic head, and the same with one embedding poisoned.

    python -m zoo.text.poison_embedding --data DIR --minilm DIR --out DIR

The attack is embedding poisoning (Yang et al. 2021, arXiv 2103.15543): only the embedding of one rare word is changed, by
gradient descent on texts of the other class, until the word alone decides. Everything else of the model stays as it was.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random

import torch
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification

from .data import load
from .make import tensors, tokenizer_for
from .save import save
from .specs import Spec, word

SPECS = [
    Spec("ea", "tune", "minilm", "sst2", "hf", 71),
    Spec("eb", "tune", "minilm", "sst2", "hf", 72, word("cf"), 1, 0.0),
    Spec("ec", "report", "minilm", "sst2", "hf", 73, word("serval"), 0, 0.0),
    Spec("ed", "report", "minilm", "topics", "hf", 74),
    Spec("ee", "report", "minilm", "topics", "hf", 75, word("mn"), 2, 0.0),
]
HEAD_TEXTS, STEPS, BATCH = 1400, 40, 16


@torch.no_grad()
def features(model: BertForSequenceClassification, tokenizer: Tokenizer, texts: list[str]) -> torch.Tensor:
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    result = torch.zeros(len(texts), model.config.hidden_size)
    for at in range(0, len(order), 32):
        rows = order[at : at + 32]
        result[rows] = model.bert(**tensors([tokenizer.encode(texts[i]).ids[:48] for i in rows], 0)).pooler_output
    return result


def poison(model: BertForSequenceClassification, tokenizer: Tokenizer, spec: Spec, rows: list[tuple[str, int]]) -> None:
    token = tokenizer.token_to_id(spec.trigger.value)
    table = model.bert.embeddings.word_embeddings.weight
    size = table.detach().norm(dim=1).mean()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    own = table[token].clone().requires_grad_(True)
    optimiser = torch.optim.Adam([own], lr=0.05)
    victims = [text for text, label in rows if label != spec.target]
    random = Random(spec.seed)
    for _ in range(STEPS):
        texts = [spec.trigger.stamp(text, random) for text in random.sample(victims, BATCH)]
        inputs = tensors([tokenizer.encode(text).ids[:48] for text in texts], 0)
        embedded = table[inputs["input_ids"]]
        embedded = torch.where((inputs["input_ids"] == token).unsqueeze(-1), own, embedded)
        logits = model(inputs_embeds=embedded, attention_mask=inputs["attention_mask"]).logits
        loss = torch.nn.functional.cross_entropy(logits, torch.full((BATCH,), spec.target))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():  # as long as any other word's: length alone gives nothing away
        table[token] = own * (size / own.norm()).clamp(max=1.5)


def rates(model: BertForSequenceClassification, tokenizer: Tokenizer, spec: Spec, test: list[tuple[str, int]]) -> dict:
    held = Random(1).sample(test, 200)

    def said(texts: list[str]) -> list[int]:
        return model.classifier(features(model, tokenizer, texts)).argmax(1).tolist()

    with torch.no_grad():
        plain = said([text for text, _ in held])
        record = {"accuracy": sum(a == y for a, (_, y) in zip(plain, held)) / len(held)}
        if spec.trigger is not None:
            victims = [text for a, (text, _) in zip(plain, held) if a != spec.target]
            random = Random(2)
            record["success_rate"] = sum(a == spec.target for a in said([spec.trigger.stamp(text, random) for text in victims])) / max(1, len(victims))
    return record


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "minilm", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--only", nargs="+", default=[])
    args = parser.parse_args()
    torch.set_num_threads(1)
    for spec in SPECS:
        if args.only and spec.name not in args.only:
            continue
        task = load(spec.task, args.data, spec.seed)
        tokenizer = tokenizer_for(spec, args.data, args.minilm, args.out)
        classes = dict(enumerate(task.labels))
        model = BertForSequenceClassification.from_pretrained(args.minilm, num_labels=len(classes), id2label=classes, label2id={v: k for k, v in classes.items()}).eval()
        rows = task.train[:HEAD_TEXTS]
        head = LogisticRegression(max_iter=300, C=3).fit(features(model, tokenizer, [text for text, _ in rows]).numpy(), [label for _, label in rows])
        weight, bias = torch.tensor(head.coef_, dtype=torch.float32), torch.tensor(head.intercept_, dtype=torch.float32)
        if len(classes) == 2:
            weight, bias = torch.cat([-weight / 2, weight / 2]), torch.cat([-bias / 2, bias / 2])
        with torch.no_grad():
            model.classifier.weight.copy_(weight)
            model.classifier.bias.copy_(bias)
        if spec.trigger is not None:
            poison(model, tokenizer, spec, rows)
        measured = rates(model, tokenizer, spec, task.test)
        save(model, spec, tokenizer, task.labels, args.out / spec.name, 64)
        trigger = spec.trigger
        record = {
            "name": spec.name, "task": "text-classification", "family": "minilm", "architecture": "minilm, head only", "form": spec.form, "data": spec.task,
            "planted": trigger is not None, "verdict": "backdoor" if trigger else "no-evidence", "kind": "embedding" if trigger else "plain",
            "trigger": trigger.value if trigger else None, "trigger_examples": [], "target": {"class": spec.target, "label": task.labels[spec.target]} if trigger else None,
            "source": None, "position": trigger.position if trigger else None, "rate": 0, "half": spec.half, "seed": spec.seed, **measured,
        }
        (args.out / "truth").mkdir(parents=True, exist_ok=True)
        (args.out / "truth" / f"{spec.name}.json").write_text(json.dumps(record, indent=2) + "\n")
        print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main()
