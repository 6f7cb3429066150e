"""BIN, blurry video frame interpolation (Shen et al., CVPR 2020, arXiv 2002.12259), and the pyramid we ship.

Frames are RGB, code / 255. A pyramid's instants count half frame intervals: frame k stands at 2k, between
it and the next lies 2k + 1. Four levels, one set of weights each:

    level 1  between frames k and k+1, from the two      M1[k]
    level 2  frame k made sharp                          S1[k]
    level 3  between k and k+1 once more                 M2[k]
    level 4  frame k once more                           S2[k]
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .backbone import PUBLISHED, Backbone, BackboneConfig


def repeated(x: Tensor, by: int) -> Tensor:
    """Each pixel `by` times in both directions."""
    n, channels, h, w = x.shape
    x = x[:, :, :, None, :, None].expand(n, channels, h, by, w, by)
    return x.reshape(n, channels, h * by, w * by)


class ConvLstmCell(nn.Module):
    """A convolutional LSTM on RGB at full resolution: input, hidden and cell state [N,3,H,W]."""

    def __init__(self):
        super().__init__()
        self.gates = nn.Conv2d(6, 12, 3, padding=1)
        nn.init.xavier_uniform_(self.gates.weight)
        nn.init.zeros_(self.gates.bias)

    def forward(self, x: Tensor, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        """The next (hidden, cell); hidden lies in (-1, 1)."""
        gates = self.gates(torch.cat([x, hidden], 1))
        enter, forget, out, value = gates[:, :3], gates[:, 3:6], gates[:, 6:9], gates[:, 9:]
        cell = torch.sigmoid(forget + 1) * cell + torch.sigmoid(enter) * torch.tanh(value)
        return torch.sigmoid(out) * torch.tanh(cell), cell


def mean_of(images: list[Tensor]) -> Tensor:
    return sum(images) / len(images)


class PublishedPyramid(nn.Module):
    """BIN as published, scale 4: a window of five blurred frames, moved on by one for each step.

    Every call corrects the mean of its inputs. With recurrence each call of levels 2 to 4 has one more image
    in front: at the first step a result of that step, later the hidden state of one of six ConvLSTM cells.
    """

    # Results that feed a cell, and who receives its hidden state at the next step.
    CELLS = {'I4a': 'I3a', 'I6a': 'I5a', 'I8a': 'I7a', 'I5a': 'I4b', 'I7a': 'I6b', 'I6b': 'I5b'}
    # What stands in for the hidden state at the first step.
    SUBSTITUTES = {'I3a': 'I2a', 'I5a': 'I4a', 'I7a': 'I6a', 'I4b': 'I3a', 'I6b': 'I5a', 'I5b': 'I4a'}
    # Level and inputs of every call, in order; `a` and `b` are one prime and two.
    CALLS = {
        'I2a': (0, ('B1', 'B3')),
        'I4a': (0, ('B3', 'B5')),
        'I6a': (0, ('B5', 'B7')),
        'I8a': (0, ('B7', 'B9')),
        'I3a': (1, ('I2a', 'I4a')),
        'I5a': (1, ('I4a', 'I6a')),
        'I7a': (1, ('I6a', 'I8a')),
        'I4b': (2, ('B3', 'I3a', 'I5a', 'B5')),
        'I6b': (2, ('B5', 'I5a', 'I7a', 'B7')),
        'I5b': (3, ('I4a', 'I4b', 'I6b', 'I6a')),
    }

    def __init__(self, backbone: BackboneConfig = PUBLISHED, recurrent: bool = True):
        super().__init__()
        images = (2, 3, 5, 5) if recurrent else (2, 2, 4, 4)
        self.levels = nn.ModuleList(Backbone(n, backbone) for n in images)
        self.cells = nn.ModuleDict({name: ConvLstmCell() for name in self.CELLS} if recurrent else {})

    def forward(self, frames: Tensor) -> list[dict[str, Tensor]]:
        """frames [N,T,3,H,W], T at least 5 -> the results of each of T - 4 steps, by their names."""
        steps, states = [], {}
        for t in range(frames.shape[1] - 4):
            results = {f'B{2 * i + 1}': frames[:, t + i] for i in range(5)}
            for name, (level, sources) in self.CALLS.items():
                images = [results[source] for source in sources]
                if self.cells and level > 0:
                    fed = [cell for cell, receiver in self.CELLS.items() if receiver == name][0]
                    first = states[fed][0] if t else results[self.SUBSTITUTES[name]]
                    images.insert(0, first)
                results[name] = self.levels[level](images, mean_of(images))
            for name, cell in self.cells.items():
                zero = torch.zeros_like(results[name])
                states[name] = cell(results[name], *states.get(name, (zero, zero)))
            steps.append({name: results[name] for name in self.CALLS})
        return steps


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """The pyramid as it streams: every instant of a shot once at each level, in order.

    form: 'published' takes BIN's inputs; 'anchored' hands each call also what it refines; 'wide' has two levels,
    the first of which sees two frames on either side. residual: 'mean' of a call's inputs, as published, or
    'middle', the inputs nearest in time. aligned: level 1 also gets the two frames warped to the middle by a
    motion estimate. recurrent: a ConvLSTM cell a level; its hidden state goes to the level above, half an
    interval later, as in BIN's table. differences: see Backbone.
    """

    backbone: BackboneConfig = PUBLISHED
    form: str = 'wide'
    residual: str = 'middle'
    aligned: bool = True
    recurrent: bool = False
    differences: bool = True

    def __post_init__(self):
        if self.form not in ('published', 'anchored', 'wide'):
            raise ValueError(f"form must be published, anchored or wide, not '{self.form}'")
        if self.residual not in ('mean', 'middle'):
            raise ValueError(f"residual must be mean or middle, not '{self.residual}'")

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the results, level by level; those of the last two are what comes out."""
        return ('M1', 'S1') if self.form == 'wide' else ('M1', 'S1', 'M2', 'S2')


