import dataclasses

import pytest
import torch
import torch.nn.functional as F

from snake import antialias, convert, geometry, losses, objects, train
from snake.backbone import CenterNet, enlarge
from snake.classes import PERSON
from snake.config import LossConfig, TrainConfig, make_config
from snake.model import DeepSnake, ModelConfig
from snake.own_size import OwnSize
from snake.points import PUBLISHED as PUBLISHED_POINTS
from snake.points import PointHead, gather, rows, sample
from snake.snake import PUBLISHED, CircularConv, Deformation, Snake, SnakeConfig

CPU = torch.device('cpu')
SMALL = ModelConfig(SnakeConfig(channels=16, fusion=8, hidden=(8, 8)))


def count(module):
    return sum(p.numel() for p in module.parameters())


def square_sample(size=96, objects_there=2):
    """Squares on noise, as samples.collate gives a batch of one."""
    torch.manual_seed(3)
    batch = {
        'image': torch.randint(0, 256, (1, 3, size, size), dtype=torch.uint8),
        'ids': torch.zeros(1, size, size, dtype=torch.uint8),
        'classes': torch.full((1, 24), -1),
        'boxes': torch.zeros(1, 24, 4),
        'contours': torch.zeros(1, 24, 128, 2),
        'extremes': torch.zeros(1, 24, 4, 2),
        'has_contour': torch.zeros(1, 24, dtype=torch.bool),
        'people': torch.zeros(1, dtype=torch.bool),
    }
    for k in range(objects_there):
        x0, y0, x1, y1 = box = (8 + 44 * k, 10, 40 + 44 * k, 70)
        batch['ids'][0, y0:y1, x0:x1] = k + 1
        batch['classes'][0, k] = 16 * k
        batch['boxes'][0, k] = torch.tensor(box)
        diamond = geometry.diamond(torch.tensor([box], dtype=torch.float32))
        corners = torch.tensor([[x0, y0], [x0, y1], [x1, y1], [x1, y0]], dtype=torch.float32)
        outline = torch.stack([diamond[0], corners], 1).flatten(0, 1)[None]
        batch['contours'][0, k] = geometry.resample(outline)[0]
        batch['extremes'][0, k] = diamond[0]
        batch['has_contour'][0, k] = True
        batch['image'][0, :, y0:y1, x0:x1] //= 4
    batch['person'] = (batch['ids'] == 1).to(torch.uint8)
    batch['other'] = (batch['ids'] == 2).to(torch.uint8)
    return losses.prepared(batch, CPU)


def test_the_published_snake_has_1718210_parameters():
    assert count(Snake(PUBLISHED)) == 1_718_210


def test_the_published_first_stage_fuses_vertex_and_centre_features():
    assert count(Deformation(PUBLISHED, 4, first=True)) == 1_718_210 + 128 * 64 + 64


def test_the_published_point_head_has_285776_parameters():
    assert count(PointHead(PUBLISHED_POINTS)) == 285_776


def test_a_circular_convolution_commutes_with_turning_the_contour():
    layer, x = CircularConv(3, 5, dilation=4), torch.randn(2, 3, 40)
    assert torch.allclose(layer(x.roll(7, -1)), layer(x).roll(7, -1), atol=1e-5)


@pytest.mark.parametrize('config', [SnakeConfig(), PUBLISHED])
def test_a_deformation_moves_with_its_picture(config):
    torch.manual_seed(1)
    net = Deformation(config, 4, first=False).eval()
    features, points = torch.randn(1, 64, 20, 20), torch.rand(1, 2, 128, 2) * 30 + 20
    with torch.no_grad():
        here = net(features, points)
        there = net(F.pad(features, [1, 0, 2, 0]), points + torch.tensor([4.0, 8.0]))
    assert torch.allclose(here + torch.tensor([4.0, 8.0]), there, atol=1e-3)


def test_a_cell_centre_reads_its_own_value():
    maps = torch.randn(1, 3, 5, 7)
    points = torch.tensor([[[4 * 3 + 2.0, 4 * 1 + 2.0], [-9.0, -9.0]]])
    assert torch.allclose(sample(maps, points, 4)[0].T, torch.stack([maps[0, :, 1, 3], maps[0, :, 0, 0]]), atol=1e-5)


