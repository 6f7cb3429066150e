import copy
import dataclasses
import json

import numpy as np
import onnx
import pytest
import torch

pytest.importorskip('cv2')

from bin import batches, eight_bit, evaluate, export, samples, train_refinement  # noqa: E402
from bin.backbone import BackboneConfig  # noqa: E402
from bin.model import ModelConfig, StreamingPyramid  # noqa: E402
from bin.refinement import PICTURES, Refinement, load_refinement, operations  # noqa: E402
from bin.sampler import SampleConfig  # noqa: E402
from bin.train import TrainConfig  # noqa: E402

SMALL = BackboneConfig(shuffle=2, width=8, depth=2, layers=2, growth=4, stem=3, full_stage=False)
FRAMES, SIDE = 7, 48


def net():
    torch.manual_seed(3)
    model = Refinement(SMALL).eval().requires_grad_(False)
    model.net.output[0].weight.mul_(20)  # so that what the net adds shows
    return model


def smooth(count, side=SIDE):
    coarse = torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(5))
    return torch.nn.functional.interpolate(coarse, size=side, mode='bicubic', align_corners=True).clamp(0, 1)


@pytest.fixture
def folder(tmp_path):
    """Samples whose pictures have a grey of their own: frame k 10 k, warps between k and k + 1 10 k + 5, the truth of
    instant i 5 i + 1. The first is a sharp one."""
    config = SampleConfig([], [], [], [], frames=FRAMES, patch=SIDE)
    samples.new_arrays(tmp_path, 5, config)
    arrays = samples.open_arrays(tmp_path, 'r+')
    for k in range(FRAMES):
        arrays['frames'][:, k] = 10 * k
    for i, pair in enumerate(config.pairs):
        arrays['warps'][:, i] = 10 * pair + 5
    for i, instant in enumerate(config.instants):
        arrays['sharp'][:, i] = 5 * instant + 1
    (tmp_path / samples.ABOUT).write_text(json.dumps({}))
    return tmp_path


@pytest.fixture
def pyramid(tmp_path):
    """A checkpoint of a net that gives back what it corrects."""
    config = TrainConfig('small', ModelConfig(SMALL), 1)
    model = StreamingPyramid(config.model)
    for level in model.levels:
        level.output[0].weight.data.zero_()
    path = tmp_path / 'pyramid.pt'
    torch.save({'config': dataclasses.asdict(config), 'model': model.state_dict()}, path)
    return path


def made(folder, pyramid):
    found = batches.Samples(folder, torch.device('cpu'))
    array = train_refinement.made_of(pyramid, found, False, folder / 'made.npy')
    return array, train_refinement.Pairs([array], [found.blurred], [found.about])


def test_a_new_frame_stays_where_its_neighbour_was_sharp_already():
    model, given = net(), list(smooth(5).split(1))
    sharp = given[0]
    assert torch.equal(model(*given, sharp), given[-1])
    assert torch.allclose(model(*given, sharp + 0.1), model.better(*given), atol=1e-6)
    assert torch.equal(model(*given, sharp + 0.9 / 255), given[-1])
    half = model(*given, sharp + 1.5 / 255)
    assert torch.allclose(half, (given[-1] + model.better(*given)) / 2, atol=1e-4)


def test_pairs_are_those_between_frames_made_sharp(folder, pyramid):
    array, _ = made(folder, pyramid)
    assert array.shape == (5, FRAMES - 5, 6, SIDE, SIDE, 3)
    means = array[1].astype(float).mean((2, 3, 4))
    # Frames 2 and 3, both warped, the new frame 2.5, its truth; then 3 and 4. All of one grey: nothing moves.
    assert means.round().tolist() == [[20, 30, 20, 30, 25, 26], [30, 40, 30, 40, 35, 36]]
    assert not (folder / 'made.part').exists()


def test_batches_are_of_blurred_samples_and_reverse_in_time(folder, pyramid):
    array, pairs = made(folder, pyramid)
    assert pairs.blurred == [(0, 1), (0, 2), (0, 3)]
    random, seen = np.random.default_rng(1), set()
    for _ in range(20):
        batch = pairs.batch(2, 16, random)
        assert [one.shape for one in batch] == [(2, 3, 16, 16)] * 6
        before, after, *_, truth = (float((255 * one[0]).mean().round()) for one in batch)
        seen.add((before, after, truth))
    assert seen == {(20, 30, 26), (30, 20, 26), (30, 40, 36), (40, 30, 36)}


def test_codes_give_nearly_what_floats_give(folder, pyramid):
    array, pairs = made(folder, pyramid)
    # A picture that slides.
    big = (255 * smooth(1, SIDE + 6)[0]).round().byte().movedim(0, -1).numpy()
    pairs.made, model = [np.array(array)], net()
    pairs.made[0][:, :] = [big[k : k + SIDE, k : k + SIDE] for k in range(6)]
    coded = eight_bit.eight_bit_refinement(copy.deepcopy(model), pairs, 2)
    given = pairs.of((0, 2))[:-1]
    plain = model.better(*given)
    base = (2 * given[4] + given[2] + given[3]) / 4
    assert (coded.better(*given) - plain).abs().mean() < 0.05 * (plain - base).abs().mean()
    built = onnx.load_model_from_string(export.build_refinement(coded))
    assert any(node.op_type == 'DequantizeLinear' for node in built.graph.node)


def test_the_graph_takes_and_gives_what_the_app_expects():
    graph = onnx.load_model_from_string(export.build_refinement(net())).graph
    assert [x.name for x in graph.input] == [*PICTURES, 'frame']
    assert [x.name for x in graph.output] == ['refined']
    # Six pictures (five and the base) of 3 x 4 values, then the blocks, per reshuffled pixel of four.
    dense = 9 * (8 * 4 + 12 * 4) + 16 * 8
    assert operations(net()) == (9 * (72 * 8 + 8 * 8) + 2 * dense + 16 * 8 + 9 * 8 * 8 + 9 * 8 * 12) // 4


def test_a_run_learns_and_is_evaluated_as_the_app_streams(folder, pyramid, tmp_path, monkeypatch):
    array, pairs = made(folder, pyramid)
    pairs.made = [np.array(array)]
    pairs.made[0][:, :, -1] += 20
    monkeypatch.setattr(train_refinement, 'TRAINING', tmp_path)
    config = train_refinement.RefinementConfig('small', 40, SMALL, batch=2, patch=16, evaluations=1)
    about = {'samples': {}, 'pyramid': ''}
    train_refinement.run(config, pairs, pairs, False, about)
    model, record = load_refinement(tmp_path / 'runs' / 'small' / 'best.pt')
    found = record['validation']
    assert found['between'] > found['between before'] + 3
    shot = [np.full((17, 19, 3), 10 * k, np.uint8) for k in range(4)]
    streaming = StreamingPyramid(ModelConfig(SMALL)).eval()
    between, sharp = evaluate.stream(streaming, shot, 1, model)
    assert len(between) == 3 and len(sharp) == 4 and between[0].shape == (17, 19, 3)


def test_what_is_unknown_in_a_configuration_is_refused(tmp_path):
    path = tmp_path / 'a.toml'
    path.write_text('name = "a"\niterations = 1\nwide = 3\n[backbone]\nshuffle = 4\n')
    with pytest.raises(TypeError, match='wide'):
        train_refinement.load_config(path)
