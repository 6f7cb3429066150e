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

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclasses.dataclass(frozen=True)
class BackboneConfig:
    """One level's net: reshuffle factor, G0 channels, `depth` residual dense blocks of `layers` convolutions
    with `growth` channels each. stem: side of the first convolution. full_stage: the published output with a
    64-channel stage at full resolution; without it the last convolution's channels are shuffled straight to RGB."""

    shuffle: int = 2
    width: int = 64
    depth: int = 6
    layers: int = 4
    growth: int = 32
    stem: int = 5
    full_stage: bool = True


PUBLISHED = BackboneConfig()


class ResidualDenseBlock(nn.Module):
    """[N,G0,h,w] -> the same: dense convolutions, fused by 1x1, plus the input."""

    def __init__(self, config: BackboneConfig):
        super().__init__()
        width, growth = config.width, config.growth
        self.dense = nn.ModuleList(
            nn.Conv2d(width + i * growth, growth, 3, padding=1) for i in range(config.layers)
        )
        self.fuse = nn.Conv2d(width + config.layers * growth, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        states = x
        for layer in self.dense:
            states = torch.cat([states, F.relu(layer(states))], 1)
        return x + self.fuse(states)


class Backbone(nn.Module):
    """F_n: n images [N,3,H,W] and what the result is a correction of -> [N,3,H,W]."""

    def __init__(self, images: int, config: BackboneConfig):
        super().__init__()
        self.shuffle = config.shuffle
        width = config.width
        self.stem = nn.Conv2d(3 * images * config.shuffle**2, width, config.stem, padding=config.stem // 2)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.blocks = nn.ModuleList(ResidualDenseBlock(config) for _ in range(config.depth))
        self.fuse = nn.Sequential(
            nn.Conv2d(config.depth * width, width, 1), nn.Conv2d(width, width, 3, padding=1)
        )
        if config.full_stage:
            expand = nn.Conv2d(width, 64 * config.shuffle**2, 3, padding=1)
            last = nn.Conv2d(64, 3, 3, padding=1)
            self.output = nn.Sequential(expand, nn.PixelShuffle(config.shuffle), last)
        else:
            last = nn.Conv2d(width, 3 * config.shuffle**2, 3, padding=1)
            self.output = nn.Sequential(last, nn.PixelShuffle(config.shuffle))
        # So that a new net gives `base` back.
        with torch.no_grad():
            last.weight.mul_(0.01)
            last.bias.zero_()

    def forward(self, images: list[Tensor], base: Tensor) -> Tensor:
        first = self.stem(F.pixel_unshuffle(torch.cat(images, 1), self.shuffle))
        x, outputs = self.second(first), []
        for block in self.blocks:
            x = block(x)
            outputs.append(x)
        return base + self.output(first + self.fuse(torch.cat(outputs, 1)))


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

    form: 'published' takes BIN's inputs; 'anchored' hands each call also what it refines. residual: 'mean' of
    a call's inputs, as published, or 'middle', the inputs nearest in time. aligned: level 1 also gets the two
    frames warped to the middle by a motion estimate. recurrent: a ConvLSTM cell a level; its hidden state goes
    to the level above, half an interval later, as in BIN's table.
    """

    backbone: BackboneConfig = PUBLISHED
    form: str = 'anchored'
    residual: str = 'middle'
    aligned: bool = True
    recurrent: bool = False

    def __post_init__(self):
        if self.form not in ('published', 'anchored'):
            raise ValueError(f"form must be published or anchored, not '{self.form}'")
        if self.residual not in ('mean', 'middle'):
            raise ValueError(f"residual must be mean or middle, not '{self.residual}'")


class StreamingPyramid(nn.Module):
    """The pyramid we ship. `forward` runs a stretch of a shot level by level, `step` one frame at a time."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        anchored, hidden = config.form == 'anchored', int(config.recurrent)
        images = (
            2 + 2 * config.aligned,
            (3 if anchored else 2) + hidden,
            (5 if anchored else 4) + hidden,
            (5 if anchored else 4) + hidden,
        )
        self.levels = nn.ModuleList(Backbone(n, config.backbone) for n in images)
        self.cells = nn.ModuleList(ConvLstmCell() for _ in range(3 * hidden))

    def call(self, level: int, images: list[Tensor], middle: list[Tensor], hidden: Tensor | None) -> Tensor:
        if hidden is not None:
            images = [hidden, *images]
        base = mean_of(images if self.config.residual == 'mean' else middle)
        return self.levels[level](images, base)

    def level1(self, previous: Tensor, following: Tensor, warps: tuple[Tensor, Tensor] | None) -> Tensor:
        """M1 between two frames; warps are the two at the middle."""
        frames = [previous, following]
        if not self.config.aligned:
            return self.call(0, frames, frames, None)
        return self.call(0, [*frames, *warps], list(warps), None)

    def level2(self, before: Tensor, frame: Tensor, after: Tensor, hidden: Tensor | None) -> Tensor:
        """S1 of a frame from M1 on either side."""
        if self.config.form == 'published':
            return self.call(1, [before, after], [before, after], hidden)
        return self.call(1, [before, frame, after], [frame], hidden)

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
        """frames [N,T,3,H,W], T at least 5, warps [N,T-1,2,3,H,W] -> results [N,count,3,H,W] by level:

        M1 of 0..T-2, S1 of 1..T-2, M2 of 1..T-3, S2 of 2..T-3.
        """
        n, t = frames.shape[:2]

        def at_once(level, *lists):
            """One call for all instants of a level: lists of [N,3,H,W], batched."""
            stacked = [None if any(x is None for x in one) else torch.cat(one) for one in lists]
            return list(level(*stacked).split(n))

        b = list(frames.unbind(1))
        pairs = (
            (torch.cat(list(warps[:, :, 0].unbind(1))), torch.cat(list(warps[:, :, 1].unbind(1))))
            if self.config.aligned
            else None
        )
        m1 = list(self.level1(torch.cat(b[:-1]), torch.cat(b[1:]), pairs).split(n))
        h1 = self.remember(0, m1)
        s1 = at_once(self.level2, m1[:-1], b[1:-1], m1[1:], h1[:-1])
        h2 = self.remember(1, s1)
        m2 = at_once(self.level3, b[1:-2], s1[:-1], m1[1:-1], s1[1:], b[2:-1], h2[:-1])
        h3 = self.remember(2, m2)
        s2 = at_once(self.level4, m1[1:-2], m2[:-1], s1[1:-1], m2[1:], m1[2:-1], h3[:-1])
        return {name: torch.stack(x, 1) for name, x in zip(('M1', 'S1', 'M2', 'S2'), (m1, s1, m2, s2))}

    # What a step leaves for the next one: images, then hidden and cell state of each level's ConvLSTM.
    # With frame j new: frame j-2, M1[j-2], M1[j-3], S1[j-2], M2[j-3].
    IMAGE_STATES = ('frame', 'between1', 'between1_before', 'sharp1', 'between2')

    def state_names(self) -> list[str]:
        cells = [f'{kind}{level + 1}' for level in range(len(self.cells)) for kind in ('hidden', 'cell')]
        return [*self.IMAGE_STATES, *cells]

    def step(
        self, previous: Tensor, following: Tensor, warps: tuple[Tensor, Tensor] | None, state: dict[str, Tensor]
    ) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Takes frame j (`following`) after frame j-1 -> (M2[j-2], S2[j-2], the state for the next step).

        All [N,3,H,W]. At a shot's start the images of the state are its first frame, the rest is 0.
        """
        recurrent = self.config.recurrent
        # Hidden states that the calls receive stem from the instant half an interval before.
        h1, h2, h3 = ((state[f'hidden{i}'] if recurrent else None) for i in (1, 2, 3))
        between1 = self.level1(previous, following, warps)  # M1[j-1]
        sharp1 = self.level2(state['between1'], previous, between1, h1)  # S1[j-1]
        between2 = self.level3(
            state['frame'], state['sharp1'], state['between1'], sharp1, previous, h2
        )  # M2[j-2]
        sharp2 = self.level4(
            state['between1_before'], state['between2'], state['sharp1'], between2, state['between1'], h3
        )  # S2[j-2]
        following_state = {
            'frame': previous,
            'between1': between1,
            'between1_before': state['between1'],
            'sharp1': sharp1,
            'between2': between2,
        }
        if recurrent:
            for i, result in enumerate((between1, sharp1, between2)):
                names = f'hidden{i + 1}', f'cell{i + 1}'
                following_state |= zip(names, self.cells[i](result, *(state[name] for name in names)))
        return between2, sharp2, following_state

    def start(self, frame: Tensor) -> dict[str, Tensor]:
        """The state before a shot's first frame."""
        zero = torch.zeros_like(frame)
        return {name: frame if name in self.IMAGE_STATES else zero for name in self.state_names()}