def test_gathering_rows_samples_as_grid_sample_does():
    maps, points = torch.randn(1, 6, 9, 12), torch.rand(1, 50, 2) * 60 - 6
    assert torch.allclose(gather(rows(maps), points[0], 4).T, sample(maps, points, 4)[0], atol=1e-5)


def test_enlarging_copies_even_places_and_halves_the_way_to_odd_ones():
    x = torch.tensor([[[[0.0, 2.0], [4.0, 6.0]]]])
    assert enlarge(x)[0, 0].tolist() == [[0, 1, 2, 2], [2, 3, 4, 4], [4, 5, 6, 6], [4, 5, 6, 6]]


def test_the_converted_weights_fill_the_net_and_name_their_source():
    source = convert.load_start(CenterNet())
    assert source['licence'] == 'MIT' and set(source['sha256']) == {'models/centernet.json', 'models/centernet.bin'}


def test_new_adaptive_filters_start_close_to_plain_subsampling():
    torch.manual_seed(1)
    plain, adaptive = CenterNet(), CenterNet('adaptive')
    adaptive.load_state_dict(plain.state_dict(), strict=False)
    image = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        a, b = plain(image)[2], adaptive(image)[2]
    assert (a - b).abs().mean() < 0.1 * a.abs().mean()


def test_a_dynamic_filter_with_one_sure_tap_copies_that_neighbour():
    x, logits = torch.randn(1, 4, 8, 8), torch.full((1, 2 * 9, 4, 4), -40.0)
    logits[:, 5] = logits[:, 9] = 40.0  # group 0: the right neighbour; group 1: the upper left one
    y = antialias.dynamic_filter(x, logits, 2, 3, 2)
    assert torch.allclose(y[0, :2, :, :], x[0, :2, ::2, 1::2])
    assert torch.allclose(y[0, 2:, 1:, 1:], x[0, 2:, 1:-1:2, 1:-1:2])
    assert torch.allclose(y[0, 2:, 0, 0], x[0, 2:, 1, 1])  # reflected


def test_a_dynamic_filter_keeps_flat_pictures():
    filter_ = antialias.DynamicFilter(8, groups=4)
    torch.nn.init.normal_(filter_.logits.weight)
    assert torch.allclose(filter_(torch.ones(1, 8, 6, 10)), torch.ones(1, 8, 3, 5), atol=1e-5)


