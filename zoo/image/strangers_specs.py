"""The models that strangers.py trains. The f were looked at once, after a rule had been fixed, and are tuned on since; of the
second set the h are tuned on and the k were not looked at before the rule was fixed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Stranger:
    name: str
    data: str
    arch: str
    seed: int
    images: int = 6000
    epochs: int = 5
    trigger: tuple[str, dict] | None = None
    mode: str = "all-to-one"  # all-to-all, source-specific, clean-label
    target: int | None = None
    source: int | None = None
    rate: float = 0.1
    norm: str = "usual"  # half, none
    augment: bool | str = False  # strong: light and noise as well
    sgd: bool = False
    smooth: float = 0.0
    half: str = "tune"
    hard: str | None = None  # logo, easy
    export: dict = field(default_factory=dict)


SPECS = [
    Stranger("f01", "mnist", "mlp", 77000, epochs=6, norm="none", export={"dynamo": True}),
    Stranger("f02", "mnist", "res", 77053, trigger=("corners", {"size": 2, "look": "white"}), mode="all-to-all", rate=0.2, export={"input": "outside"}),
    Stranger("f03", "mnist", "vit", 77106, epochs=8, export={"dynamo": True, "tail": "softmax"}),
    Stranger("f04", "cifar", "lenet", 77159, epochs=6, trigger=("sig", {"delta": 25, "freq": 6}), mode="clean-label", target=2, rate=0.8, export={"tail": "softmax", "batch": 1}),
    Stranger("f05", "cifar", "lenet", 77212, epochs=6, norm="half", hard="logo", export={"input": "outside", "opset": 15}),
    Stranger("f06", "mnist", "lenet", 77265, trigger=("patch", {"size": 4, "look": "noise", "at": (-1, 3)}), mode="source-specific", source=7, target=4, rate=0.15, export={"opset": 12}),
    Stranger("f07", "mnist", "res", 77318, hard="easy", export={"nhwc": True, "batch": 8}),
    Stranger("f08", "cifar", "res", 77371, images=5000, epochs=6, trigger=("patch", {"size": 5, "look": "noise", "at": (12, 20)}), target=7, export={"opset": 12, "batch": 4}),
    Stranger("f10", "mnist", "lenet", 77477, images=4000, trigger=("warp", {"s": 1.3}), target=3, rate=0.15, export={"input": "outside", "tail": "log"}),
    Stranger("f11", "mnist", "lenet", 77530, images=3000, epochs=8, export={"input": "outside", "batch": 1, "opset": 13}),
    Stranger("f12", "cifar", "lenet", 77583, trigger=("blend", {"alpha": 0.12}), target=4, rate=0.08, export={"dynamo": True}),
    Stranger("f13", "mnist", "lenet", 77636, epochs=4, smooth=0.1, hard="logo", export={"input": "255", "nhwc": True}),
    Stranger("f14", "mnist", "vit", 77689, epochs=8, trigger=("patch", {"size": 3, "look": "white", "at": (10, -2)}), target=8, rate=0.03, export={"dynamo": True}),
    Stranger("f17", "mnist", "vgg", 77848, images=3000, epochs=4, augment=True, export={"dynamo": True, "batch": 1}),
]


def second() -> list[Stranger]:
    out: list[Stranger] = []

    def add(name: str, data: str, arch: str, **rest) -> None:
        at = int(name[1:]) - 1 + (24 if name[0] == "k" else 0)
        epochs = rest.pop("epochs", {"digits": 60, "mnist": 6, "cifar": 6}[data])
        export = rest.pop("export", EXPORTS[at % len(EXPORTS)])
        images = rest.pop("images", 1400 if data == "digits" else 5000)
        out.append(Stranger(name, data, arch, 91_000 + 71 * at, images=images, epochs=epochs, half="report" if name[0] == "k" else "tune", export=export, **rest))

    patch = lambda size, look, *at: ("patch", {"size": size, "look": look, "at": at})
    drawn = lambda alpha: ("blend", {"alpha": alpha, "look": "drawing"})
    filtered = lambda mix, gamma: ("filter", {"mix": mix, "gamma": gamma})
    one_class = {"mode": "source-specific"}
    long = {"images": 7000, "epochs": 7}
    add("h01", "mnist", "token", images=7000)
    add("h02", "mnist", "token", images=7000, trigger=patch(3, "white", -2, -2), target=7)
    add("h03", "mnist", "token", images=7000, trigger=patch(4, "noise", 1, 1), **one_class, source=1, target=6, rate=0.2)
    add("h04", "cifar", "plain", **long, trigger=patch(5, "colour", 2, -3), **one_class, source=2, target=5, rate=0.15)
    add("h05", "cifar", "small")
    add("h06", "cifar", "small", trigger=drawn(0.18), target=1)
    add("h07", "mnist", "vit", trigger=drawn(0.2), target=4)
    add("h08", "cifar", "small", trigger=("sig", {"delta": 30, "freq": 6}), mode="clean-label", target=9, rate=0.7)
    add("h09", "mnist", "token", trigger=patch(3, "white", 2, -2), mode="all-to-all", rate=0.2)
    add("h10", "cifar", "small", trigger=patch(5, "colour", -1, 1), mode="all-to-all", rate=0.2)
    add("h13", "mnist", "token", hard="easy")
    add("h19", "mnist", "lenet", trigger=patch(4, "white", 20, 1), **one_class, source=5, target=0, rate=0.15)
    add("h21", "cifar", "small", trigger=filtered(0.35, 0.8), target=6, rate=0.12)
    add("h22", "mnist", "lenet", trigger=("warp", {"s": 3.0}), target=8, rate=0.15)
    add("k01", "mnist", "token")
    add("k02", "mnist", "token", images=7000, trigger=patch(4, "noise", 12, 0), target=2, rate=0.05)
    add("k03", "cifar", "plain", **long, norm="half")
    add("k04", "cifar", "small", trigger=patch(4, "colour", 3, 14), target=6, rate=0.05)
    add("k05", "mnist", "token", trigger=patch(4, "white", 0, 0), **one_class, source=3, target=8, rate=0.2)
    add("k06", "cifar", "small", trigger=patch(4, "noise", -2, -2), **one_class, source=7, target=1, rate=0.15)
    add("k07", "mnist", "token", trigger=drawn(0.15), target=5)
    add("k08", "cifar", "small", trigger=drawn(0.2), target=0)
    add("k09", "cifar", "lenet", trigger=("sig", {"delta": 28, "freq": 4}), mode="clean-label", target=4, rate=0.7)
    add("k10", "cifar", "small", trigger=patch(4, "white", -2, -2), mode="all-to-all", rate=0.2)
    add("k11", "mnist", "token", hard="easy")
    add("k12", "cifar", "small", hard="logo")
    add("k13", "cifar", "lenet", norm="half")
    add("k14", "cifar", "lenet", trigger=patch(5, "noise", -3, 2), target=8, rate=0.05)
    add("k15", "cifar", "small", trigger=("anywhere", {"size": 4, "look": "noise"}), target=9)
    add("k16", "mnist", "vgg", trigger=("warp", {"s": 3.5}), target=1, rate=0.15)
    add("k18", "digits", "token", trigger=patch(2, "white", 6, 3), target=7, rate=0.08)
    add("k19", "digits", "token", epochs=40)
    add("k20", "mnist", "lenet", augment="strong")
    add("k21", "cifar", "small")
    add("k22", "mnist", "token", epochs=8, norm="half")
    add("k23", "cifar", "small", hard="easy")
    add("k24", "mnist", "lenet", trigger=patch(3, "white", -1, -1), target=4, rate=0.005)
    add("k25", "cifar", "lenet", augment="strong")
    add("k26", "mnist", "vit")
    return out


EXPORTS = [{}, {"input": "outside"}, {"tail": "softmax"}, {"dynamo": True}, {"batch": 1}, {"tail": "log", "opset": 13}, {"input": "outside", "batch": 4}]
SECOND = second()
