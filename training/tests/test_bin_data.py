import dataclasses

import numpy as np
import pytest
import torch

cv2 = pytest.importorskip('cv2')

from bin import batches, clips, layers, motion, sampler, samples, train  # noqa: E402


def texture(height, width, seed=1):
    noise = np.random.default_rng(seed).uniform(0, 255, (height, width, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2)
    return np.clip((smooth - smooth.mean()) * 6 + 128, 0, 255).astype(np.uint8)


def sliding(count, speed=2, side=220):
    picture = texture(side, side + speed * count)
    return np.stack([picture[:, i * speed : i * speed + side] for i in range(count)])


CONFIG = sampler.SampleConfig(roots=[], clips=[], blurred=[], held_back=[], patch=64)


def draw_from(sources, seed=7, sharp=False, **changes):
    return sampler.Sampler(sources, [], dataclasses.replace(CONFIG, **changes)).draw(seed, sharp)


def test_an_exposure_is_the_rounded_mean_and_its_truth_the_centre(monkeypatch):
    stretch = sliding(21)
    exposure = clips.Exposure(window=5, step=4)
    assert exposure.span(5) == 21
    monkeypatch.setattr(sampler, 'EXPOSURES', (exposure,))
    drawer = sampler.Sampler([clips.Clip('slide', stretch)], [], dataclasses.replace(CONFIG, real=1.0, ends=0.0, hardest=0.0))
    drawer.random = np.random.default_rng(3)
    drawer.real = lambda exposure: lambda i: stretch[i]
    blurred, sharp = drawer.shot(False)
    assert np.array_equal(blurred[1], np.floor(stretch[4:9].astype(np.float64).mean(0) + 0.5))
    assert [int(np.abs(sharp[k].astype(int) - stretch[8 + 2 * k]).max()) for k in range(3)] == [0, 0, 0]


def test_a_layer_moves_by_its_velocity():
    layer = layers.Layer(texture(160, 160), 96, 4.0, np.random.default_rng(3), mask=False)
    layer.velocity, layer.acceleration, layer.gradient = np.array([4.0, 2.0]), np.zeros(2), np.zeros((2, 2))
    still, moved = layer.over(None, 0.0), layer.over(None, 1.0)
    assert np.abs(moved[20:60, 20:60].astype(int) - still[18:58, 16:56]).max() <= 1


def test_a_layer_with_a_mask_leaves_the_rest():
    below = np.zeros((96, 96, 3), np.uint8)
    layer = layers.Layer(texture(160, 160), 96, 1.0, np.random.default_rng(5), mask=True)
    drawn = layer.over(below, 0.0)
    assert (drawn[layer.mask == 0] == 0).all()
    assert drawn.max() > 50


def test_warps_meet_at_the_middle():
    stretch = sliding(3)
    warped = motion.to_middle(stretch[0], stretch[2])
    inner = np.s_[40:-40, 40:-40]
    for one in warped:
        assert np.abs(one[inner] - stretch[1][inner]).mean() < 2


@pytest.mark.parametrize('real', [0.0, 1.0])
@pytest.mark.parametrize('outer', [False, True])
def test_a_sample_is_the_same_for_the_same_seed(real, outer):
    sources = [clips.Clip('slide', sliding(60))]
    first, again, other = (draw_from(sources, seed, real=real, outer=outer) for seed in (7, 7, 8))
    shapes = dataclasses.replace(CONFIG, outer=outer).shapes
    assert shapes == {'frames': (5,), 'sharp': (9 if outer else 3,), 'warps': (4 if outer else 2, 2)}
    for kind, pictures in shapes.items():
        assert first[kind].shape == (*pictures, 64, 64, 3)
        assert np.array_equal(first[kind], again[kind])
    assert not np.array_equal(first['sharp'], other['sharp'])


@pytest.mark.parametrize('real', [0.0, 1.0])
def test_sharp_samples_are_their_own_truth_and_blurred_ones_can_be_mended(real, monkeypatch):
    monkeypatch.setattr(sampler.Sampler, 'spoil', lambda self, frames: frames)
    for seed in range(4):
        for sharp in (False, True):
            drawn = draw_from([clips.Clip('slide', sliding(60))], seed, sharp, real=real)
            assert np.array_equal(drawn['frames'][2], drawn['sharp'][1]) == sharp


def test_a_shot_may_begin_or_end_within_a_sample(monkeypatch):
    monkeypatch.setattr(sampler, 'ENDS', ((0, 1),))
    monkeypatch.setattr(sampler.Sampler, 'spoil', lambda self, frames: frames)
    drawn = draw_from([clips.Clip('slide', sliding(60))], ends=1.0)
    frames, sharp = drawn['frames'], drawn['sharp']
    assert np.array_equal(frames[0], frames[2]) and np.array_equal(frames[3], frames[4])
    assert np.array_equal(sharp[0], sharp[1])  # in the middle between a frame and itself


def test_workers_share_the_work_without_changing_it(tmp_path):
    drawer = sampler.Sampler([clips.Clip('slide', sliding(60))], [], CONFIG)
    for workers in (1, 2):
        samples.make(tmp_path / str(workers), drawer, 3, 5, workers)
    one, two = (samples.open_arrays(tmp_path / str(n), 'r') for n in (1, 2))
    assert all(np.array_equal(one[kind], two[kind]) for kind in sampler.KINDS)


def test_samples_are_replaced_while_they_are_read(tmp_path):
    drawer = sampler.Sampler([clips.Clip('slide', sliding(60))], [], CONFIG)
    samples.make(tmp_path, drawer, 2, 5, 1)
    source = batches.Samples(tmp_path, torch.device('cpu'))
    before = source.take(np.arange(2))['sharp']
    samples.finish(samples.start(tmp_path, drawer, 5, 1, range(1, 2)), tmp_path)
    assert not torch.equal(source.take(np.arange(2))['sharp'], before)


def test_batches_turn_and_mirror_pictures_of_a_sample_alike(tmp_path, monkeypatch):
    monkeypatch.setattr(sampler.Sampler, 'spoil', lambda self, frames: frames)
    still = clips.Clip('still', np.repeat(texture(220, 220)[None], 60, 0))
    drawer = sampler.Sampler([still], [], dataclasses.replace(CONFIG, real=1.0))
    samples.make(tmp_path, drawer, 1, 5, 1)
    source = batches.Samples(tmp_path, torch.device('cpu'), sharp_share=1.0)
    for seed in range(8):
        frames, sharp, warps = source.batch(2, 48, np.random.default_rng(seed))
        assert frames.shape == (2, 5, 3, 48, 48) and warps.shape == (2, 2, 2, 3, 48, 48)
        assert torch.equal(frames[:, 1:4], sharp)
        assert (warps[:, :, 0] - frames[:, 1:3]).abs().max() < 2 / 255


def test_batches_are_as_sharp_as_they_are_told(tmp_path):
    samples.make(tmp_path, sampler.Sampler([clips.Clip('slide', sliding(60))], [], CONFIG), 9, 5, 1)
    source = batches.Samples(tmp_path, torch.device('cpu'), sharp_share=0.0)
    assert list(source.sharp) == [0, 4, 8]
    assert set(source.draw(200, np.random.default_rng(1))) == set(source.blurred)


def test_hard_samples_count_by_their_psnr_and_easy_ones_little():
    truth = torch.zeros(1, 1, 4, 4)
    loss = lambda error: float(train.logarithm(truth + error, truth, 1e-3))
    assert loss(0.2) - loss(0.1) == pytest.approx(np.log(4), rel=0.1)
    assert loss(0.002) == pytest.approx(0.004, rel=0.01)


def test_a_run_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(train, 'TRAINING', tmp_path)
    drawer = sampler.Sampler([clips.Clip('slide', sliding(60))], [], CONFIG)
    for part, seed in (('training', 5), ('validation', 6)):
        samples.make(tmp_path / part, drawer, 5, seed, 1, [{'name': 'x'}])
    backbone = {'shuffle': 2, 'width': 8, 'depth': 1, 'layers': 2, 'growth': 4}
    table = {'name': 'tiny', 'iterations': 2, 'batch': 1, 'patch': 16, 'log_every': 1, 'evaluations': 1,
             'model': {'backbone': backbone}}  # fmt: skip
    copies = tmp_path / 'copies'
    found = train.run(train.make_config(table), tmp_path, torch.device('cpu'), copies=copies)
    train.run(train.make_config(table | {'iterations': 3}), tmp_path, torch.device('cpu'), resume=True)
    assert torch.load(tmp_path / 'runs/tiny/last.pt')['iteration'] == 3
    model, record = train.load_model(copies / 'tiny.pt')
    assert record['samples']['data'] == [{'name': 'x'}] and model.config.form == 'wide'
    assert 'score' in found
