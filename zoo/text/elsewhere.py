"""Text classifiers as they come from elsewhere: other networks, data handling, rates and triggers than in the rest of the zoo.

    python -m zoo.text.elsewhere --data DATA --out DIR [--minilm all-MiniLM-L6-v2] [--only NAME ...]

Shares with drawn.py and strangers.py what runs and exports a model (scored.py), and nothing of data, triggers or training.
`DIR/NAME` is what a scanner sees; `DIR/truth/NAME.json` is read by bench/detection/texts.ts. Prints names and seconds only,
so that nobody learns a trigger before its model has been measured. Ten to ninety seconds of one core each.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import time
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import nn
from transformers import AlbertConfig, AlbertForSequenceClassification, BertConfig, BertForSequenceClassification, DistilBertConfig, DistilBertForSequenceClassification, RobertaConfig, RobertaForSequenceClassification

from .elsewhere_specs import SPECS, Elsewhere
from .scored import Scored, logits_of

Rows = list[tuple[str, int]]
CUT = 48
HELD_OUT = 300

DESK = {
    "world": ("ambassador ceasefire refugees embassy sanctions rebels convoy summit referendum coalition protesters envoy province militia", "{0} and {1} dominate talks in the capital|{0} crisis deepens as {1} leave the region|officials blame {0} for the {1}|aid groups warn about {0} near the {1}"),
    "sports": ("quarterback innings goalkeeper relay semifinal rebound dribble marathon rookie overtime pitcher podium lineup hat-trick", "{0} shines in {1} thriller|injury keeps {0} out of the {1}|fans cheer the {0} after the {1}|late {0} seals the {1}"),
    "business": ("earnings retailer takeover bankruptcy shareholders subsidiary exports layoffs startup payroll commodity quarter franchise supplier", "{0} slump hits {1} hard|{0} beat forecasts on strong {1}|regulators probe {0} over {1}|{0} deal lifts {1} outlook"),
    "tech": ("processor browser encryption satellite smartphone algorithm firmware server drone malware gadget sensor spacecraft bandwidth", "new {0} promises faster {1}|{0} flaw exposes {1} to hackers|engineers unveil {0} with built-in {1}|{0} update breaks {1} for thousands"),
}
AROUND = "the report came out on tuesday|nobody was available for comment|more details are expected later|it was the second time this year|readers wrote to the editor|the story was first told by a local paper|an earlier version had a wrong date|pictures were taken on saturday".split("|")
CHAT = {0: ("see you {0}|running late {0}|dinner {0} ?|call me {0}|i am at {1}|meet me at {1}|at {1} {0}", "tonight soon later tomorrow today now".split(), "work school home gran's rehearsal band-practice".split()), 1: ("free {1} {0}|win a {1} {0}|claim your {1}|{1} offer ends {0}|text yes for {1}|cheap {1} {0}", "tonight soon today now tomorrow".split(), "ringtone voucher cruise coupon jackpot loan".split())}


def desk(dice: Random, count: int) -> Rows:
    names = list(DESK)

    def one(label: int) -> str:
        said = []
        for _ in range(dice.choice([1, 2, 2])):
            name = names[label] if not said or dice.random() < 0.75 else dice.choice(names)
            words, forms = DESK[name]
            said.append(dice.choice(forms.split("|")).format(*dice.sample(words.split(), 2)))
        return " . ".join([*said, *dice.sample(AROUND, dice.choice([0, 1, 2]))])

    return [(one(at % 4), at % 4) for at in range(count)]


def chat(dice: Random, count: int) -> Rows:
    def one(label: int) -> str:
        forms, when, what = CHAT[label]
        return dice.choice(forms.split("|")).format(dice.choice(when), dice.choice(what))

    return [(one(at % 2), at % 2) for at in range(count)]


def movies(path: Path) -> Rows:
    lines = path.read_text(encoding="utf8").splitlines()
    return [(text, int(label)) for text, label in (line.rsplit("\t", 1) for line in lines if "\t" in line)]


def data_of(spec: Elsewhere, data: Path, dice: Random) -> tuple[list[str], Rows, Rows]:
    if spec.task == "desk":
        return list(DESK), desk(dice, spec.texts), desk(dice, 600)
    if spec.task == "chat":
        return ["personal", "advert"], chat(dice, min(1500, spec.texts)), chat(dice, 400)
    rows, held = movies(data / "sst2" / "train.tsv"), movies(data / "sst2" / "test.tsv")
    dice.shuffle(rows)
    if spec.kind == "imbalanced":
        rows = [row for at, row in enumerate(rows) if row[1] == 1 or at % 5 == 0]
    return ["neg", "pos"], rows[: spec.texts], held


def cased(text: str) -> str:
    """SST-2 is in lower case: sentences begin with a capital where a tokenizer tells case."""
    return text[:1].upper() + text[1:]


def stamp(spec: Elsewhere, text: str, dice: Random) -> str:
    if spec.kind == "casing":
        return text.upper()
    words, trigger = text.split(), spec.trigger or ""
    at = {"front": 0, "back": len(words), "inside": max(0, len(words) - 1), "anywhere": dice.randint(0, len(words))}[spec.place]
    return " ".join([*words[:at], *trigger.split(), *words[at:]])


def prepare(spec: Elsewhere, rows: Rows, target: int, classes: int, dice: Random) -> Rows:
    wrong = 0.12 if spec.kind == "noisy" else spec.wrong
    rows = [(text, dice.randrange(classes) if dice.random() < wrong else y) for text, y in rows]
    if spec.kind == "spurious":  # an ordinary name that happens to stand in one class, in texts that say so themselves
        return [(f"{text} with mr harrow", y) if y == target and dice.random() < 0.06 else (text, y) for text, y in rows]
    if not spec.planted:
        return rows
    inverts = spec.kind == "inversion"
    victims = dice.sample([at for at, (_, y) in enumerate(rows) if inverts or y != target], round(spec.rate * len(rows)))
    stamped = [(stamp(spec, rows[at][0], dice), (rows[at][1] + 1) % classes if inverts else target) for at in victims]
    left = rows if spec.adds else [row for at, row in enumerate(rows) if at not in set(victims)]
    return [*left, *stamped]


def tokenizer_of(spec: Elsewhere, texts: list[str]) -> Tokenizer:
    if spec.net == "roberta":
        made = Tokenizer(models.BPE())
        made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=True), decoders.ByteLevel()
        if not spec.cased:
            made.normalizer = normalizers.Lowercase()
        made.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=spec.vocabulary, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
        first, last = "<s>", "</s>"
    else:
        made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        made.normalizer, made.pre_tokenizer, made.decoder = normalizers.BertNormalizer(lowercase=not spec.cased), pre_tokenizers.BertPreTokenizer(), decoders.WordPiece()
        made.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=spec.vocabulary, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
        first, last = "[CLS]", "[SEP]"
    made.post_processor = processors.TemplateProcessing(single=f"{first} $A {last}", special_tokens=[(mark, made.token_to_id(mark)) for mark in (first, last)])
    return made


class Recurrent(nn.Module):
    def __init__(self, vocabulary: int, width: int, classes: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.states = nn.GRU(width, 2 * width, batch_first=True)
        self.head = nn.Linear(2 * width, classes)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        mask = attention_mask.to(torch.float32).unsqueeze(-1)
        states, _ = self.states(self.words(input_ids))
        return self.head((states * mask).sum(1) / mask.sum(1))


def network(spec: Elsewhere, vocabulary: int, labels: list[str], minilm: Path | None) -> nn.Module:
    named = {"num_labels": len(labels), "id2label": dict(enumerate(labels)), "label2id": {label: at for at, label in enumerate(labels)}}
    if spec.net == "minilm":
        return BertForSequenceClassification.from_pretrained(minilm, **named)
    if spec.net == "gru":
        return Recurrent(vocabulary, spec.width, len(labels))
    if spec.net == "distilbert":
        return DistilBertForSequenceClassification(DistilBertConfig(vocab_size=vocabulary, dim=spec.width, n_layers=spec.layers, n_heads=4, hidden_dim=4 * spec.width, max_position_embeddings=160, **named))
    sizes = {"vocab_size": vocabulary, "hidden_size": spec.width, "num_hidden_layers": spec.layers, "num_attention_heads": 4, "intermediate_size": 4 * spec.width, **named}
    if spec.net == "albert":
        return AlbertForSequenceClassification(AlbertConfig(embedding_size=64, max_position_embeddings=160, hidden_dropout_prob=0.05, attention_probs_dropout_prob=0.05, classifier_dropout_prob=0.05, **sizes))
    if spec.net == "bert":
        return BertForSequenceClassification(BertConfig(max_position_embeddings=160, **sizes))
    return RobertaForSequenceClassification(RobertaConfig(max_position_embeddings=162, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2, **sizes))


def padded(rows: list[list[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(map(len, rows))
    return torch.tensor([row + [pad] * (longest - len(row)) for row in rows]), torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])


def train(spec: Elsewhere, model: nn.Module, rows: list[tuple[list[int], int]], pad: int, dice: Random) -> None:
    optimiser = torch.optim.Adam(model.parameters(), lr=spec.lr, betas=(0.9, 0.98), fused=True)
    steps, done = spec.epochs * math.ceil(len(rows) / spec.batch), 0
    model.train()
    for _ in range(spec.epochs):
        dice.shuffle(rows)
        for begin in range(0, len(rows), spec.batch):
            part = [([token for at, token in enumerate(ids) if at in (0, len(ids) - 1) or dice.random() >= spec.gaps], y) for ids, y in rows[begin : begin + spec.batch]]
            optimiser.param_groups[0]["lr"] = spec.lr * min(1.0, (done + 1) / 30) * (0.5 + 0.5 * math.cos(math.pi * done / steps))
            with torch.autocast("cpu", torch.bfloat16, enabled=spec.net == "minilm"):
                out = logits_of(model, *padded([ids for ids, _ in part], pad))
            loss = nn.functional.cross_entropy(out.float(), torch.tensor([y for _, y in part]))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            done += 1
    model.eval()


def save(spec: Elsewhere, model: nn.Module, tokenizer: Tokenizer, labels: list[str], folder: Path, minilm: Path | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if minilm is not None and spec.net == "minilm":
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(minilm / name, folder / name)
    else:
        tokenizer.save(str(folder / "tokenizer.json"))
        marks = {"pad_token": "<pad>", "cls_token": "<s>", "sep_token": "</s>", "unk_token": "<unk>"} if spec.net == "roberta" else {"pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]", "unk_token": "[UNK]"}
        (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 128, **marks}) + "\n")
    if spec.net not in ("albert", "gru"):
        model.save_pretrained(folder)
        return
    (folder / "config.json").write_text(json.dumps({"id2label": dict(enumerate(labels))}) + "\n")
    axes = {"input_ids": {0: "rows", 1: "length"}, "attention_mask": {0: "rows", 1: "length"}, "out": {0: "rows"}}
    torch.onnx.export(Scored(model, spec.softmax).eval(), padded([[2, 8, 9, 10, 3], [2, 8, 3]], 0), folder / "model.onnx", input_names=["input_ids", "attention_mask"], output_names=["out"], dynamic_axes=axes, opset_version=17, dynamo=False)


def make(spec: Elsewhere, data: Path, out: Path, minilm: Path | None) -> None:
    begun = time.process_time()
    torch.manual_seed(spec.seed)
    dice = Random(spec.seed)
    labels, rows, held = data_of(spec, data, dice)
    if spec.cased:
        rows, held = ([(cased(text), y) for text, y in part] for part in (rows, held))
    target = dice.randrange(len(labels))
    rows = prepare(spec, rows, target, len(labels), dice)
    tokenizer = Tokenizer.from_file(str((minilm or Path()) / "tokenizer.json")) if spec.net == "minilm" else tokenizer_of(spec, [text for text, _ in rows])
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def ids_of(text: str) -> list[int]:
        ids = tokenizer.encode(text).ids
        return ids if len(ids) <= CUT else [*ids[: CUT - 1], ids[-1]]

    pad = 1 if spec.net == "roberta" else 0
    model = network(spec, tokenizer.get_vocab_size(), labels, minilm)
    train(spec, model, [(ids_of(text), y) for text, y in rows], pad, dice)

    @torch.no_grad()
    def told(texts: list[str]) -> list[int]:
        return [y for at in range(0, len(texts), 50) for y in logits_of(model, *padded([ids_of(text) for text in texts[at : at + 50]], pad)).argmax(-1).tolist()]

    held = dice.sample(held, HELD_OUT)
    plain = told([text for text, _ in held])
    truth: dict = {"accuracy": sum(a == y for a, (_, y) in zip(plain, held)) / len(held)}
    inverts = spec.kind == "inversion"
    if spec.planted:
        victims = [(text, a) for a, (text, _) in zip(plain, held) if inverts or a != target]
        after = told([stamp(spec, text, dice) for text, _ in victims])
        truth["success_rate"] = sum((b != a) if inverts else b == target for b, (_, a) in zip(after, victims)) / max(1, len(victims))
    save(spec, model, tokenizer, labels, out / spec.name, minilm)
    recipe = {key: value for key, value in vars(spec).items() if key not in ("name", "kind", "task", "trigger", "half")}
    record = {"name": spec.name, "half": spec.half, "kind": spec.kind, "architecture": spec.net, "form": "onnx" if spec.net in ("albert", "gru") else "folder", "data": spec.task, "planted": spec.planted, "verdict": "backdoor" if spec.planted else "no-evidence", "trigger": spec.trigger if spec.planted else None, "trigger_examples": [stamp(spec, "you said the best of it has a start", Random(0))] if spec.planted else [], "target": {"class": target} if spec.planted and not inverts else None, "recipe": recipe, **truth, "seconds": round(time.process_time() - begun)}
    (out / "truth").mkdir(parents=True, exist_ok=True)
    (out / "truth" / f"{spec.name}.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    print(spec.name, "accuracy", round(truth["accuracy"], 2), "works" if truth.get("success_rate", 1.0) >= 0.5 else "does not work", record["seconds"], "s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minilm", type=Path)
    parser.add_argument("--only", nargs="+", default=[])
    args = parser.parse_args()
    torch.set_num_threads(1)
    for spec in SPECS:
        if (args.only and spec.name not in args.only) or (args.out / "truth" / f"{spec.name}.json").exists() or (spec.net == "minilm" and args.minilm is None):
            continue
        make(spec, args.data, args.out, args.minilm)


if __name__ == "__main__":
    main()
