"""The point head as one node of an ONNX graph, `clearcut.PointHead` (kernels/README.md).

The app's kernel samples the maps and goes through the layers 48 points at a time, in half the time that onnxruntime
takes for the same in twenty standard nodes.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .antialias import DOMAIN
from .backbone import STRIDE
from .model import DeepSnake
from .points import SEMANTIC, SHAPE

IR_VERSION = 8


def points_graph(model: DeepSnake, opset: int) -> onnx.ModelProto:
    """features [1,H/4,W/4,C], fine [1,H/2,W/2,F], semantic [1,H/4,W/4,2], points [P,2], shape [P,5] -> logits [P]."""
    features, fine = model.config.snake.features, model.config.fine
    maps = {
        'features': [1, f'height/{STRIDE}', f'width/{STRIDE}', features],
        'fine': [1, f'height/{STRIDE // 2}', f'width/{STRIDE // 2}', fine],
        'semantic': [1, f'height/{STRIDE}', f'width/{STRIDE}', SEMANTIC],
    }
    inputs = maps | {'points': ['points', 2], 'shape': ['points', SHAPE]}
    constants = []
    for index, layer in enumerate([*model.points.layers, model.points.predict]):
        for name, value in ((f'weight_{index}', layer.weight[:, :, 0]), (f'bias_{index}', layer.bias)):
            array = np.ascontiguousarray(value.detach().float().cpu().numpy())
            constants.append(numpy_helper.from_array(array, name))
    node = helper.make_node(
        'PointHead',
        [*inputs, *(constant.name for constant in constants)],
        ['logits'],
        domain=DOMAIN,
        channels=[features, fine, SEMANTIC],
        strides=[STRIDE, STRIDE // 2, STRIDE],
        coarse_maps=1,
        shape_values=SHAPE,
    )
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        [node],
        'points',
        [value(name, shape) for name, shape in inputs.items()],
        [value('logits', ['points'])],
        constants,
    )
    domains = [helper.make_opsetid('', opset), helper.make_opsetid(DOMAIN, 1)]
    return helper.make_model(graph, opset_imports=domains, ir_version=IR_VERSION)