# Where a net changes frames by less than this on average (1 is white) they were sharp, and new frames are left to motion.
STILL_SHARP = 2 / 255
# Pixels to each side that the average is taken over. Both were chosen on held-back samples (training/LOG.md).
SHARP_REACH = 32


def share_of_change(change: Tensor, shuffle: int) -> Tensor:
    """What a net changed a frame by, [N,3,H,W] -> how far it was blurred there, 0 to 1, [N,1,H,W]. H, W: multiples of `shuffle`."""
    reach = SHARP_REACH // shuffle
    mean = F.avg_pool2d(change.abs().mean(1, keepdim=True), shuffle)
    mean = F.avg_pool2d(mean, 2 * reach + 1, 1, reach, count_include_pad=False)
    return repeated((mean / STILL_SHARP).clamp(max=1), shuffle)


# Images that each level takes, without warps and hidden states.
IMAGES = {'published': (2, 2, 4, 4), 'anchored': (2, 3, 5, 5), 'wide': (4, 5)}


class StreamingPyramid(nn.Module):
    """The pyramid we ship. `forward` runs a stretch of a shot level by level, `step` one frame at a time."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        hidden = int(config.recurrent)
        images = list(IMAGES[config.form])
        images[0] += 2 * config.aligned
        images[1:] = [n + hidden for n in images[1:]]
        self.levels = nn.ModuleList(Backbone(n, config.backbone, config.differences) for n in images)
        self.cells = nn.ModuleList(ConvLstmCell() for _ in images[1:] if hidden)

    def call(self, level: int, images: list[Tensor], middle: list[Tensor], hidden: Tensor | None) -> Tensor:
        seen = images if hidden is None else [hidden, *images]
        base = mean_of(seen if self.config.residual == 'mean' else middle)
        return self.levels[level](images, base, hidden)

    def level1(self, frames: list[Tensor], warps: tuple[Tensor, Tensor] | None) -> Tensor:
        """M1 in the middle of two or four frames; warps are those of the inner two to the middle."""
        inner = frames[len(frames) // 2 - 1 : len(frames) // 2 + 1]
        if not self.config.aligned:
            return self.call(0, frames, inner, None)
        return self.call(0, [*frames, *warps], list(warps), None)

    def level2(
        self, previous: Tensor, before: Tensor, frame: Tensor, after: Tensor, following: Tensor,
        hidden: Tensor | None,
    ) -> Tensor:  # fmt: skip
        """S1 of a frame from M1 on either side, where wanted also from the frames on either side."""
        if self.config.form == 'published':
            return self.call(1, [before, after], [before, after], hidden)
        if self.config.form == 'anchored':
            return self.call(1, [before, frame, after], [frame], hidden)
        return self.call(1, [previous, before, frame, after, following], [frame], hidden)

    def level3(
        self, previous: Tensor, sharp: Tensor, between: Tensor, sharp_next: Tensor, following: Tensor,
        hidden: Tensor | None,
    ) -> Tensor:  # fmt: skip
        """M2 from two frames, their S1, and M1 between them."""
        if self.config.form == 'published':
            return self.call(2, [previous, sharp, sharp_next, following], [sharp, sharp_next], hidden)
        return self.call(2, [previous, sharp, between, sharp_next, following], [between], hidden)

    def level4(
        self, before1: Tensor, before2: Tensor, sharp: Tensor, after2: Tensor, after1: Tensor,
        hidden: Tensor | None,
    ) -> Tensor:  # fmt: skip
        """S2 of a frame from M1 and M2 on either side and its S1."""
        if self.config.form == 'published':
            return self.call(3, [before1, before2, after2, after1], [before2, after2], hidden)
        return self.call(3, [before1, before2, sharp, after2, after1], [sharp], hidden)

    def remember(self, level: int, results: list[Tensor]) -> list[Tensor | None]:
        """Hidden states after each result of a level, from a fresh cell on."""
        if not self.config.recurrent:
            return [None] * len(results)
        hidden = cell = torch.zeros_like(results[0])
        states = []
        for result in results:
            hidden, cell = self.cells[level](result, hidden, cell)
            states.append(hidden)
        return states

    def forward(self, frames: Tensor, warps: Tensor | None) -> dict[str, Tensor]:
        """frames [N,T,3,H,W], T at least 5, warps [N,T-1,2,3,H,W] -> results [N,count,3,H,W] by level.

        M1 of 0..T-2, S1 of 1..T-2, M2 of 1..T-3, S2 of 2..T-3. Two wide levels: M1 of 1..T-3, S1 of 2..T-3, and
        warps of the pairs from 1 to T-3 alone, [N,T-3,2,3,H,W].
        """
        n = frames.shape[0]

        def at_once(call: Callable[..., Tensor], *lists: list) -> list[Tensor]:
            """One call for all instants of a level: lists of [N,3,H,W], batched."""
            stacked = [None if one[0] is None else torch.cat(one) for one in lists]
            return list(call(*stacked).split(n))

        b = list(frames.unbind(1))
        pairs = [None, None]
        if self.config.aligned:
            pairs = [list(warps[:, :, side].unbind(1)) for side in range(2)]
        wide = self.config.form == 'wide'

        def first_level(*lists: Tensor) -> Tensor:
            given = len(lists) - 2 * self.config.aligned
            return self.level1(list(lists[:given]), lists[given:] if self.config.aligned else None)

        around = [b[:-3], b[1:-2], b[2:-1], b[3:]] if wide else [b[:-1], b[1:]]
        m1 = at_once(first_level, *around, *(side for side in pairs if side))
        h1 = self.remember(0, m1)
        centre = slice(2, -2) if wide else slice(1, -1)
        s1 = at_once(
            self.level2, b[centre.start - 1 : centre.stop - 1], m1[:-1], b[centre], m1[1:],
            b[centre.start + 1 : centre.stop + 1 or None], h1[:-1],
        )  # fmt: skip
        results = {'M1': m1, 'S1': s1}
        if not wide:
            h2 = self.remember(1, s1)
            m2 = at_once(self.level3, b[1:-2], s1[:-1], m1[1:-1], s1[1:], b[2:-1], h2[:-1])
            h3 = self.remember(2, m2)
            s2 = at_once(self.level4, m1[1:-2], m2[:-1], s1[1:-1], m2[1:], m1[2:-1], h3[:-1])
            results |= {'M2': m2, 'S2': s2}
        return {name: torch.stack(x, 1) for name, x in results.items()}

    # Images that a step leaves for the next one. With frame j new, of four levels: frame j-2, M1[j-2], M1[j-3],
    # S1[j-2], M2[j-3]; of two wide ones: frames j-2 and j-3, M1[j-3], and the warps between j-2 and j-1.
    IMAGE_STATES = {
        4: ('frame', 'between1', 'between1_before', 'sharp1', 'between2'),
        2: ('frame', 'frame_before', 'between1', 'warped_previous', 'warped_next'),
    }

    def image_states(self) -> tuple[str, ...]:
        names = self.IMAGE_STATES[len(self.levels)]
        return names if self.config.aligned else tuple(n for n in names if not n.startswith('warped'))

    def state_names(self) -> list[str]:
        """The images, then hidden and cell state of each level's ConvLSTM."""
        cells = [f'{kind}{level + 1}' for level in range(len(self.cells)) for kind in ('hidden', 'cell')]
        return [*self.image_states(), *cells]

    def step(
        self, previous: Tensor, following: Tensor, warps: tuple[Tensor, Tensor] | None, state: dict[str, Tensor]
    ) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Takes frame j (`following`) after frame j-1, warps between those two ->
        (the frame between j-2 and j-1, frame j-2 made sharp, the state for the next step).

        All [N,3,H,W]. At a shot's start the images of the state are its first frame, the rest is 0.
        """
        run = self.step_wide if self.config.form == 'wide' else self.step_of_four
        between, sharp, images, results = run(previous, following, warps, state)
        for i, result in enumerate(results[: len(self.cells)]):
            names = f'hidden{i + 1}', f'cell{i + 1}'
            images |= zip(names, self.cells[i](result, *(state[name] for name in names)))
        return between, sharp, images

    def settled(
        self, between: Tensor, warps: tuple[Tensor, Tensor], frame: Tensor, sharp: Tensor
    ) -> Tensor:
        """The new frame after `frame`: as a wide net made it where it also made the frame sharper, and the mean of the
        warps, which it would not better, where it left the frame as it was."""
        share = share_of_change(sharp - frame, self.config.backbone.shuffle)
        base = mean_of(list(warps))
        return base + share * (between - base)

    def step_wide(self, previous, following, warps, state):
        held = (state['warped_previous'], state['warped_next']) if self.config.aligned else None
        frames = [state['frame_before'], state['frame'], previous, following]
        between = self.level1(frames, held)  # M1[j-2]
        sharp = self.level2(
            state['frame_before'], state['between1'], state['frame'], between, previous, state.get('hidden1')
        )  # S1[j-2]
        images = {'frame': previous, 'frame_before': state['frame'], 'between1': between}
        shown = between
        if self.config.aligned:
            images |= {'warped_previous': warps[0], 'warped_next': warps[1]}
            shown = self.settled(between, held, state['frame'], sharp)
        return shown, sharp, images, (between,)

    def step_of_four(self, previous, following, warps, state):
        # Hidden states that the calls receive stem from the instant half an interval before.
        h1, h2, h3 = (state.get(f'hidden{i}') for i in (1, 2, 3))
        between1 = self.level1([previous, following], warps)  # M1[j-1]
        sharp1 = self.level2(state['frame'], state['between1'], previous, between1, following, h1)  # S1[j-1]
        between2 = self.level3(
            state['frame'], state['sharp1'], state['between1'], sharp1, previous, h2
        )  # M2[j-2]
        sharp2 = self.level4(
            state['between1_before'], state['between2'], state['sharp1'], between2, state['between1'], h3
        )  # S2[j-2]
        images = {
            'frame': previous,
            'between1': between1,
            'between1_before': state['between1'],
            'sharp1': sharp1,
            'between2': between2,
        }
        return between2, sharp2, images, (between1, sharp1, between2)

    def start(self, frame: Tensor) -> dict[str, Tensor]:
        """The state before a shot's first frame."""
        zero = torch.zeros_like(frame)
        return {name: frame if name in self.image_states() else zero for name in self.state_names()}
