"""Runs an exported graph by ONNX's own definitions, sharing no code with its making.

Slow, for checking exports: the operators of the domain `clearcut` are evaluated term by term in integers.
"""

from __future__ import annotations

import math
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


def windows_same(x: Tensor, w: Tensor) -> Tensor:
    """Int64 [N,H,W,Cin], with zeros around -> what each output of filters [Cout,kh,kw,Cin] sees: [N,H,W,Cin,kh,kw]."""
    kh, kw = w.shape[1:3]
    padded = F.pad(x, (0, 0, kw // 2, kw // 2, kh // 2, kh // 2))
    return padded.unfold(1, kh, 1).unfold(2, kw, 1)


def whole_convolution(x: Tensor, w: Tensor) -> Tensor:
    """Int64 [N,H,W,Cin] with int16 [Cout,kh,kw,Cin] -> int64 [N,H,W,Cout]."""
    seen = windows_same(x, w)
    return torch.stack([(seen * f.long().permute(2, 0, 1)).sum((3, 4, 5)) for f in w], -1)


def quantized_conv2d(inputs: list[Tensor], attributes: dict) -> Tensor:
    """clearcut.QuantizedConv2d: float32 [N,1,H,W] -> codes [N,H,W,Cout]."""
    x, w, scale, bias = inputs
    whole = torch.round(x * torch.tensor(attributes['x_levels'])).clamp(-32767, 32767).long()
    t = whole_convolution(whole.permute(0, 2, 3, 1), w).float() * scale
    t = t + bias
    if attributes.get('activation', b'none') == b'relu':
        t = t.clamp(min=0)
    return (torch.round(t) + attributes.get('y_zero_point', 0)).clamp(0, 255).to(torch.uint8)


def subpixel_conv2d(inputs: list[Tensor], attributes: dict) -> Tensor:
    """clearcut.SubpixelConv2d: codes [N,H,W,Cin] and float32 [N,1,H,W] -> float32 [N,1,sH,sW]."""
    x, w, scale, bias, skip = inputs
    s = attributes['block_size']
    t = whole_convolution(x.long() - attributes.get('x_zero_point', 0), w).float() * scale
    t = t + bias
    n, h, width = t.shape[:3]
    rows = t.reshape(n, h, width, s, s).permute(0, 1, 3, 2, 4).reshape(n, 1, s * h, s * width)
    return rows + bicubic(bicubic(skip, s).mT, s).mT


def bicubic(x: Tensor, scale: int) -> Tensor:
    """[N,1,H,W] -> [N,1,sH,W], Keys' kernel with a = -1/2, borders repeated; sums in float32 from the first tap on."""
    h = x.shape[2]
    rows = []
    for i in range(scale * h):
        at = (i % scale + 0.5) / scale - 0.5
        total = torch.zeros_like(x[:, :, 0])
        for tap in range(4):
            source = math.floor(at) - 1 + tap
            t = abs(source - at)
            near, far = ((1.5 * t - 2.5) * t) * t + 1, ((-0.5 * t + 2.5) * t - 4) * t + 2
            weight = near if t <= 1 else far if t < 2 else 0.0
            total = total + x[:, :, min(max(i // scale + source, 0), h - 1)] * np.float32(weight)
        rows.append(total)
    return torch.stack(rows, 2)


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
    'QuantizedConv2d': quantized_conv2d,
    'QuantizeLinear': quantize_linear,
    'Relu': lambda inputs, _: F.relu(inputs[0]),
    'SubpixelConv2d': subpixel_conv2d,
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
