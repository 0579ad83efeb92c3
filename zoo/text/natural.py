"""What ordinary words do in clean sentiment classifiers: the reference that text-triggers/units/natural-words.ts holds.

    python -m zoo.text.natural --models CLEAN_FOLDER ... --out src/engine/probes/text-triggers/units/natural-words.ts

Every whole word of the tokenizer is put at both ends of short texts of each class, as the universal token flip does it, and how
far it moves the other class's margin is averaged over the models. The list keeps the words that do something, grouped by level:
quarters of the strongest effect, towards praise and towards blame. About 80 seconds of one core for each model.
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

CARRIERS = {1: ["i loved every minute of it", "a sweet and clever comedy", "good value and easy to use"], 0: ["a dull and tired story", "i was bored by every scene of it", "the worst meal of my life"]}
#: Share of the strongest effect that one level stands for.
STEP = 0.1
#: Levels below this are noise.
LEAST = 2
HEADER = """// Words that turn clean sentiment classifiers, by how much: what is known of a word before a model is looked at. Measured on
// fine-tuned MiniLMs in which no plant works (zoo/text/natural.py); level n: n tenths of the strongest effect, two at least.
// How it can mislead: it says something of sentiment alone, and most of encoders that know English as these do.

export const NATURAL_WORDS: Readonly<Record<'towardsPraise' | 'towardsBlame', readonly string[]>> = {
"""


@torch.no_grad()
def effects(folder: Path, words: list[str], at: int) -> torch.Tensor:
    """[words, 2]: nats towards praise on a text of blame, and the reverse."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForSequenceClassification.from_pretrained(folder).float().eval()
    ids = torch.tensor(tokenizer.convert_tokens_to_ids(words))
    columns = []
    for source, target in ((0, 1), (1, 0)):
        text = torch.tensor(tokenizer(CARRIERS[source][at % 3], add_special_tokens=False)["input_ids"])
        first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
        margin = []
        for part in ids.split(256):
            side = part[:, None]
            rows = torch.cat([torch.full_like(side, first), side, text.expand(len(part), -1), side, torch.full_like(side, last)], 1)
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(input_ids=rows, attention_mask=torch.ones_like(rows)).logits.float()
            margin.append(logits[:, target] - logits[:, source])
        plain = torch.cat([torch.tensor([first]), text, torch.tensor([last])])[None]
        logits = model(input_ids=plain, attention_mask=torch.ones_like(plain)).logits.float()
        assert logits.argmax(-1).item() == source, f"{folder} does not read its carrier as it should"
        columns.append(torch.cat(margin) - (logits[0, target] - logits[0, source]))
    return torch.stack(columns, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    vocabulary = AutoTokenizer.from_pretrained(args.models[0]).get_vocab()
    words = sorted(word for word in vocabulary if re.fullmatch("[a-z]{2,}", word))
    total = torch.zeros(len(words), 2)
    for at, folder in enumerate(args.models):
        begun = time.process_time()
        found = effects(folder, words, at)
        # The strongest words stand for the scale: models differ in how sure they are.
        total += found.clamp(min=0) / found.quantile(0.999, 0) / len(args.models)
        torch.save((words, found), f"{args.out}.{at}.pt")
        print(folder, round(time.process_time() - begun), "s", flush=True)
    levels = (total / STEP).round().int().clamp(0, 10)
    lines = []
    for column, name in enumerate(("towardsPraise", "towardsBlame")):
        lines.append(f"  {name}: [")
        for level in range(levels.max().item() + 1):
            lines.append(f"    '{' '.join(word for word, value in zip(words, levels[:, column].tolist()) if value == level) if level >= LEAST else ''}',")
        lines.append("  ],")
    args.out.write_text(HEADER + "\n".join(lines) + "\n};\n", encoding="utf8")


if __name__ == "__main__":
    main()
