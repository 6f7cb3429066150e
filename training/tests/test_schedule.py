import dataclasses

import pytest

from addersr.config import Stage, TrainConfig, rate_at, stage_at
from addersr.model import ModelConfig
from common import schedule

STAGES = [Stage(0, 8, 24), Stage(0.5, 4, 32), Stage(0.75, 2, 48)]
CONFIG = TrainConfig(
    name='test', iterations=1000, photographs=[], held_back=[], stages=STAGES, model=ModelConfig(),
    warmup=100, decay_from=0.25,
)


class Clock:
    now = 50.0

    def __call__(self):
        return self.now


def test_progress_counts_iterations_where_there_are_no_minutes():
    progress = schedule.Progress(1000)
    progress.begin()
    assert [progress.at(i) for i in (0, 250, 1000)] == [0, 0.25, 1]


def test_progress_by_the_clock_counts_loading_in_but_starts_at_zero():
    clock = Clock()
    progress = schedule.Progress(1000, minutes=10, clock=clock)
    clock.now += 120
    progress.begin()
    assert progress.at(0) == 0
    clock.now += 240
    assert progress.at(7) == pytest.approx(0.5)
    clock.now += 240
    assert progress.at(8) == pytest.approx(1) and progress.elapsed() == pytest.approx(10)


def test_a_budget_that_loading_used_up_is_at_its_end():
    clock = Clock()
    progress = schedule.Progress(1000, minutes=1, clock=clock)
    clock.now += 90
    progress.begin()
    assert progress.at(0) >= 1


def test_points_are_shares_below_one_and_iterations_above():
    assert schedule.share(0.25, 1000) == 0.25
    assert schedule.share(250, 1000) == 0.25
    assert schedule.share(0, 1000) == 0


@pytest.mark.parametrize('iterations, every', [(1000, 100), (9000, 2000), (36000, 700), (999, 7)])
def test_every_so_many_iterations_passes_at_their_multiples_alone(iterations, every):
    step = schedule.share(every, iterations)
    at = [
        i for i in range(1, iterations + 1)
        if schedule.passed((i - 1) / iterations, i / iterations, step)
    ]
    assert at == list(range(every, iterations + 1, every))


def test_rates_warm_up_stay_and_fall_to_their_end():
    rate = lambda i, progress: rate_at(CONFIG, i, progress)
    assert rate(0, 0) == pytest.approx(0.01) and rate(99, 0.9) == 1
    assert rate(150, 0.2) == rate(150, 0.25) == 1
    assert rate(700, 0.625) == pytest.approx(0.5)
    assert rate(10**6, 1.01) == pytest.approx(0)


def test_rates_by_iterations_are_a_cosine_from_the_end_of_the_warm_up():
    config = dataclasses.replace(CONFIG, decay_from=0)
    assert rate_at(config, 550, 0.55) == pytest.approx(0.5)


def test_stages_start_at_iterations_or_at_shares():
    assert [stage_at(CONFIG, p).batch for p in (0, 0.499, 0.5, 0.74, 0.75, 1.2)] == [8, 8, 4, 4, 2, 2]
    config = dataclasses.replace(CONFIG, stages=[Stage(0, 8, 24), Stage(333, 2, 48)])
    assert [stage_at(config, i / 1000).batch for i in (332, 333)] == [8, 2]


def test_a_warm_cosine_rises_over_its_first_iterations_and_ends_at_its_end():
    shares = [schedule.warm_cosine(i, i / 1000, 100, 0.01) for i in (0, 49, 500, 1000)]
    assert shares == pytest.approx([0.01, 0.5, 0.505, 0.01], abs=0.01)
    assert schedule.warm_cosine(1000, 1.2, 100, 0.01) == pytest.approx(0.01)
