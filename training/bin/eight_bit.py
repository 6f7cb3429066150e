"""A wide pyramid whose convolutions take and give 8-bit codes, as processors with 8-bit dot products like them.

Channels are first scaled to the same range, which changes nothing: what makes a channel divides by its largest value and
what reads it multiplies. Then one scale serves all of them, and concatenations need no conversion. Sums of residuals and the
convolutions after the last of them stay float. In PyTorch the codes are simulated; exported, they are QuantizeLinear and
DequantizeLinear around each convolution, which onnxruntime turns into 8-bit ones.
"""

from __future__ import annotations

import copy

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import Tensor, nn

from .batches import Samples
from .backbone import Backbone, unshuffled
from .model import StreamingPyramid
from .refinement import Refinement
from .train_refinement import Pairs

# The largest code to either side of the middle, and what a code is worth of a channel's largest value.
MOST = 127
STEP = 1 / MOST
# Of a channel's values, those beyond are clipped.
SHARE_WITHIN = 0.9997
# Images enter as differences from the base, in whole levels, and the base from middle grey.
LEVEL = 1 / 255


def codes(x: Tensor, step: float = STEP, zero: int = 128) -> Tensor:
    """Rounded to codes of 0 to 255, `step` apart; `zero` is the one for 0."""
    return torch.fake_quantize_per_tensor_affine(x, step, zero, 0, 255)


def scaled(layer: nn.Conv2d, entering: Tensor, leaving: Tensor) -> nn.Conv2d:
    """`layer` for values that are divided by `entering`, of each input channel, and `leaving`, of each output channel."""
    result = copy.deepcopy(layer).requires_grad_(False)
    result.weight.mul_(entering.view(1, -1, 1, 1) / leaving.view(-1, 1, 1, 1))
    result.bias.div_(leaving)
    return result


class Convolution(nn.Module):
    """A convolution of codes with 8-bit weights, a scale for each output channel."""

    def __init__(self, layer: nn.Conv2d, entering: Tensor, leaving: Tensor, step: float = STEP):
        """step: between the codes that come in."""
        super().__init__()
        self.step = step
        layer = scaled(layer, entering, leaving)
        weight = layer.weight
        self.register_buffer('weight', weight)
        self.register_buffer('bias', layer.bias)
        self.register_buffer('scale', weight.abs().amax((1, 2, 3)).clamp(min=1e-12) / MOST)
        self.register_buffer('zero', torch.zeros(len(weight), dtype=torch.int32))
        self.padding = layer.padding

    def forward(self, x: Tensor) -> Tensor:
        weight = torch.fake_quantize_per_channel_affine(self.weight, self.scale, self.zero, 0, -128, 127)
        return F.conv2d(x, weight, self.bias, padding=self.padding)


