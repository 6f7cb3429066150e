"""Writes tests/fixtures/adder2d-published.json: one layer of the published form, from PyTorch.

    python3 -m addersr.fixtures

Adder, batch norm, shortcut, ReLU and a power activation other than 1 in one `Adder2d` node, at an
odd size, so that other versions of the operator can be held against PyTorch's arithmetic.
"""

from __future__ import annotations

import base64
import json

import numpy as np
import torch

from . import interpret, quantize, train
from .model import AdderSR, ModelConfig

TARGET = train.TRAINING.parent / 'tests' / 'fixtures' / 'adder2d-published.json'


def published_layer() -> tuple[quantize.AdderNode, torch.Tensor]:
    """The second layer of a small net of the published form, and input codes [1,16,7,9]."""
    torch.manual_seed(7)
    model = AdderSR(ModelConfig(width=16, blocks=1, form='published', power=True, exact=True))
    first, second = model.blocks[0].layers
    for layer in (first, second):
        layer.norm.weight.data.uniform_(0.2, 0.6)
        layer.norm.bias.data.uniform_(-0.2, 0.2)
    for power, alpha in zip(model.blocks[0].powers, (0.8, 1.3)):
        power.alpha.data.fill_(alpha)
    y = torch.rand(8, 1, 24, 24)
    model.train()
    with torch.no_grad():
        for _ in range(50):
            model(y)
    model.eval()
    net = quantize.quantize(model, y)
    tensors = [net.grid_in.encode(torch.relu(model.head(torch.rand(1, 1, 7, 9)))).detach()]
    return net.nodes[1], net.nodes[0].run(tensors)


def main() -> None:
    node, codes = published_layer()
    attributes = {
        'pads': [1, 1, 1, 1],
        'strides': [1, 1],
        'pad_code': node.grid_in.zero,
        'residual_scale': float(node.residual_scale),
        'activation': node.activation,
        'power': float(np.float32(node.power)),
        'power_gain': float(np.float32(node.power_gain)),
        'y_zero_point': node.grid_out.zero,
        'to': 2,
    }
    x = codes.permute(0, 2, 3, 1).contiguous().to(torch.uint8)
    tensors = [x, *map(torch.from_numpy, (node.weight, node.scale, node.bias)), x, None]
    y = interpret.adder2d(tensors, attributes | {'activation': node.activation.encode()})
    simulated = node.run([None, codes]).permute(0, 2, 3, 1)
    if not torch.equal(y.float(), simulated):
        raise ValueError('the two simulations of the layer differ')

    def tensor(values: np.ndarray) -> dict:
        raw = np.ascontiguousarray(values)
        return {
            'type': str(raw.dtype),
            'shape': list(raw.shape),
            'data': base64.b64encode(raw.tobytes()).decode(),
        }

    TARGET.parent.mkdir(parents=True, exist_ok=True)
    case = {
        'about': 'clearcut.Adder2d: adder, batch norm, shortcut, ReLU, power; base64, little endian',
        'attributes': attributes,
        'x': tensor(x.numpy()),
        'w': tensor(node.weight),
        'scale': tensor(node.scale),
        'bias': tensor(node.bias),
        'residual': tensor(x.numpy()),
        'y': tensor(y.contiguous().numpy()),
    }
    TARGET.write_text(json.dumps(case, indent=2) + '\n')
    print(f'{TARGET}: {TARGET.stat().st_size} bytes, {len(y.unique())} different codes')


if __name__ == '__main__':
    main()
