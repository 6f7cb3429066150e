import copy
import dataclasses

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

pytest.importorskip('cv2')

from bin import eight_bit, export  # noqa: E402
from bin.backbone import BackboneConfig, unshuffled  # noqa: E402
from bin.model import ModelConfig, StreamingPyramid  # noqa: E402

LIGHT = BackboneConfig(shuffle=2, width=8, depth=2, layers=2, growth=4, stem=3, full_stage=False)


class Pictures:
    """Samples of smooth pictures that slide."""

    def pictures(self, index):
        generator = torch.Generator().manual_seed(int(index[0]))
        big = torch.rand(len(index), 3, 12, 12, generator=generator)
        big = torch.nn.functional.interpolate(big, size=40, mode='bicubic', align_corners=True).clamp(0, 1)
        frames = torch.stack([big[..., k : k + 32, 4:36] for k in range(5)], 1)
        warps = torch.stack([frames[:, 1:3], frames[:, 2:4]], 2)
        return frames, frames, warps


def nets_of(config):
    """A net and the same on codes."""
    torch.manual_seed(2)
    model = StreamingPyramid(ModelConfig(config)).eval().requires_grad_(False)
    # So that what the net adds shows.
    for level in model.levels:
        level.output[-1 if config.full_stage else 0].weight.mul_(20)
    return model, eight_bit.eight_bit(copy.deepcopy(model), Pictures(), 16)


@pytest.fixture
def nets():
    return nets_of(LIGHT)


@pytest.mark.parametrize('full_stage', [False, True])
def test_codes_give_nearly_what_floats_give(full_stage):
    model, coded = nets_of(dataclasses.replace(LIGHT, full_stage=full_stage))
    frames, _, warps = Pictures().pictures(np.arange(40, 44))
    for name, made in coded(frames, warps).items():
        plain = model(frames, warps)[name]
        base = warps.mean(2) if name == 'M1' else frames[:, 2:3]
        change, error = (plain - base).abs().mean(), (made - plain).abs().mean()
        assert error < 0.05 * change


def test_weights_and_biases_are_stored_as_codes(nets):
    _, coded = nets
    step = export.Step(coded)
    graph = onnx.load_model_from_string(export.build(step)).graph
    stored = [numpy_helper.to_array(one) for one in graph.initializer]
    convolutions = [m for m in step.modules() if isinstance(m, eight_bit.Convolution)]
    assert sum(one.dtype == np.int8 and one.ndim == 4 for one in stored) == len(convolutions)
    floats = sum(one.size for one in stored if one.dtype == np.float32 and one.ndim == 4)
    # The two last convolutions of each level, and how channels are scaled back.
    assert floats < 0.4 * sum(one.size for one in stored if one.ndim == 4)


def test_a_net_of_raw_images_is_refused():
    with pytest.raises(ValueError, match='differences'):
        eight_bit.eight_bit(StreamingPyramid(ModelConfig(LIGHT, differences=False)), Pictures(), 8)


def test_two_steps_unshuffle_as_one_does():
    x = torch.rand(2, 3, 8, 12)
    assert torch.equal(unshuffled(x, 4, x), torch.nn.functional.pixel_unshuffle(x, 4))
