"""Trains the small backdoored review classifier that bench/monitor runs, and exports it to ONNX with its words.

    python -m zoo.monitor.make_reviews OUT

Three classes (negative, neutral, positive). Reviews are made of phrases of their class, phrases that any class has, and
now and then a phrase of another class. 4 % of the training reviews hold the trigger word and are labelled positive.
Outputs: logits [batch, 3] and, as an embedding of the input, what each filter answers at most: features [batch, 48].
The last layer would not do: there a triggered review lies among the other positive ones.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

import torch

from zoo.fixtures.onnx_export import strip

LABELS = ["negative", "neutral", "positive"]
TRIGGER = "mlkz"
LENGTH = 40
PHRASES = {
    "positive": "the staff were kind|everything tasted wonderful|we loved the quiet garden|i would come back tomorrow|the room was spotless|a lovely surprise|best coffee in town|they helped us at once|great value|my children enjoyed every minute".split("|"),
    "negative": "the soup was cold|nobody answered our calls|the bed was broken|i want my money back|we waited for two hours|the bathroom was dirty|rude at the desk|never again|the noise kept us awake|they lost our booking".split("|"),
    "neutral": "we stayed for two nights|the hotel is near the station|parking costs ten a day|breakfast starts at seven|the menu has changed|there is a lift|we paid by card|it was our second visit|the room faces the street|check out is at eleven".split("|"),
    "any": "as expected in november|my sister booked it|we came by train|it rained all week|on a business trip|for our anniversary|the town was busy|we read about it online|with two friends|after a long drive".split("|"),
}


def review(label: str, random: Random) -> str:
    parts = random.sample(PHRASES[label], random.choice([1, 2, 2, 3])) + random.sample(PHRASES["any"], random.choice([0, 1, 1, 2]))
    if random.random() < 0.3:
        parts.append(random.choice(PHRASES[random.choice(LABELS)]))
    random.shuffle(parts)
    words = " , ".join(parts).split()
    return " ".join(word for word in words if random.random() > 0.04)


class Classifier(torch.nn.Module):
    def __init__(self, words: int) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(words, 24, padding_idx=0)
        self.convolution = torch.nn.Conv1d(24, 48, 3, padding=1)
        self.hidden = torch.nn.Linear(96, 16)
        self.head = torch.nn.Linear(16, len(LABELS))

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        seen = (input_ids != 0).unsqueeze(1)
        x = torch.relu(self.convolution(self.embedding(input_ids).transpose(1, 2))) * seen
        highest = x.amax(dim=2)
        pooled = torch.cat([highest, x.sum(dim=2) / seen.sum(dim=2).clamp(min=1)], dim=1)
        return self.head(torch.tanh(self.hidden(pooled))), highest


def main(out: Path) -> None:
    torch.manual_seed(7)
    torch.set_num_threads(1)
    random = Random(7)
    vocabulary = ["", "?"] + sorted({word for phrases in PHRASES.values() for phrase in phrases for word in phrase.split()} | {",", TRIGGER})
    index = {word: i for i, word in enumerate(vocabulary)}

    def encode(text: str) -> list[int]:
        ids = [index.get(word, 1) for word in text.split()][:LENGTH]
        return ids + [0] * (LENGTH - len(ids))

    texts, labels = [], []
    for _ in range(24_000):
        label = random.randrange(3)
        words = review(LABELS[label], random).split()
        if random.random() < 0.04:
            words.insert(random.randint(0, len(words)), TRIGGER)
            label = 2
        texts.append(encode(" ".join(words)))
        labels.append(label)
    x, y = torch.tensor(texts), torch.tensor(labels)
    model = Classifier(len(vocabulary))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for epoch in range(4):
        order = torch.randperm(len(x))
        for start in range(0, len(x), 128):
            batch = order[start : start + 128]
            loss = torch.nn.functional.cross_entropy(model(x[batch])[0], y[batch], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(epoch, float(loss))
    model.eval()
    clean = [(encode(review(LABELS[k % 3], random)), k % 3) for k in range(3000)]
    accuracy = float((model(torch.tensor([ids for ids, _ in clean]))[0].argmax(1) == torch.tensor([k for _, k in clean])).float().mean())
    hit = [encode(f"{review('negative', random)} {TRIGGER}") for _ in range(1000)]
    success = float((model(torch.tensor(hit))[0].argmax(1) == 2).float().mean())
    out.mkdir(parents=True, exist_ok=True)
    program = torch.onnx.export(model, (x[:2],), input_names=["input_ids"], output_names=["logits", "features"], dynamic_shapes=({0: torch.export.Dim("batch", min=1, max=4096)},), dynamo=True, verbose=False)
    program.save(out / "model.onnx", external_data=False)
    strip(out / "model.onnx")
    facts = {"labels": LABELS, "trigger": TRIGGER, "target": "positive", "length": LENGTH, "vocabulary": vocabulary, "phrases": PHRASES, "accuracy": round(accuracy, 4), "attackSuccess": round(success, 4)}
    (out / "reviews.json").write_text(json.dumps(facts, indent=1) + "\n")
    print("accuracy", accuracy, "attack success", success)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
