import onnx
import pytest
import torch

pytest.importorskip('cv2')

from bin import evaluate, export, licences  # noqa: E402
from bin.backbone import BackboneConfig  # noqa: E402
from bin.model import ModelConfig, StreamingPyramid  # noqa: E402

SMALL = BackboneConfig(shuffle=2, width=8, depth=1, layers=2, growth=4)


def net(**changes):
    torch.manual_seed(1)
    model = StreamingPyramid(ModelConfig(SMALL, **changes)).eval()
    for p in model.parameters():
        if p.ndim > 1:
            torch.nn.init.xavier_normal_(p)
    return model


def stream(model, frames):
    state, results = model.start(frames[0]), []
    with torch.no_grad():
        for a, b in zip(frames, frames[1:]):
            between, sharp, state = model.step(a, b, (a, b), state)
            results.append(torch.cat([between, sharp]))
    return results


@pytest.mark.parametrize('form', ['wide', 'anchored', 'published'])
def test_a_step_remembers_as_many_steps_as_the_manifest_says(form):
    model = net(form=form)
    frames = [torch.rand(1, 3, 8, 8) for _ in range(10)]
    other = [torch.rand(1, 3, 8, 8), *frames[1:]]
    # Frame 0 is an input of the first step alone, but for the state that a shot starts with.
    same = [torch.equal(a, b) for a, b in zip(stream(model, frames), stream(model, other))]
    assert all(same[export.MEMORY + 1 :])
    assert not same[export.MEMORY]


@pytest.mark.parametrize('recurrent', [False, True])
@pytest.mark.parametrize('aligned', [False, True])
def test_the_graph_takes_and_gives_what_the_app_expects(aligned, recurrent):
    step = export.Step(net(aligned=aligned, recurrent=recurrent))
    graph = onnx.load_model_from_string(export.build(step)).graph
    inputs, outputs = step.names()
    assert sorted(x.name for x in graph.input) == sorted(inputs)
    assert [x.name for x in graph.output] == outputs


def test_a_field_is_counted_in_reshuffled_pixels():
    # Stem 5x5, second, two dense, output and fusion 3x3, the last one at full resolution.
    assert export.receptive_field(net(form='wide').levels[0]) == 2 * (2 + 1 + 2 + 1 + 1 + 1)


def test_licences_are_those_of_the_clips_that_were_taken(tmp_path):
    listed, bare = tmp_path / 'listed', tmp_path / 'bare'
    for folder in (listed, bare):
        folder.mkdir()
    (listed / 'index.tsv').write_text('file\tsource\tlicence\na.mp4\tdemo\tMIT\nb.mp4\tdemo\tMIT\nc.mp4\tx\tCC0\n')
    (bare / 'index.tsv').write_text('name\tframes\nd\t3\n')
    assert licences.of_sources([listed, bare], ['a', 'b', 'd'], 'CC BY') == [
        {'name': 'demo', 'licence': 'MIT', 'count': 2},
        {'name': 'bare', 'licence': 'CC BY', 'count': 1},
    ]


def test_scores_are_taken_for_the_checkpoint_that_has_them_alone(tmp_path):
    checkpoint, other = tmp_path / 'a.pt', tmp_path / 'b.pt'
    checkpoint.write_bytes(b'a')
    other.write_bytes(b'b')
    mean = {'name': 'mean', 'between': (30.123, 0.91234), 'sharp': (31.0, 0.9), 'unharmed': (50.0, 1.0)}
    scores = dict.fromkeys(('blur', 'middlebury', 'davis'), [{'name': 'clip'}, mean])
    evaluate.write_quality(tmp_path / 'quality.json', [checkpoint], scores)
    kept = evaluate.read_quality(tmp_path / 'quality.json', [checkpoint])
    assert kept[0] == {'dataset': 'interp-bench blur', 'measure': 'between', 'psnr': 30.12, 'ssim': 0.9123}
    assert len(kept) == 5
    with pytest.raises(ValueError, match='another checkpoint'):
        evaluate.read_quality(tmp_path / 'quality.json', [checkpoint, other])
