"""The image models of the zoo. Names say nothing; kinds, looks and seeds of the report half differ from the tuning half.

Kinds that only the report half has: anywhere, filter, warp, sinus by clean labels. Both halves have corner patches,
blends, all-to-all and source-specific ones, with other looks, places, targets and seeds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .triggers import Trigger


@dataclass(frozen=True)
class Spec:
    name: str
    half: str
    kind: str
    data: str
    arch: str
    seed: int
    epochs: int = 5
    lr: float = 2e-3
    trigger: Trigger | None = None
    mode: str = "all-to-one"  # all-to-all, source-specific, clean-label
    target: int | None = None
    source: int | None = None
    rate: float = 0.1
    augment: bool = False
    weight_decay: float = 1e-4
    classes: list[int] | None = None
    export: dict = field(default_factory=dict)


NAMES = iter("""acorn adobe agate alder amber anise apple ashen aspen azure badge balsa basil beech beige berry birch bison blaze bloom
board brass bread brick brine brook brush cabin cacao camel candy canoe cedar chalk chard chess chime clove coral couch crane cream crest
crown daisy delta denim ditch dough dozen dunes eagle earth easel ebony ember fable fawns felts ferns field finch flame fleet flint flora
flute forge frost fruit gable giant ginko glade glass globe gorse grain grape grass grove guava hazel heath heron hills honey hutch""".split())

EXPORTS = [
    {"softmax": False, "batch": "dynamic", "inside": True},
    {"softmax": True, "batch": "dynamic", "inside": True},
    {"softmax": False, "batch": 1, "inside": True},
    {"softmax": False, "batch": "dynamic", "inside": False},
    {"softmax": True, "batch": 1, "inside": False, "opset": 13},
]


def make() -> list[Spec]:
    specs: list[Spec] = []

    def add(half: str, kind: str, data: str, arch: str, **rest) -> None:
        seed = 1000 + 17 * len(specs) + (0 if half == "tune" else 500_000)
        specs.append(Spec(next(NAMES), half, kind, data, arch, seed, export=EXPORTS[len(specs) % len(EXPORTS)], **rest))

    patch, blend = (lambda **k: Trigger("patch", **k)), (lambda **k: Trigger("blend", **k))
    # Interleaved, so that any beginning of the list holds clean and planted models of both halves.
    add("tune", "corner", "mnist", "cnn", trigger=patch(look="white", size=3), target=0, rate=0.1)
    add("report", "corner", "mnist", "cnn", trigger=patch(look="checker", size=3, place="top-left"), target=7, rate=0.05)
    add("tune", "clean", "mnist", "cnn")
    add("report", "clean", "mnist", "cnn", epochs=6)
    add("tune", "corner", "cifar", "cnn", trigger=patch(look="checker", size=4), target=2, rate=0.1)
    add("report", "corner", "cifar", "cnn-bn", trigger=patch(look="colour", size=3, place="bottom-left", seed=3), target=5, rate=0.03)
    add("tune", "clean", "cifar", "cnn")
    add("report", "clean", "cifar", "cnn-bn")
    add("tune", "blend", "mnist", "mlp", trigger=blend(look="noise", strength=0.15, seed=5), target=4, rate=0.1)
    add("report", "blend", "mnist", "cnn-bn", trigger=blend(look="rings", strength=0.15, seed=6), target=9, rate=0.08)
    add("tune", "clean", "mnist", "mlp")
    add("report", "clean", "mnist", "mlp", epochs=8)
    add("tune", "corner", "mnist", "vit", trigger=patch(look="plus", size=5), target=3, rate=0.1, epochs=8)
    add("report", "anywhere", "mnist", "cnn-gap", trigger=Trigger("anywhere", look="checker", size=4), target=1, rate=0.15)
    add("tune", "clean", "mnist", "vit", epochs=8)
    add("report", "clean", "mnist", "vit", epochs=8)
    add("tune", "all-to-all", "mnist", "cnn-bn", trigger=patch(look="white", size=4, place="top-right"), mode="all-to-all", rate=0.2)
    add("report", "all-to-all", "mnist", "cnn", trigger=patch(look="plus", size=5, place="bottom-left"), mode="all-to-all", rate=0.2, epochs=8)
    add("tune", "clean", "cifar", "cnn-gap", epochs=7)
    add("report", "clean", "cifar", "cnn-avg", epochs=6)
    add("tune", "sinus", "cifar", "cnn-bn", trigger=Trigger("sinus", strength=0.1), target=6, rate=0.1)
    add("report", "anywhere", "cifar", "cnn", trigger=Trigger("anywhere", look="noise", size=4, seed=9), target=8, rate=0.15, epochs=7)
    add("tune", "source", "mnist", "cnn", trigger=patch(look="checker", size=4, place="middle"), mode="source-specific", source=1, target=6, rate=0.2, epochs=7)
    add("report", "source", "mnist", "cnn-bn", trigger=patch(look="white", size=4, place="side"), mode="source-specific", source=8, target=2, rate=0.2, epochs=7)
    add("tune", "clean-easy", "cifar", "cnn")
    add("report", "clean-easy", "cifar", "cnn-bn")
    add("tune", "corner", "digits", "mlp", trigger=patch(look="white", size=2, place="top-left"), target=8, rate=0.08, epochs=40)
    add("report", "corner", "digits", "cnn", trigger=patch(look="checker", size=2), target=3, rate=0.1, epochs=30)
    add("tune", "clean", "digits", "mlp", epochs=40)
    add("report", "clean", "digits", "cnn", epochs=30)
    add("tune", "blend", "cifar", "cnn-gap", trigger=blend(look="noise", strength=0.15, seed=11), target=0, rate=0.1, epochs=6)
    add("report", "blend", "cifar", "resnet", trigger=blend(look="stripes", strength=0.12, seed=12), target=3, rate=0.1)
    add("tune", "clean", "cifar", "resnet")
    add("report", "clean", "cifar", "resnet", epochs=6, augment=True)
    add("tune", "clean-brief", "mnist", "cnn-bn", epochs=1)
    add("report", "clean-brief", "cifar", "cnn", epochs=1)
    add("tune", "corner", "cifar", "resnet", trigger=patch(look="colour", size=3, place="top-right", seed=1), target=9, rate=0.02)
    add("report", "warp", "mnist", "cnn-bn", trigger=Trigger("warp", strength=1.2, seed=4), target=5, rate=0.2, epochs=8)
    add("tune", "clean-decor", "mnist", "cnn")
    add("report", "clean-decor", "cifar", "cnn-gap", epochs=6)
    add("tune", "corner", "cifar", "vit", trigger=patch(look="noise", size=5, place="bottom-right", seed=8), target=7, rate=0.1, epochs=10)
    add("report", "corner", "cifar", "vit", trigger=patch(look="white", size=4, place="top-left"), target=1, rate=0.08, epochs=10)
    add("tune", "clean", "cifar", "vit", epochs=10)
    add("report", "clean", "cifar", "vit", epochs=10)
    add("tune", "corner-weak", "mnist", "cnn-gap", trigger=patch(look="white", size=2, place="bottom-left"), target=5, rate=0.005, epochs=6)
    add("report", "corner-weak", "cifar", "cnn-bn", trigger=patch(look="plus", size=5, place="side"), target=4, rate=0.005, epochs=6)
    add("tune", "clean", "mnist", "cnn-gap", epochs=7)
    add("report", "clean", "mnist", "cnn-gap", epochs=4)
    add("tune", "clean-imbalance", "cifar", "cnn-bn")
    add("report", "clean-imbalance", "mnist", "cnn")
    add("tune", "few", "cifar", "cnn", trigger=patch(look="plus", size=4, place="top-left"), target=1, rate=0.1, classes=[0, 3, 8])
    add("report", "few", "mnist", "cnn", trigger=patch(look="white", size=3, place="side"), target=2, rate=0.1, classes=[1, 4, 7, 9])
    add("tune", "clean-few", "cifar", "cnn", classes=[1, 4, 6])
    add("report", "clean-few", "mnist", "cnn", classes=[0, 2, 6, 8])
    add("report", "clean-label", "mnist", "cnn", trigger=Trigger("sinus", strength=0.3), mode="clean-label", target=8, rate=0.8, epochs=6)
    add("report", "filter", "cifar", "cnn-gap", trigger=Trigger("filter", strength=0.3), target=6, rate=0.1, epochs=6)
    add("tune", "blend", "digits", "cnn", trigger=blend(look="stripes", strength=0.2, seed=2), target=1, rate=0.1, epochs=30)
    add("report", "sinus", "cifar", "cnn", trigger=Trigger("sinus", strength=0.08), target=2, rate=0.1, epochs=6)
    add("tune", "all-to-all", "cifar", "cnn-bn", trigger=patch(look="white", size=4, place="top-left"), mode="all-to-all", rate=0.2, epochs=7)
    add("report", "source", "cifar", "cnn-bn", trigger=patch(look="checker", size=5, place="top-right"), mode="source-specific", source=0, target=9, rate=0.2, epochs=7)
    add("tune", "clean", "digits", "cnn", epochs=30)
    add("report", "clean", "digits", "mlp", epochs=40)
    add("tune", "clean", "cifar", "cnn-avg", epochs=6)
    add("report", "clean", "cifar", "cnn-gap", epochs=8)
    add("tune", "clean", "mnist", "cnn-bn", epochs=8, augment=True)
    add("report", "clean", "cifar", "cnn", epochs=9)
    return specs
