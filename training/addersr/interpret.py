"""Runs an exported graph by ONNX's own definitions, sharing no code with its making.

Slow, for checking exports: `Adder2d` is evaluated term by term in integers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import Tensor


def adder2d(inputs: list[Tensor | None], attributes: dict) -> Tensor:
    """clearcut.Adder2d, kernels/README.md: codes [N,H,W,Cin] -> [N,Ho,Wo,Cout]."""
    x, w, scale, bias, residual, slope = (inputs + [None] * 6)[:6]
    top, left, bottom, right = attributes.get('pads', [0, 0, 0, 0])
    stride_y, stride_x = attributes.get('strides', [1, 1])
    x = F.pad(x.int(), (0, 0, left, right, top, bottom), value=attributes.get('pad_code', 0))
    kh, kw = w.shape[1:3]
    windows = x.unfold(1, kh, stride_y).unfold(2, kw, stride_x)  # [N,Ho,Wo,Cin,kh,kw]
    w = w.int().permute(0, 3, 1, 2)  # [Cout,Cin,kh,kw]
    sums = torch.stack([(windows - filter_).abs().sum((3, 4, 5)) for filter_ in w], -1)
    t = sums.float() * scale
    t = t + bias
    if residual is not None:
        t = t + residual.float() * torch.tensor(attributes.get('residual_scale', 1.0))
    activation = attributes.get('activation', b'none').decode()
    if activation == 'relu':
        t = t.clamp(min=0)
    elif activation == 'prelu':
        t = torch.where(t < 0, t * slope, t)
    power = attributes.get('power', 1.0)
    if power != 1:
        t = torch.tensor(attributes.get('power_gain', 1.0)) * t.sign() * t.abs() ** power
    if attributes.get('to', 2) == 1:
        return t
    return (torch.round(t) + attributes.get('y_zero_point', 0)).clamp(0, 255).to(torch.uint8)


def conv(inputs: list[Tensor], attributes: dict) -> Tensor:
    top, left, bottom, right = attributes.get('pads', [0, 0, 0, 0])
    return F.conv2d(F.pad(inputs[0], (left, right, top, bottom)), *inputs[1:])


def pad(inputs: list[Tensor], attributes: dict) -> Tensor:
    if attributes['mode'] != b'edge':
        raise ValueError('only edge padding is used')
    _, _, top, left, _, _, bottom, right = inputs[1].tolist()
    return F.pad(inputs[0], (left, right, top, bottom), mode='replicate')


def quantize_linear(inputs: list[Tensor], _: dict) -> Tensor:
    x, step, zero = inputs
    return (torch.round(x / step) + zero.float()).clamp(0, 255).to(torch.uint8)


def dequantize_linear(inputs: list[Tensor], _: dict) -> Tensor:
    codes, step, zero = inputs
    return (codes.int() - zero.int()).float() * step


def depth_to_space(inputs: list[Tensor], attributes: dict) -> Tensor:
    if attributes['mode'] != b'CRD':
        raise ValueError('only CRD order is used')
    return F.pixel_shuffle(inputs[0], attributes['blocksize'])


OPERATORS: dict[str, Callable[[list, dict], Tensor]] = {
    'Add': lambda inputs, _: inputs[0] + inputs[1],
    'Adder2d': adder2d,
    'Conv': conv,
    'DepthToSpace': depth_to_space,
    'DequantizeLinear': dequantize_linear,
    'Pad': pad,
    'QuantizeLinear': quantize_linear,
    'Relu': lambda inputs, _: F.relu(inputs[0]),
    'Transpose': lambda inputs, attributes: inputs[0].permute(attributes['perm']),
}


@torch.no_grad()
def run(model: onnx.ModelProto, y: Tensor) -> Tensor:
    """The graph's only output for its only input."""
    values = {
        constant.name: torch.from_numpy(np.array(numpy_helper.to_array(constant)))
        for constant in model.graph.initializer
    }
    values[model.graph.input[0].name] = y
    for node in model.graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        inputs = [values[name] if name else None for name in node.input]
        values[node.output[0]] = OPERATORS[node.op_type](inputs, attributes)
    return values[model.graph.output[0].name]
