import numpy as np
import torch
from PIL import Image

from addersr import data, teaching, train
from addersr.config import make_config
from addersr.model import ModelConfig


def table(folder, **changes):
    return {
        'name': 'tiny', 'iterations': 4, 'photographs': [str(folder)], 'held_back': ['c.png'], 'average': 0.9,
        'stages': [{'start': 0, 'batch': 2, 'patch': 8}], 'scales': {2: 0.5, 3: 0.5}, 'warmup': 1,
        'log_every': 2, 'evaluate_every': 2, 'crop': 24, 'model': {'width': 16, 'blocks': 1},
    } | changes  # fmt: skip


def test_a_run_writes_checkpoints_that_tell_where_they_come_from_and_can_be_resumed(tmp_path, monkeypatch):
    folder = tmp_path / 'photographs'
    folder.mkdir()
    random = np.random.default_rng(1)
    for name in 'abc':
        Image.fromarray(random.integers(0, 255, (48, 60, 3), dtype=np.uint8)).save(folder / f'{name}.png')
    (folder / 'index.tsv').write_text('file\na.png\nb.png\nc.png\n')
    monkeypatch.setattr(data, 'CACHE', tmp_path / 'cache')
    monkeypatch.setattr(train, 'TRAINING', tmp_path)

    run = train.run(make_config(table(folder)), torch.device('cpu'))
    first = torch.load(run / 'best-x3.pt')
    assert first['history'] == [] and first['iteration'] in (2, 4)
    assert torch.load(run / 'last.pt')['iteration'] == 4

    train.run(make_config(table(folder, iterations=6)), torch.device('cpu'), resume=True)
    assert torch.load(run / 'last.pt')['iteration'] == 6

    start = {'name': 'after', 'start_from': 'runs/tiny/best-x{scale}.pt'}
    after = train.run(make_config(table(folder, **start)), torch.device('cpu'))
    record = torch.load(after / 'best-x2.pt')
    assert [step['config'].rsplit('/')[-1] for step in record['history']] == ['tiny.toml']
    assert [step['config'].rsplit('/')[-1] for step in train.history(record)] == ['tiny.toml', 'after.toml']


def test_a_teacher_is_a_share_of_the_target(tmp_path):
    torch.manual_seed(1)
    config = make_config(table(tmp_path, scales={}, teacher='teacher-x{scale}.pt', teacher_share=0.25))
    models = train.shared_models(make_config(table(tmp_path, scales={})))
    learner = train.Learner(config, models)
    low, targets = torch.rand(2, 1, 8, 8), torch.rand(2, 2, 16, 16)
    photograph, taught = targets.split(1, 1)
    made = models['2'](low)
    expected = 0.75 * (made - photograph).abs().mean() + 0.25 * (made - taught).abs().mean()
    assert torch.allclose(learner.loss((2, 'l1', False), low, targets), expected)
    expected = 0.75 * ((made - photograph) ** 2).mean() + 0.25 * ((made - taught) ** 2).mean()
    assert torch.allclose(learner.loss((2, 'l2', False), low, targets), expected)
    assert torch.allclose(learner.loss((2, 'l1', False), low, photograph), (made - photograph).abs().mean())


def test_a_teachers_pictures_are_made_once_in_bands_that_do_not_show(tmp_path, monkeypatch):
    monkeypatch.setattr(data, 'CACHE', tmp_path)
    monkeypatch.setattr(teaching, 'ROWS', 24)
    torch.manual_seed(2)
    config = ModelConfig(width=16, blocks=1, exact=True)
    net = train.AdderSR(config).eval()
    random = np.random.default_rng(1)
    pair = data.make_pair('a', random.integers(0, 255, (100, 60, 3), dtype=np.uint8), 2)
    (tmp_path / 'weights.pt').write_bytes(b'weights')
    taught = teaching.teach([pair], net, config, tmp_path / 'weights.pt')[0]
    whole = net(data.to_tensor(pair.low)[None])[0, 0].detach().numpy() * 255 * data.STEPS
    assert np.abs(taught.taught - whole.clip(0, 255 * data.STEPS)).max() <= 1
    again = teaching.teach([pair], lambda _: None, config, tmp_path / 'weights.pt')[0]
    assert (again.taught == taught.taught).all()
    low, targets = data.Patches([taught], 2, seed=1).draw(4, 8)
    assert low.shape == (4, 1, 8, 8) and targets.shape == (4, 2, 16, 16)
