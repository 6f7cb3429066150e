import dataclasses

import numpy as np
import pytest
import torch

cv2 = pytest.importorskip('cv2')

from bin import clips, layers, motion, samples, train  # noqa: E402


def texture(height, width, seed=1):
    noise = np.random.default_rng(seed).uniform(0, 255, (height, width, 3)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2)
    return np.clip((smooth - smooth.mean()) * 6 + 128, 0, 255).astype(np.uint8)


def sliding(count, speed=2, side=220):
    picture = texture(side, side + speed * count)
    return np.stack([picture[:, i * speed : i * speed + side] for i in range(count)])


CONFIG = samples.SampleConfig(roots=[], clips=[], blurred=[], held_back=[], patch=64)


def test_an_exposure_is_the_rounded_mean_and_its_truth_the_centre():
    stretch = sliding(21)
    exposure = clips.Exposure(window=5, step=4)
    assert exposure.span(5) == 21
    blurred, sharp = clips.expose(stretch, exposure, [2, 6, 10, 14, 18])
    assert np.array_equal(blurred[1], np.floor(stretch[4:9].astype(np.float64).mean(0) + 0.5))
    assert np.array_equal(sharp[2], stretch[6])
    assert np.array_equal(sharp[3], stretch[8])
    assert len(sharp) == 9


def test_a_layer_moves_by_its_velocity():
    layer = layers.Layer(texture(160, 160), 96, 4.0, np.random.default_rng(3), mask=False)
    layer.velocity, layer.acceleration, layer.spin, layer.growth = np.array([4.0, 2.0]), np.zeros(2), 0.0, 0.0
    still, moved = layer.over(None, 0.0), layer.over(None, 1.0)
    assert np.allclose(moved[20:60, 20:60], still[18:58, 16:56], atol=1e-3)


def test_a_layer_with_a_mask_leaves_the_rest():
    below = np.zeros((96, 96, 3), np.float32)
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
def test_a_sample_is_the_same_for_the_same_seed(real):
    sources = [clips.Clip('slide', sliding(60))]
    sampler = samples.Sampler(sources, [], dataclasses.replace(CONFIG, real=real))
    first, again, other = sampler.draw(7), sampler.draw(7), sampler.draw(8)
    for kind, count in samples.SHAPES.items():
        assert first[kind].shape == (*count, 64, 64, 3)
        assert np.array_equal(first[kind], again[kind])
    assert not np.array_equal(first['sharp'], other['sharp'])


def test_workers_share_the_work_without_changing_it(tmp_path):
    sources = [clips.Clip('slide', sliding(60))]
    for workers in (1, 2):
        samples.make(tmp_path / str(workers), sources, [], CONFIG, 3, 5, workers)
    one, two = (samples.open_arrays(tmp_path / str(n), 'r') for n in (1, 2))
    assert all(np.array_equal(one[kind], two[kind]) for kind in samples.KINDS)


def test_batches_turn_and_mirror_pictures_of_a_sample_alike(tmp_path, monkeypatch):
    monkeypatch.setattr(samples.Sampler, 'spoil', lambda self, frames: frames)
    still = clips.Clip('still', np.repeat(texture(220, 220)[None], 60, 0))
    samples.make(tmp_path, [still], [], dataclasses.replace(CONFIG, real=1.0), 2, 5, 1)
    source = train.Samples(tmp_path, torch.device('cpu'), sharp_share=0.25)
    assert source.sharp_share == 1  # there are no blurred ones
    for seed in range(8):
        frames, sharp, warps = source.batch(2, 48, np.random.default_rng(seed))
        assert frames.shape == (2, 5, 3, 48, 48) and warps.shape == (2, 4, 2, 3, 48, 48)
        assert torch.equal(frames, sharp[:, ::2])
        assert (warps[:, :, 0] - frames[:, :-1]).abs().max() < 2 / 255


def test_batches_are_as_sharp_as_they_are_told(tmp_path):
    samples.make(tmp_path, [clips.Clip('slide', sliding(60))], [], CONFIG, 12, 5, 1)
    source = train.Samples(tmp_path, torch.device('cpu'), sharp_share=0.0)
    assert len(source.sharp) and len(source.blurred)
    assert set(source.draw(200, np.random.default_rng(1))) == set(source.blurred)


def test_a_run_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(train, 'TRAINING', tmp_path)
    for part, seed in (('training', 5), ('validation', 6)):
        samples.make(tmp_path / part, [clips.Clip('slide', sliding(60))], [], CONFIG, 4, seed, 1, [{'name': 'x'}])
    backbone = {'shuffle': 2, 'width': 8, 'depth': 1, 'layers': 2, 'growth': 4}
    table = {'name': 'tiny', 'iterations': 2, 'batch': 1, 'patch': 16, 'log_every': 1, 'evaluations': 1,
             'model': {'backbone': backbone}}  # fmt: skip
    found = train.run(train.make_config(table), tmp_path, torch.device('cpu'))
    train.run(train.make_config(table | {'iterations': 3}), tmp_path, torch.device('cpu'), resume=True)
    assert torch.load(tmp_path / 'runs/tiny/last.pt')['iteration'] == 3
    model, record = train.load_model(tmp_path / 'runs/tiny/best.pt')
    assert record['samples']['data'] == [{'name': 'x'}] and model.config.form == 'wide'
    assert 'score' in found
