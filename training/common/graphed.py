"""A function of tensors as CUDA graphs: hundreds of small kernels launched at once.

A step of the standard net is hundreds of kernels of a few microseconds each; launched one by one, the
GPU waits for the CPU (https://pytorch.org/docs/stable/notes/cuda.html#cuda-graphs).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable

import torch
from torch import Tensor

# Calls before a capture, as PyTorch asks for: they make what is made once (Adam's moments, cuDNN's
# choices), which must not become part of the graph.
WARM_UP = 3


@dataclasses.dataclass
class Capture:
    """The graph of one key and its shapes, with the places that it reads and writes."""

    inputs: list[Tensor]
    calls: int = 0
    graph: torch.cuda.CUDAGraph | None = None
    output: Tensor | None = None


class Graphed:
    """function(key, *inputs) -> Tensor, captured once for every key and shapes of its inputs.

    Every call does the function's work once: the first ones as they are, the others as a replay.
    The function must work on the GPU alone and read no value back. The tensor that a replay
    returns is written anew by the next one of the same key.
    """

    def __init__(self, function: Callable[..., Tensor]):
        self.function = function
        self.captures: dict[Hashable, Capture] = {}
        self.side = torch.cuda.Stream()

    def __call__(self, key: Hashable, *inputs: Tensor) -> Tensor:
        shapes = (key, *(tuple(tensor.shape) for tensor in inputs))
        if shapes not in self.captures:
            self.captures[shapes] = Capture([tensor.clone() for tensor in inputs])
        capture = self.captures[shapes]
        for held, tensor in zip(capture.inputs, inputs):
            held.copy_(tensor)
        if capture.calls < WARM_UP:
            capture.calls += 1
            return self.on_the_side(key, capture.inputs)
        if capture.graph is None:
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                capture.output = self.function(key, *capture.inputs)
            capture.graph = graph
        capture.graph.replay()
        return capture.output

    def on_the_side(self, key: Hashable, inputs: list[Tensor]) -> Tensor:
        """A call on a stream of its own, as a capture's is: the default one can't be captured."""
        self.side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.side):
            output = self.function(key, *inputs)
        torch.cuda.current_stream().wait_stream(self.side)
        return output
