import numpy as np
import torch
from PIL import Image

from addersr import data, train
from addersr.config import make_config


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


def test_a_teacher_is_a_share_of_the_target(tmp_path, monkeypatch):
    monkeypatch.setattr(train, 'TRAINING', tmp_path)
    config = make_config(table(tmp_path, scales={}, teacher='teacher-x{scale}.pt', teacher_share=0.25))
    torch.manual_seed(1)
    teacher = train.AdderSR(config.model)
    record = {'model': teacher.state_dict(), 'config': train.dataclasses.asdict(config)}
    torch.save(record, tmp_path / 'teacher-x2.pt')
    models = train.shared_models(make_config(table(tmp_path, scales={})))
    learner = train.Learner(config, models)
    low, high = torch.rand(2, 1, 8, 8), torch.rand(2, 1, 16, 16)
    made, taught = models['2'](low), teacher.eval()(low)
    expected = 0.75 * (made - high).abs().mean() + 0.25 * (made - taught).abs().mean()
    assert torch.allclose(learner.loss(2, low, high), expected)
