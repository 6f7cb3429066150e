import math

import pytest
import torch

from common import learning

CPU = torch.device('cpu')


def test_adam_takes_the_groups_that_hold_something_at_a_share_of_their_top():
    weight = torch.nn.Parameter(torch.zeros(3))
    optimizer = learning.adam([{'params': [weight], 'top': 0.4}, {'params': [], 'top': 1.0}], CPU)
    learning.set_rates(optimizer, 0.25)
    assert [group['lr'] for group in optimizer.param_groups] == [0.1]


def test_averages_follow_the_weights():
    averages, weights = [torch.zeros(2)], [torch.tensor([1.0, 2.0])]
    learning.follow(averages, weights, 0.75)
    assert averages[0].tolist() == [0.25, 0.5]


def test_averages_are_short_at_first():
    assert learning.keep_at(0.999, 0, CPU) == pytest.approx(0.1)
    assert learning.keep_at(0.999, 10**6, CPU) == 0.999


def test_a_running_loss_is_the_mean_since_the_last_look():
    loss = learning.RunningLoss(CPU)
    for value in (1.0, 3.0):
        loss.add(torch.tensor(value))
    assert loss.take(2) == 2
    loss.add(torch.tensor(5.0))
    assert loss.take(3) == 5


def test_a_loss_that_is_not_finite_ends_the_run():
    loss = learning.RunningLoss(CPU)
    loss.add(torch.tensor(math.nan))
    with pytest.raises(FloatingPointError, match='iteration 7'):
        loss.take(7)


def test_a_log_goes_on_in_its_file_and_tells_the_time_with_every_line(tmp_path, capsys):
    for line in ('first', 'second'):
        log = learning.Log(tmp_path / 'log.txt', 'tiny', lambda: '0.50 min')
        log(line)
        log.close()
    assert (tmp_path / 'log.txt').read_text() == 'first, 0.50 min\nsecond, 0.50 min\n'
    assert capsys.readouterr().out == '[tiny] first, 0.50 min\n[tiny] second, 0.50 min\n'


def test_a_checkpoint_has_weights_in_the_usual_order_of_channels():
    layer = torch.nn.Conv2d(3, 4, 2).to(memory_format=torch.channels_last)
    kept = learning.portable(layer)
    assert kept['weight'].is_contiguous() and torch.equal(kept['weight'], layer.weight)
