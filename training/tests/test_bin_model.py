import dataclasses

import pytest
import torch

from bin.backbone import Backbone, BackboneConfig
from bin.model import ConvLstmCell, ModelConfig, PublishedPyramid, StreamingPyramid

SMALL = BackboneConfig(shuffle=2, width=8, depth=2, layers=2, growth=4)


def parameters(module):
    return sum(p.numel() for p in module.parameters())


def randomised(module):
    """Weights with which every input shows in the output."""
    torch.manual_seed(3)
    for p in module.parameters():
        if p.ndim > 1:
            torch.nn.init.xavier_normal_(p)
    return module.eval()


def test_the_published_net_has_the_published_parameters():
    assert parameters(PublishedPyramid()) == 4_680_068
    assert parameters(PublishedPyramid(dataclasses.replace(BackboneConfig(), width=96, depth=12))) == 11_441_668
    assert parameters(ConvLstmCell()) == 660


def test_a_new_backbone_gives_its_base_back():
    images = [torch.rand(1, 3, 16, 24) for _ in range(2)]
    base = torch.rand(1, 3, 16, 24)
    assert (Backbone(2, SMALL)(images, base) - base).abs().max() < 0.02


def test_the_published_pyramid_gives_ten_results_a_step():
    steps = PublishedPyramid(SMALL)(torch.rand(1, 6, 3, 16, 16))
    assert [len(step) for step in steps] == [10, 10]


def test_a_recurrent_step_depends_on_the_step_before():
    net = randomised(PublishedPyramid(SMALL))
    frames = torch.rand(1, 6, 3, 16, 16)
    with torch.no_grad():
        second, alone = net(frames)[1], net(frames[:, 1:])[0]
    assert torch.equal(second['I2a'], alone['I2a'])
    assert (second['I5b'] - alone['I5b']).abs().max() > 1e-4


@pytest.mark.parametrize('form', ['published', 'anchored', 'wide'])
@pytest.mark.parametrize('aligned', [False, True])
@pytest.mark.parametrize('recurrent', [False, True])
def test_steps_give_what_a_stretch_gives(form, aligned, recurrent):
    config = ModelConfig(SMALL, form=form, aligned=aligned, recurrent=recurrent)
    net = randomised(StreamingPyramid(config))
    frames = torch.rand(1, 7, 3, 16, 16)
    warps = torch.rand(1, 6, 2, 3, 16, 16)
    with torch.no_grad():
        whole = net(frames, warps[:, 1:-1] if form == 'wide' else warps)
        # Enters the stream at frame 0 with a state that the first results don't see any more, but for
        # the recurrence, which begins anew there.
        state = net.start(frames[:, 0])
        between, sharp = {}, {}
        for j in range(1, 7):
            pair = (warps[:, j - 1, 0], warps[:, j - 1, 1])
            between[j - 2], sharp[j - 2], state = net.step(frames[:, j - 1], frames[:, j], pair, state)
    new, real = (whole[name] for name in config.levels[-2:])
    if not recurrent:
        made = [new[:, i] for i in range(4)]
        if form == 'wide' and aligned:
            for i in range(1, 4):
                made[i] = net.settled(made[i], tuple(warps[:, i + 1].unbind(1)), frames[:, i + 1], real[:, i - 1])
        else:
            assert torch.allclose(made[0], between[1], rtol=1e-3, atol=1e-3)
        for i in range(1, 4):
            assert torch.allclose(made[i], between[i + 1], rtol=1e-3, atol=1e-3)
        assert torch.allclose(real[:, 0], sharp[2], rtol=1e-3, atol=1e-3)
        assert torch.allclose(real[:, 2], sharp[4], rtol=1e-3, atol=1e-3)
    else:
        assert all(result.isfinite().all() for result in (*between.values(), *sharp.values()))


def test_new_frames_are_left_to_motion_where_frames_were_sharp():
    net = StreamingPyramid(ModelConfig(SMALL))
    frame, between, *warps = (torch.rand(1, 3, 32, 32) for _ in range(4))
    mean = (warps[0] + warps[1]) / 2
    assert torch.allclose(net.settled(between, tuple(warps), frame, frame), mean)
    assert torch.allclose(net.settled(between, tuple(warps), frame, frame + 0.1), between, atol=1e-6)
    half = net.settled(between, tuple(warps), frame, frame + 1 / 255)
    assert torch.allclose(half, (mean + between) / 2, atol=1e-4)
