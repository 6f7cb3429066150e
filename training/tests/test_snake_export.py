import json

import onnx
import pytest
import torch
from onnx import numpy_helper

from snake import export
from snake.model import DeepSnake, ModelConfig
from snake.snake import SnakeConfig

SNAKE = SnakeConfig(channels=16, fusion=8, hidden=(8, 8))

INPUTS = {
    'detector': ['image'],
    'extreme': ['features', 'points', 'centres'],
    'contour': ['features', 'points'],
    'points': ['features', 'fine', 'semantic', 'points', 'shape'],
}
OUTPUTS = {
    'detector': ['heatmap', 'box', 'features', 'fine', 'semantic'],
    'extreme': ['points_out'],
    'contour': ['contours'],
    'points': ['logits'],
}


def shape(value):
    return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp('model')
    export.write_graphs(DeepSnake(ModelConfig(SNAKE)).eval(), path)
    return path


@pytest.mark.parametrize('name', INPUTS)
def test_a_graph_has_the_tensors_that_the_app_feeds_and_reads(folder, name):
    graph = onnx.load(folder / f'{name}.onnx').graph
    assert [value.name for value in graph.input] == INPUTS[name]
    assert [value.name for value in graph.output] == OUTPUTS[name]


def test_sizes_and_counts_are_free(folder):
    detector, contour, points = (onnx.load(folder / f'{n}.onnx').graph for n in ('detector', 'contour', 'points'))
    assert shape(detector.input[0]) == [1, 3, 'height', 'width']
    assert shape(contour.input[0]) == [1, 'height/4', 'width/4', 64]
    assert shape(contour.input[1]) == ['objects', 128, 2]
    assert shape(points.input[3]) == ['points', 2]


@pytest.mark.parametrize('name', INPUTS)
def test_no_constant_of_the_example_is_left_where_a_size_belongs(folder, name):
    """The example is 64 x 96 pixels: its maps' sizes must come from the input's shape."""
    graph = onnx.load(folder / f'{name}.onnx').graph
    baked = [
        node.name
        for node in graph.node
        if node.op_type == 'Constant'
        for values in [numpy_helper.to_array(node.attribute[0].t).ravel().tolist()]
        if values in ([16, 24], [24, 16], [15, 23], [23, 15], [96, 64], [64, 96])
    ]
    assert not baked


def test_only_adaptive_filters_need_an_operator_of_their_own(folder, tmp_path):
    domains = lambda path: {node.domain for node in onnx.load(path).graph.node}
    assert domains(folder / 'detector.onnx') <= {'', 'ai.onnx'}
    export.write_graphs(DeepSnake(ModelConfig(SNAKE, antialias='adaptive')).eval(), tmp_path)
    nodes = [n for n in onnx.load(tmp_path / 'detector.onnx').graph.node if n.domain == 'clearcut']
    assert [n.op_type for n in nodes] == ['DynamicFilter2d'] * 4
    attributes = {a.name: a.i for a in nodes[0].attribute}
    assert attributes == {'groups': 8, 'kernel': 3, 'stride': 2}


def test_the_point_head_is_one_node_with_the_layers_weights(folder):
    graph = onnx.load(folder / 'points.onnx').graph
    assert [n.op_type for n in graph.node] == ['PointHead']
    attributes = {a.name: list(a.ints) or a.i for a in graph.node[0].attribute}
    assert attributes == {'channels': [64, 16, 2], 'strides': [4, 2, 4], 'coarse_maps': 1, 'shape_values': 5}
    assert [list(t.dims) for t in graph.initializer] == [[64, 87], [64], [64, 71], [64], [64, 71], [64], [1, 71], [1]]


def test_no_padding_is_left_for_a_pass_of_its_own(folder):
    assert not any(node.op_type == 'Pad' for node in onnx.load(folder / 'detector.onnx').graph.node)


def test_the_parity_case_is_json_that_tells_every_shape():
    case = json.loads(json.dumps(export.parity_case(DeepSnake(ModelConfig(SNAKE)).eval())))
    assert case['contours']['shape'] == [2, 128, 2] and case['logits']['shape'] == [40]


def test_operations_are_counted_an_object_and_a_point():
    counted = export.operations(DeepSnake(ModelConfig(SNAKE)).eval())
    head = 64 * (80 + 7) + 2 * 64 * (64 + 7) + 64 + 7
    assert counted['points'] == head
    assert set(counted) == {'detector', 'contours', 'points'}
