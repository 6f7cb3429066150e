import pytest
import torch
from common.average import averaged


def test_is_the_mean_of_weights_and_keeps_types_and_counters():
    one = {'weight': torch.tensor([1.0, 2.0]), 'half': torch.tensor([1.0]).half(), 'count': torch.tensor(3)}
    other = {'weight': torch.tensor([3.0, 6.0]), 'half': torch.tensor([2.0]).half(), 'count': torch.tensor(5)}
    mean = averaged([one, other])
    assert mean['weight'].tolist() == [2, 4]
    assert mean['half'].dtype == torch.float16 and mean['half'].item() == 1.5
    assert mean['count'] == 3
    assert one['weight'].tolist() == [1, 2]


def test_refuses_other_nets():
    with pytest.raises(ValueError, match='different'):
        averaged([{'weight': torch.zeros(2)}, {'weight': torch.zeros(3)}])