def test_the_heatmap_target_is_one_in_the_centre_cell_alone():
    batch = square_sample()
    spots = losses.gaussians(batch, 24, 24)
    assert [(int(s.argmax()) // 24, int(s.argmax()) % 24) for s in spots[0, :2]] == [(10, 6), (10, 17)]
    assert int((spots == 1).sum()) == 2


def test_exact_boxes_have_no_loss():
    batch = square_sample(objects_there=1)
    place = (torch.arange(24) + 0.5) * 4
    x, y = place.expand(24, 24), place[:, None].expand(24, 24)
    x0, y0, x1, y1 = batch['boxes'][0, 0]
    right = torch.stack([x - x0, y - y0, x1 - x, y1 - y])[None]
    for kind, box in (
        (PERSON, torch.cat([right, right + 100], 1)),
        (PERSON + 2, torch.cat([right + 100, right], 1)),
    ):
        batch['classes'][:] = kind
        assert float(losses.box_loss(box, losses.gaussians(batch, 24, 24), batch)) < 1e-5
        other = torch.tensor([[kind != PERSON]])
        assert torch.allclose(objects.boxes_at(box, torch.tensor([[[7, 9]]]), other)[0, 0], batch['boxes'][0, 0])


def test_a_person_and_a_bag_with_one_middle_have_a_box_each():
    batch = square_sample()
    batch['boxes'][0, 0] = torch.tensor([8.0, 8, 88, 88])
    batch['boxes'][0, 1] = torch.tensor([40.0, 40, 56, 56])
    batch['classes'][0, :2] = torch.tensor([PERSON, 26])
    place = (torch.arange(24) + 0.5) * 4
    x, y = place.expand(24, 24), place[:, None].expand(24, 24)
    box = torch.cat([torch.stack([x - lo, y - lo, hi - x, hi - y]) for lo, hi in ((8, 88), (40, 56))])[None]
    assert float(losses.box_loss(box, losses.gaussians(batch, 24, 24), batch)) < 1e-5
    cells = torch.tensor([[[11, 11], [11, 11]]])
    assert torch.equal(objects.boxes_at(box, cells, torch.tensor([[0, 1]]))[0], batch['boxes'][0, :2])


def test_a_mask_is_sampled_between_pixel_centres_and_not_beside_ignored_ones():
    ids = torch.zeros(1, 4, 4, dtype=torch.uint8)
    ids[0, :, 2:] = 1
    ids[0, 3, 3] = 255
    points = torch.tensor([[[[2.0, 1.5], [3.5, 0.5], [3.2, 3.2], [-1.0, 1.0]]]])
    coverage, valid = losses.mask_at(ids, points, torch.ones(1, 1, dtype=torch.long))
    assert coverage[0, 0, :2].tolist() == [0.5, 1.0]
    assert valid[0, 0].tolist() == [1, 1, 0, 0]


def test_places_beyond_an_images_objects_repeat_them():
    chosen = objects.choose(square_sample(), 5)
    assert sorted(set(chosen.number[0].tolist())) == [1, 2] and bool((chosen.weight == 1).all())


@pytest.mark.parametrize('there', [0, 2])
@pytest.mark.parametrize('supervise', ['all', 'last'])
def test_every_part_of_the_loss_is_finite_with_and_without_objects(there, supervise):
    model = DeepSnake(SMALL)
    found = losses.parts(model, square_sample(objects_there=there), LossConfig(supervise=supervise), 3)
    losses.total(found, LossConfig()).backward()
    assert set(found) == set(losses.PARTS)
    assert all(bool(value.isfinite()) for value in found.values())
    assert all(bool(p.grad.isfinite().all()) for p in model.parameters() if p.grad is not None)


def test_every_part_of_the_loss_falls_on_one_picture():
    torch.manual_seed(1)
    learner = train.Learner(TrainConfig('one-picture', 40, SMALL, LossConfig(predicted_boxes=0), objects=4), CPU)
    history = torch.stack([learner.step(square_sample(), 0.9) for _ in range(40)])
    before, after = history[:4].mean(0), history[-4:].mean(0)
    falls = dict(zip(losses.PARTS, (after < 0.8 * before).tolist()))
    del falls['extreme']  # the boxes' own midpoints are right from the start
    assert all(falls.values()), falls


def test_weights_move_in_proportion_to_their_channels():
    weight = torch.nn.Parameter(torch.tensor([[0.001, -0.001], [10.0, 10.0]]))
    weight.grad = torch.ones(2, 2)
    before = weight.detach().clone()
    OwnSize([weight]).step(torch.optim.Adam([weight], lr=0.01), hold=0.0)
    assert torch.allclose(before - weight, torch.tensor([[1e-5, 1e-5], [0.1, 0.1]]), rtol=1e-3)


def test_a_run_tells_of_those_that_it_goes_on_from(tmp_path):
    model = DeepSnake(SMALL)
    common = {'model': model.state_dict(), 'source': {'package': 'some'}, 'commit': 'abc', 'seed': 3}
    first = {'iteration': 5, 'minutes': 0.52, 'config': dataclasses.asdict(TrainConfig('first', 5, SMALL))}
    torch.save(common | first, tmp_path / 'first.pt')
    source, earlier = train.start(DeepSnake(SMALL), tmp_path / 'first.pt')
    assert source == {'package': 'some'}
    assert earlier == [{'config': 'first', 'commit': 'abc', 'seed': 3, 'iterations': 5, 'minutes': 0.5}]
    second = {'iteration': 7, 'minutes': 1.0, 'config': dataclasses.asdict(TrainConfig('second', 7, SMALL))}
    torch.save(common | second | {'earlier': earlier}, tmp_path / 'second.pt')
    assert [run['config'] for run in train.start(DeepSnake(SMALL), tmp_path / 'second.pt')[1]] == ['first', 'second']


def test_held_weights_go_back_towards_their_start():
    weight = torch.nn.Parameter(torch.ones(2, 2))
    mover = OwnSize([weight])
    weight.data += 1
    weight.grad = torch.zeros(2, 2)
    mover.step(torch.optim.SGD([weight], lr=1.0), hold=0.25)
    assert torch.allclose(weight, torch.full((2, 2), 1.75))


def test_a_configuration_survives_its_checkpoint():
    config = make_config({'name': 'x', 'iterations': 3, 'model': {'snake': {'hidden': [8, 4]}, 'filtered': [1, 3]}})
    assert make_config(dataclasses.asdict(config)) == config
    assert isinstance(config, TrainConfig) and config.model.snake.hidden == (8, 4)
