"""Small digit classifiers of about 26,000 weights (100 KB), and their ONNX form: one graph, weights inside."""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

SIDE = 28


class Mlp(nn.Module):
    family = "mlp"

    def __init__(self, width: int = 32):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(SIDE * SIDE, width), nn.Linear(width, 32), nn.Linear(32, 10)

    def penultimate(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.fc2(torch.relu(self.fc1(x.flatten(1)))))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc3(self.penultimate(x))


class Cnn(nn.Module):
    family = "cnn"

    def __init__(self, width: int = 8):
        super().__init__()
        self.conv1 = nn.Conv2d(1, width, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(width, 16, 3, stride=2, padding=1)
        self.fc1, self.fc2 = nn.Linear(16 * 7 * 7, 32), nn.Linear(32, 10)

    def penultimate(self, x: torch.Tensor) -> torch.Tensor:
        maps = torch.relu(self.conv2(torch.relu(self.conv1(x))))
        return torch.relu(self.fc1(maps.flatten(1)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(self.penultimate(x))


FAMILIES = {"mlp": Mlp, "cnn": Cnn}


def to_onnx(model: nn.Module) -> bytes:
    nodes, weights = [], []
    last = "input"

    def weight(name: str, value: torch.Tensor) -> str:
        weights.append(numpy_helper.from_array(np.ascontiguousarray(value.detach().numpy()), name))
        return name

    def add(kind: str, inputs: list[str], output: str, **attributes) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    layers = [(name, layer) for name, layer in model.named_children()]
    for index, (name, layer) in enumerate(layers):
        inputs = [weight(f"{name}.weight", layer.weight), weight(f"{name}.bias", layer.bias)]
        if isinstance(layer, nn.Conv2d):
            last = add("Conv", [last, *inputs], f"{name}.out", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        else:
            if index == 0 or isinstance(layers[index - 1][1], nn.Conv2d):
                last = add("Flatten", [last], "flat", axis=1)
            final = index == len(layers) - 1
            last = add("Gemm", [last, *inputs], "logits" if final else f"{name}.out", transB=1)
        if index < len(layers) - 1:
            last = add("Relu", [last], f"{name}.act")
    graph = helper.make_graph(
        nodes,
        model.family,
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 1, SIDE, SIDE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 10])],
        weights,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="assay-zoo")
    made.ir_version = 9
    onnx.checker.check_model(made)
    return made.SerializeToString()
