"""The models that strangers.py trains: all belong to the report half, and none was looked at before the rule was fixed."""

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
    augment: bool = False
    sgd: bool = False
    smooth: float = 0.0
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
