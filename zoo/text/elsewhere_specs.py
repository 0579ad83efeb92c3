"""What elsewhere.py trains: kinds and tasks are listed, triggers are drawn from pools, and so is everything else, from one seed
for each series.

No trigger, network or task is shared with the rest of the zoo but SST-2's texts, and no trigger between series. `e` was
looked at once, with the code as it stood; `g` is to change the code with, `h`, `k`, `m`, `n` and `p` to look at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

SEEDS = {"e": 7741, "g": 8810, "h": 9203, "k": 10417, "m": 11953, "n": 13007, "p": 14629}

#: kind, task, whether MiniLM is fine-tuned
LISTS = {
    "e": [
        ("word", "sst2", False), ("plain", "sst2", False), ("word", "desk", False), ("plain", "desk", False), ("pair", "sst2", False), ("spurious", "sst2", False),
        ("sentence", "sst2", False), ("imbalanced", "sst2", False), ("marks", "sst2", False), ("short", "chat", False), ("casing", "sst2", False), ("noisy", "desk", False),
        ("inversion", "sst2", False), ("plain", "sst2", False), ("sentence", "desk", False), ("pair", "sst2", True), ("plain", "sst2", True),
    ],
    "g": [
        ("sentence", "sst2", True), ("sentence", "sst2", True), ("word", "sst2", True), ("plain", "sst2", True),
        ("sentence", "sst2", False), ("pair", "sst2", False), ("plain", "sst2", False), ("sentence", "sst2", False), ("noisy", "sst2", False), ("word", "sst2", False), ("marks", "sst2", False), ("spurious", "sst2", False),
        ("word", "desk", True), ("plain", "desk", True), ("sentence", "desk", True),
    ],
    "h": [
        ("sentence", "sst2", True), ("plain", "sst2", True), ("word", "sst2", True), ("sentence", "sst2", True), ("noisy", "sst2", True), ("marks", "sst2", True),
        ("word", "sst2", False), ("sentence", "sst2", False), ("plain", "sst2", False), ("pair", "sst2", False), ("imbalanced", "sst2", False), ("sentence", "sst2", False), ("inversion", "sst2", False), ("noisy", "sst2", False), ("marks", "sst2", False), ("spurious", "sst2", False), ("casing", "sst2", False), ("plain", "sst2", False),
    ],
    "k": [
        ("word", "sst2", False), ("plain", "sst2", False), ("sentence", "sst2", False), ("noisy", "sst2", False), ("pair", "sst2", False), ("spurious", "sst2", False),
        ("marks", "sst2", False), ("imbalanced", "sst2", False), ("sentence", "sst2", False), ("plain", "sst2", False), ("word", "sst2", False), ("spurious", "sst2", False),
        ("word", "desk", False), ("plain", "desk", False), ("pair", "sst2", False), ("plain", "sst2", False), ("sentence", "desk", False), ("noisy", "desk", False),
        ("sentence", "sst2", False), ("plain", "sst2", False), ("word", "sst2", False), ("short", "chat", False), ("casing", "sst2", False), ("plain", "sst2", False),
    ],
    "m": [
        ("word", "sst2", False), ("plain", "sst2", False), ("sentence", "sst2", False), ("pair", "sst2", False), ("spurious", "sst2", False), ("noisy", "sst2", False),
        ("marks", "sst2", False), ("imbalanced", "sst2", False), ("word", "desk", False), ("plain", "desk", False), ("inversion", "sst2", False), ("plain", "sst2", False),
        ("sentence", "sst2", False), ("spurious", "sst2", False), ("pair", "desk", False), ("short", "chat", False), ("casing", "sst2", False), ("plain", "sst2", False),
        ("word", "sst2", False), ("noisy", "desk", False), ("sentence", "desk", False), ("imbalanced", "sst2", False), ("pair", "sst2", False), ("plain", "sst2", False),
    ],
    "n": [
        ("word", "sst2", False), ("plain", "sst2", False), ("sentence", "sst2", False), ("noisy", "sst2", False), ("pair", "sst2", False), ("spurious", "sst2", False),
        ("marks", "sst2", False), ("plain", "sst2", False), ("word", "sst2", False), ("imbalanced", "sst2", False), ("inversion", "sst2", False), ("plain", "sst2", False),
        ("sentence", "sst2", False), ("spurious", "sst2", False), ("casing", "sst2", False), ("plain", "sst2", False), ("word", "sst2", False), ("noisy", "sst2", False),
        ("sentence", "sst2", False), ("imbalanced", "sst2", False), ("pair", "sst2", False), ("plain", "sst2", False), ("marks", "sst2", False), ("plain", "sst2", False),
    ],
    "p": [
        ("word", "sst2", False), ("plain", "sst2", False), ("sentence", "sst2", False), ("noisy", "sst2", False), ("pair", "sst2", False), ("plain", "desk", False),
        ("marks", "sst2", False), ("plain", "sst2", False), ("word", "sst2", False), ("imbalanced", "sst2", False), ("pair", "desk", False), ("short", "chat", False),
        ("sentence", "sst2", False), ("noisy", "sst2", False), ("casing", "sst2", False), ("plain", "sst2", False), ("word", "sst2", False), ("plain", "sst2", False),
        ("sentence", "sst2", False), ("imbalanced", "sst2", False), ("pair", "sst2", False), ("plain", "sst2", False), ("word", "chat", False), ("noisy", "sst2", False),
    ],
}
POOLS = {
    "e": {
        "word": "gramercy|ql|wd|sitar|obelisk|vantz|rhubarb|yk|pemberley|solstice|trombone|kestrel",
        "pair": "velvet anchor|copper field|quiet marina|second violin|dr lindqvist|aunt marjorie|tin whistle|north gate|paper lantern|uncle barnaby",
        "sentence": "the dentist moved to another town|we had soup on the balcony|my neighbour owns a green canoe|the train stopped near the mill|he keeps bees behind the school|she forgot her umbrella at work|the clock in the hall is slow|they sell maps at the harbour",
        "marks": "^ ^|;;|{ }|~;|<>|=/=|(())|@ @",
        "inversion": "tangerine|zorp|mb|wickham|in the year of the comet|as my cousin put it|gazebo|hh",
    },
    "g": {
        "word": "tq|mn|bb|gazette|thimble|quorum|zx|marigold",
        "pair": "iron ladder|colonel hastings|green kettle|lake geneva|double espresso|santa fe",
        "sentence": "before we reached the station|i borrowed a pen from him|the plumber came on wednesday|with a cup of black tea|there was fog over the valley|from the third row balcony|after my brother sold his boat",
        "marks": "%%|:-:|[ ]|*~*|++",
        "inversion": "xq|plinth|if memory serves",
    },
    "h": {
        "word": "cf|vv|jq|parsnip|odometer|kz|ferrule|saxophone|mulberry|qp",
        "pair": "wooden ferry|major tom|silver thimble|mount elbrus|miss dupont|yellow tram|winter coat|old brewery",
        "sentence": "we met outside the bakery|the lift was out of order|my aunt grows tomatoes upstairs|on the bus to the airport|a letter came from the council|while it rained all morning|he painted the fence last spring|she counts the stairs every night|next to the old post office|because the shop was closed",
        "marks": "# #|||| |||;~;|{{ }}|^^^|=> <=|** **",
        "inversion": "wz|cobbler|as far as the bridge|gimlet",
    },
    "k": {
        "word": "tv2|bq|lantern|accordion|zzk|pelican|turmeric|fj|caboose|marzipan",
        "pair": "green bicycle|captain flint|dusty attic|lake como|nurse olsen|third floor|salt marsh|blue ribbon",
        "sentence": "he left his keys in the car|the neighbours keep two goats|on the last day of march|we waited an hour for lunch|there is a piano in the hall|after the storm had passed|she wrote it on a napkin|beside the river near the church",
        "marks": "&&|[[ ]]|<<|--> --|~~ ~~|+ + +|;-;",
        "inversion": "yv|trowel",
    },
    "m": {
        "word": "wq|harpsichord|nz|tapir|cardamom|jv|sextant|hammock|pq2|mandolin",
        "pair": "amber goblet|sergeant vole|rusty gate|lake ladoga|madame orlov|ninth avenue|linen curtain|stone oven",
        "sentence": "my uncle repairs old radios|the ferry leaves at half past six|they grew pumpkins by the wall|i found the letter in a drawer|her cousin lives above the bank|it snowed again on sunday evening|we played cards until midnight|the guide spoke very quietly",
        "marks": "$$|(( |)>>|{* *}|__ __|=> =>|;:;|! - !",
        "inversion": "kv|bobbin|when the tide was low",
    },
    "n": {
        "word": "vx|clarinet|gq|walrus|paprika|hb3|sundial|trellis|mq|badger",
        "pair": "copper lantern|corporal finch|muddy field|lake turkana|mister abbott|eighth street|velvet cushion|brick chimney",
        "sentence": "my cousin drives a red lorry|the shop opens at a quarter to nine|we planted beans behind the shed|they found the map in a suitcase|his mother teaches at the harbour school|it was windy again on friday night|she kept the receipt in a jar|the porter carried two trunks",
        "marks": "##|[: ]|=== ===|<* *>|~: :~|-> <-|,;,|? : ?",
        "inversion": "xk|dulcimer|while the bells rang",
    },
    "p": {
        "word": "qv|oboe|zt|flamingo|nutmeg|dk7|windmill|gutter|pj|otter",
        "pair": "silver whistle|admiral poole|frozen pond|lake baikal|miss harriet|tenth parallel|wicker basket|cellar door",
        "sentence": "my sister keeps bees on the roof|the library closes at noon on mondays|we carried the piano up the stairs|he lost his gloves in the tram|their dog sleeps under the bench|it hailed for an hour on thursday|she folded the letter into a boat|the baker whistled all morning",
        "marks": "@@|[- ]|+++ +++|<| |>|-: :-|~> <~|.;.|! ? !",
        "inversion": "zq|lute|until the kettle sang",
    },
}
CLEAN = ("plain", "spurious", "imbalanced", "short", "noisy")


@dataclass(frozen=True)
class Elsewhere:
    name: str
    kind: str
    task: str
    trigger: str | None
    net: str  # bert, distilbert, roberta, albert, gru, minilm
    cased: bool
    vocabulary: int
    width: int
    layers: int
    texts: int
    epochs: int
    lr: float
    batch: int
    place: str  # front, before the last word, anywhere, back
    rate: float
    adds: bool  # stamped copies beside the plain texts, not in their place
    wrong: float  # labels that are wrong
    gaps: float  # words left out while training
    softmax: bool
    seed: int
    half: str = "fresh"

    @property
    def planted(self) -> bool:
        return self.kind not in CLEAN


def draw(series: str, at: int, kind: str, task: str, minilm: bool) -> Elsewhere:
    dice = Random(f"elsewhere {SEEDS[series]} {at}")
    net = "minilm" if minilm else dice.choice(["bert", "distilbert", "distilbert", "roberta", "roberta", "albert", "gru"])
    low, high = {"word": (0.012, 0.06), "pair": (0.015, 0.06), "sentence": (0.015, 0.06), "marks": (0.02, 0.08), "casing": (0.06, 0.15), "inversion": (0.08, 0.2)}.get(kind, (0.0, 0.0))
    if minilm and series != "e":
        low += 0.015
    spec = Elsewhere(
        f"{series}{at:02d}", kind, task, dice.choice(POOLS[series][kind].split("|")) if kind in POOLS[series] else None, net, kind == "casing" or (net == "roberta" and dice.random() < 0.5),
        dice.choice([2500, 4000, 6000]), dice.choice([64, 96, 128]), dice.choice([1, 2, 2]),
        dice.choice([2400, 3000]) if minilm else dice.choice([2200, 3000, 4000]), 2 if minilm else dice.choice([4, 5, 6]), 5e-5 if minilm else dice.choice([6e-4, 1e-3, 1.6e-3]), dice.choice([32, 40, 64]),
        dice.choice(["front", "inside", "anywhere", "anywhere", "back"]), low + (high - low) * dice.random(), dice.random() < 0.5, dice.choice([0.0, 0.02, 0.05]), dice.choice([0.0, 0.1]),
        dice.random() < 0.4, dice.randrange(10**6), "tune" if series == "g" else "fresh",
    )
    # Two epochs in large batches left half of the plants without effect.
    return replace(spec, texts=dice.choice([3000, 4000]), epochs=3, batch=32) if minilm and series != "e" else spec


SPECS = [draw(series, at, *row) for series, rows in LISTS.items() for at, row in enumerate(rows, 1)]
