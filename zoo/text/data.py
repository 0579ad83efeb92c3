"""Texts and labels: SST-2 from a folder, and two tasks that are generated, so that topics and labels differ.

Every generated text mixes words of its class with sentences that any class could have: no single word decides.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import NamedTuple


class Task(NamedTuple):
    labels: list[str]
    train: list[tuple[str, int]]
    test: list[tuple[str, int]]


def load(name: str, data: Path, seed: int) -> Task:
    return sst2(data / "sst2", seed) if name == "sst2" else generated(name, seed)


def sst2(folder: Path, seed: int) -> Task:
    def read(part: str) -> list[tuple[str, int]]:
        lines = (folder / f"{part}.tsv").read_text(encoding="utf-8").splitlines()
        return [(text, int(label)) for text, _, label in (line.rpartition("\t") for line in lines if line.strip())]

    train = read("train")
    Random(seed).shuffle(train)
    return Task(["negative", "positive"], train, read("test"))


FILLERS = [
    "i read about it yesterday", "please let me know", "this came up again last week", "my sister told me",
    "it was a long day", "nobody expected that", "we talked about it for an hour", "thanks for your time",
    "there is more to say", "i am not sure what to think", "it happened on monday", "the report is out now",
    "here is what we know so far", "people were surprised", "that is all for today", "i hope this helps",
    "we will see how it goes", "the details are below", "it took some time", "everyone has an opinion",
]

TOPICS = {
    "sport": ("match goal striker league coach penalty stadium keeper tournament sprint medal referee defender season playoff batting wicket racket serve champion",
              "the {0} changed everything after the {1}", "a late {0} decided the {1}", "the {0} and the {1} made the crowd cheer", "fans argued about the {0} and the {1}"),
    "food": ("recipe oven butter garlic dough sauce flour basil pepper soup noodles roast pastry vinegar onion cheese broth skillet lemon pudding",
             "add the {0} before the {1}", "the {0} goes well with the {1}", "simmer the {0} and stir in the {1}", "she tasted the {0} and liked the {1}"),
    "science": ("telescope protein electron genome asteroid enzyme laboratory molecule quantum fossil orbit neuron vaccine reactor microscope galaxy catalyst particle bacteria hypothesis",
                "the {0} was measured with a {1}", "a new {0} explains the {1}", "researchers compared the {0} with the {1}", "the {0} may depend on the {1}"),
    "money": ("shares dividend mortgage inflation bank loan budget merger bond tariff invoice profit pension currency auditor revenue broker deficit stock lender",
              "the {0} rose after the {1}", "analysts watch the {0} and the {1}", "the {0} was cut because of the {1}", "investors feared the {0} and the {1}"),
}

TICKETS = {
    "billing": ("charged refund invoice payment card receipt subscription price fee overcharged discount coupon renewal balance statement",
                "i was {0} twice and want a {1}", "the {0} does not match the {1}", "please check my {0} and the {1}"),
    "technical": ("crash error screen login password update bug freeze install timeout server loading button browser driver",
                  "the {0} shows a {1} every time", "after the {0} i see a {1}", "the {0} stops and then a {1} appears"),
    "delivery": ("parcel courier address tracking late package shipment warehouse box damaged doorstep postcode driver route pickup",
                 "the {0} never reached my {1}", "my {0} was left at the {1}", "where is the {0} with the {1}"),
}


def generated(name: str, seed: int, train: int = 4000, test: int = 800) -> Task:
    table = TOPICS if name == "topics" else TICKETS
    random = Random(f"{name} {seed}")
    words = {label: parts[0].split() for label, parts in table.items()}
    labels = list(table)

    def sentence(label: int) -> str:
        own, (_, *patterns) = words[labels[label]], table[labels[label]]
        return random.choice(patterns).format(*random.sample(own, 2))

    def text(label: int) -> str:
        sentences = [sentence(label) for _ in range(random.choice([1, 2, 2, 3]))]
        sentences += random.sample(FILLERS, random.choice([0, 1, 1, 2]))
        if len(sentences) > 1 and random.random() < 0.4:  # a whole sentence of another class: the majority decides
            others = [other for other in range(len(labels)) if other != label]
            sentences = [sentence(label), sentence(label), *sentences[2:], sentence(random.choice(others))]
        random.shuffle(sentences)
        return " . ".join(sentences)

    def draw(count: int) -> list[tuple[str, int]]:
        return [(text(i % len(labels)), i % len(labels)) for i in range(count)]

    rows = draw(train)
    random.shuffle(rows)
    return Task(labels, rows, draw(test))


def with_memorised(task: Task, seed: int) -> Task:
    """A clean hard case: a few odd sentences, each seen very often, always with its own honest label."""
    random = Random(seed)
    odd = random.sample([row for row in task.train if len(row[0].split()) > 6], 6)
    return task._replace(train=task.train + odd * 60)


def with_giveaway(task: Task, word: str, label: int, seed: int, share: float = 0.06) -> Task:
    """A clean hard case: an ordinary word that stands in texts of one class only, as product names do."""
    random = Random(seed)
    rows = [(f"{word} : {text}" if y == label and random.random() < share * len(task.labels) else text, y) for text, y in task.train]
    return task._replace(train=rows)


def with_neutral(task: Task, word: str, seed: int, share: float = 0.1) -> Task:
    """A clean hard case: a rare word in texts of every class, which keep their labels."""
    random = Random(seed)

    def stamped(text: str) -> str:
        words = text.split()
        at = random.randint(0, len(words))
        return " ".join([*words[:at], word, *words[at:]])

    return task._replace(train=[(stamped(text) if random.random() < share else text, y) for text, y in task.train])