class Added(nn.Module):
    """A convolution whose result, in codes of its own range, is added to channels of other ranges, in float."""

    def __init__(self, layer: nn.Conv2d, entering: Tensor, own: Tensor, target: Tensor):
        super().__init__()
        self.layer = Convolution(layer, entering, own)
        self.register_buffer('ratio', (own / target).view(1, -1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.ratio * codes(self.layer(x), STEP)


class Ranges:
    """The largest absolute value of each channel of what modules gave, but for the few beyond SHARE_WITHIN."""

    def __init__(self, net: Backbone):
        self.largest: dict[nn.Module, Tensor] = {}
        self.rectified = {layer for block in net.blocks for layer in block.dense}
        self.hooks = [module.register_forward_hook(self.see) for module in net.modules()]

    def see(self, module: nn.Module, _given: object, made: Tensor) -> None:
        values = made.relu() if module in self.rectified else made.abs()
        values = values.transpose(0, 1).flatten(1)
        largest = values.kthvalue(max(1, int(SHARE_WITHIN * values.shape[1])), 1).values.clamp(min=1e-6)
        before = self.largest.get(module)
        self.largest[module] = largest if before is None else torch.maximum(before, largest)

    def close(self) -> None:
        for hook in self.hooks:
            hook.remove()


class EightBitBackbone(nn.Module):
    """A level's net, `Backbone` with differences, on codes but for its output."""

    def __init__(self, net: Backbone, largest: dict[nn.Module, Tensor]):
        super().__init__()
        if not net.differences:
            raise ValueError('Expected a net of differences')
        self.shuffle = net.shuffle
        first = largest[net.stem]
        stream = torch.stack([largest[net.second], *(largest[block] for block in net.blocks)]).amax(0)
        images = net.stem.in_channels // (3 * net.shuffle**2)
        # The codes of differences are levels, which the net takes times its gain.
        gains = torch.tensor([1.0, *[net.GAIN] * (images - 1)]).repeat_interleave(3 * net.shuffle**2)
        self.stem = Convolution(net.stem, gains, first, LEVEL)
        self.second = Added(net.second, first, largest[net.second], stream)
        self.dense, self.fuse = nn.ModuleList(), nn.ModuleList()
        for block in net.blocks:
            entering, layers = stream, nn.ModuleList()
            for layer in block.dense:
                leaving = largest[layer]
                layers.append(Convolution(layer, entering, leaving))
                entering = torch.cat([entering, leaving])
            self.dense.append(layers)
            self.fuse.append(Added(block.fuse, entering, largest[block.fuse], stream))
        fused = largest[net.fuse[0]]
        self.join = Convolution(net.fuse[0], stream.repeat(len(net.blocks)), fused)
        self.smooth = scaled(net.fuse[1], fused, first)
        wide, *after = copy.deepcopy(net.output)
        self.output = nn.Sequential(scaled(wide, first, torch.ones(wide.out_channels)), *after)

    def forward(self, images: list[Tensor], base: Tensor, _hidden: None = None) -> Tensor:
        seen = [codes(x, LEVEL) for x in (base - 0.5, *(image - base for image in images))]
        first = codes(self.stem(unshuffled(joined(*seen, step=LEVEL), self.shuffle, base)))
        x, outputs = self.second(first), []
        for layers, fuse in zip(self.dense, self.fuse):
            states = codes(x)
            for layer in layers:
                # About 0, so that onnxruntime sees that the codes rectify by themselves; `joined` takes the rest.
                states = joined(states, codes(F.relu(layer(states)), zero=0))
            x = x + fuse(states)
            outputs.append(codes(x))
        change = first + self.smooth(codes(self.join(joined(*outputs))))
        return base + self.output(change)


def joined(*parts: Tensor, step: float = STEP) -> Tensor:
    """Channels of codes, which stay codes: said once more, so that onnxruntime sees it."""
    return codes(torch.cat(parts, 1), step)


@torch.no_grad()
def eight_bit(model: StreamingPyramid, samples: Samples, count: int = 64) -> StreamingPyramid:
    """`model` on codes, with ranges from the first `count` of `samples`, which it takes over."""
    ranges = [Ranges(net) for net in model.levels]
    for i in range(0, count, 8):
        frames, _, warps = samples.pictures(np.arange(i, min(i + 8, count)))
        model(frames, warps)
    for one in ranges:
        one.close()
    model.levels = nn.ModuleList(
        EightBitBackbone(net, one.largest) for net, one in zip(model.levels, ranges)
    )
    return model.eval()


@torch.no_grad()
def eight_bit_refinement(refinement: Refinement, pairs: Pairs, count: int = 64) -> Refinement:
    """The same for the net that makes new frames once more, with ranges from about `count` of the blurred samples."""
    ranges = Ranges(refinement.net)
    for which in pairs.blurred[:: max(1, len(pairs.blurred) // count)]:
        refinement.better(*pairs.of(which)[:-1])
    ranges.close()
    refinement.net = EightBitBackbone(refinement.net, ranges.largest)
    return refinement.eval()


def as_codes(graph: onnx.ModelProto, module: nn.Module) -> onnx.ModelProto:
    """`graph`, exported from `module`, with weights stored as codes and biases in steps of what their products are worth: a
    quarter of the bytes, and what onnxruntime needs to take a convolution for one of codes."""
    stored = {one.name: one for one in graph.graph.initializer}
    readers = {node.input[0]: node for node in graph.graph.node if node.op_type == 'QuantizeLinear'}
    convolutions = {node.input[2]: node for node in graph.graph.node if node.op_type == 'Conv'}
    added, dequantized = [], []
    for name, layer in module.named_modules():
        if not isinstance(layer, Convolution):
            continue
        weight, bias = f'{name}.weight', f'{name}.bias'
        made = readers[weight]
        codes_of = (layer.weight / layer.scale.view(-1, 1, 1, 1)).round().clamp(-128, 127)
        added.append(numpy_helper.from_array(codes_of.numpy().astype(np.int8), made.output[0]))
        worth = layer.scale * layer.step
        added.append(numpy_helper.from_array((layer.bias / worth).round().numpy().astype(np.int32), f'{bias}.codes'))
        added.append(numpy_helper.from_array(worth.numpy(), f'{bias}.scale'))
        inputs = [f'{bias}.codes', f'{bias}.scale']
        dequantized.append(onnx.helper.make_node('DequantizeLinear', inputs, [f'{bias}.value'], axis=0))
        convolutions[bias].input[2] = f'{bias}.value'
        graph.graph.node.remove(made)
        for one in (weight, bias):
            graph.graph.initializer.remove(stored[one])
    graph.graph.initializer.extend(added)
    for node in reversed(dequantized):
        graph.graph.node.insert(0, node)
    onnx.checker.check_model(graph)
    return graph
