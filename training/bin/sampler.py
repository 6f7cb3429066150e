"""Draws what BIN is trained on: some frames of a shot, blurred or not, and the sharp truth at and between them.

Blur is made as a shutter makes it and as interp-bench does: the mean of consecutive frames in stored values. The
frames are those of a real clip or rendered from layers that move (bin/layers.py).
"""

from __future__ import annotations

import dataclasses
import functools
import pathlib
import tomllib
from collections.abc import Callable

import cv2
import numpy as np

from . import layers, motion
from .clips import Clip, Exposure, average

KINDS = ('frames', 'sharp', 'warps')
SHARP_EVERY = 4  # every so many samples are not blurred, the first one to begin with
# Windows and steps as clips have them: of most the exposure is longer than the interval, as in interp-bench.
EXPOSURES = (
    *3 * [Exposure(11, 8)], *2 * [Exposure(5, 4)], Exposure(9, 6), Exposure(7, 6), Exposure(9, 8), Exposure(7, 4),
    Exposure(3, 2), Exposure(3, 4), Exposure(5, 6),
)  # fmt: skip
SHARP_STEPS = (2, 4, 6, 8)
FAR = 1000  # frames: beyond every sample
# First and last frame, counted from a sample's middle one, of shots that begin or end in it; the last two have two frames.
ENDS = ((0, FAR), (-1, FAR), (-FAR, 0), (-FAR, 1), (0, 1), (-1, 0))
TRIES = 30
REAL_TRIES = 20  # clips may show nothing fit; layers always give something


@dataclasses.dataclass(frozen=True)
class SampleConfig:
    """What to draw from. Lengths in pixels; shares of all samples."""

    roots: list[str]
    clips: list[str]
    blurred: list[str]  # clips with blur of their own: never a truth for blurred input
    held_back: list[str]  # clips for validation alone
    frames: int = 5  # of a sample, odd: more than two levels reach over, for what is remembered from step to step
    count: int = 2048
    validation: int = 96
    patch: int = 112
    room: int = 12  # drawn round a patch, so that the flow near its border sees what lies beyond
    real: float = 0.4
    ends: float = 0.2
    outer: bool = False  # also what four levels need: the outer warps, and the truth at every instant
    stills: list[str] = dataclasses.field(default_factory=list)  # folders of photographs for the layers
    unlisted: str = ''  # licence of clips that no index.tsv tells one of
    hardest: float = 22.0  # PSNR of a blurred frame below which nothing could restore it
    easiest: float = 37.0  # above which it shows noise and coding rather than blur
    ghosts: float = 26.0  # PSNR of frames of an exposure, one after the other, below which their mean shows steps
    finest: float = 0.5  # share whose motion is estimated down to full size
    seed: int = 1

    @property
    def instants(self) -> range:
        """Half intervals from the first frame on that the truth is kept of."""
        return range(2 * self.frames - 1) if self.outer else range(3, 2 * self.frames - 4)

    @property
    def pairs(self) -> range:
        """First frames of the pairs that are warped to their middle."""
        return range(self.frames - 1) if self.outer else range(1, self.frames - 2)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Pictures of each kind in a sample."""
        return {'frames': (self.frames,), 'sharp': (len(self.instants),), 'warps': (len(self.pairs), 2)}


def load_config(path: pathlib.Path) -> SampleConfig:
    with open(path, 'rb') as file:
        return SampleConfig(**tomllib.load(file))


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """Of uint8 pictures."""
    error = np.square(a.astype(np.float32) - b).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-4)))


class Sampler:
    """Draws samples of clips and photographs."""

    def __init__(self, sources: list[Clip], stills: list[np.ndarray], config: SampleConfig):
        self.sources, self.stills, self.config = sources, stills, config
        self.side = config.patch + 2 * config.room

    def draw(self, seed: int, sharp: bool) -> dict[str, np.ndarray]:
        """{kind: uint8 [..., patch, patch, 3]}, the same for the same seed."""
        self.random = random = np.random.default_rng(seed)
        frames, truth = self.shot(sharp)
        frames = self.spoil(frames)
        finest = int(random.random() >= self.config.finest)
        warps = [motion.to_middle(frames[k], frames[k + 1], finest) for k in self.config.pairs]
        whole = {
            'frames': frames,
            'sharp': truth,
            'warps': np.clip(np.rint(np.stack(warps)), 0, 255).astype(np.uint8),
        }
        inner = slice(self.config.room, self.config.room + self.config.patch)
        return {kind: pictures[..., inner, inner, :] for kind, pictures in whole.items()}

    def shot(self, sharp: bool) -> tuple[np.ndarray, np.ndarray]:
        """Frames [n, side, side, 3] and the truth at the instants wanted, of blur that can be mended."""
        middle = self.config.frames // 2
        for attempt in range(TRIES):
            exposure = EXPOSURES[self.random.integers(len(EXPOSURES))]
            if sharp:
                exposure = Exposure(1, int(self.random.choice(SHARP_STEPS)))
            clip = attempt < REAL_TRIES and self.random.random() < self.config.real
            frame = self.real(exposure) if clip else self.layered(exposure)
            if frame is None:
                continue
            blurred = functools.cache(functools.partial(self.expose, frame, exposure))
            truth = lambda instant: frame(exposure.window // 2 + instant * exposure.step // 2)
            found = psnr(blurred(middle), truth(2 * middle))
            if sharp or self.config.hardest <= found <= self.config.easiest:
                break
        index = np.arange(self.config.frames)
        if self.random.random() < self.config.ends:
            first, last = ENDS[self.random.integers(len(ENDS))]
            index = np.clip(index, middle + first, middle + last)
        instants = [index[i // 2] + index[(i + 1) // 2] for i in self.config.instants]
        return np.stack([blurred(k) for k in index]), np.stack([truth(i) for i in instants])

    def expose(self, frame: Callable[[int], np.ndarray], exposure: Exposure, k: int) -> np.ndarray:
        first = k * exposure.step
        return average(np.stack([frame(i) for i in range(first, first + exposure.window)]))

    def real(self, exposure: Exposure) -> Callable[[int], np.ndarray] | None:
        """Frames of a place of a clip where much moves; None where they are so far apart that their mean would
        show each of them."""
        clip = self.sources[self.random.integers(len(self.sources))]
        span = exposure.span(self.config.frames)
        count, h, w = clip.frames.shape[:3]
        if span > count or (exposure.window > 1 and not clip.sharp):
            return None
        first = int(self.random.integers(count - span + 1))
        shrink = self.random.uniform(1, min(2, min(h, w) / self.side)) if self.random.random() < 0.6 else 1
        side = int(self.side * shrink)
        at, after = first + span // 2, first + span // 2 + max(1, exposure.step // 2)
        after = min(after, count - 1)
        place, most = None, -1.0
        for _ in range(4):
            y, x = int(self.random.integers(h - side + 1)), int(self.random.integers(w - side + 1))
            coarse = np.s_[y : y + side : 2, x : x + side : 2]
            lively = float(cv2.absdiff(clip.frames[at][coarse].copy(), clip.frames[after][coarse].copy()).mean())
            if lively > most:
                place, most = np.s_[y : y + side, x : x + side], lively
        if exposure.window > 1 and psnr(clip.frames[at][place], clip.frames[at + 1][place]) < self.config.ghosts:
            return None
        size = (self.side, self.side)

        @functools.cache
        def frame(i: int) -> np.ndarray:
            part = clip.frames[first + i][place]
            return part if side == self.side else cv2.resize(part, size, interpolation=cv2.INTER_AREA)

        return frame

    def layered(self, exposure: Exposure) -> Callable[[int], np.ndarray]:
        """Frames rendered from one to three layers; blurred ones move less, so that they can be mended."""
        count = int(self.random.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))
        slowest, fastest = (0.5, 24) if exposure.window == 1 else (0.25 * exposure.step, 2.2 * exposure.step)
        if exposure.window > 1 and exposure.window <= 5:
            fastest *= 1.5
        speeds = np.exp(self.random.uniform(np.log(slowest), np.log(fastest), count))
        if count > 1:
            speeds[self.random.random(count) < 0.2] = 0  # a still background, or something held before it
        parts = [
            layers.Layer(self.still(), self.side, float(speed), self.random, mask=i > 0)
            for i, speed in enumerate(speeds)
        ]
        half, middle = exposure.window // 2, self.config.frames // 2
        return functools.cache(lambda i: layers.render(parts, (i - half) / exposure.step - middle))

    def still(self) -> np.ndarray:
        """A part of a photograph or of a clip's frame, a quarter larger than a sample, of random size and sharpness."""
        if self.stills and self.random.random() < 0.7:
            frame = self.stills[self.random.integers(len(self.stills))]
        else:
            clip = self.sources[self.random.integers(len(self.sources))]
            frame = clip.frames[self.random.integers(len(clip.frames))]
        wanted = int(1.25 * self.side)
        h, w = frame.shape[:2]
        least = min(h, w)
        side = int(self.random.integers(wanted, least + 1)) if least > wanted else least
        y, x = self.random.integers(h - side + 1), self.random.integers(w - side + 1)
        how = cv2.INTER_AREA if side > wanted else cv2.INTER_CUBIC
        part = cv2.resize(frame[y : y + side, x : x + side], (wanted, wanted), interpolation=how)
        if self.random.random() < 0.4:
            part = cv2.GaussianBlur(part, (0, 0), self.random.uniform(0.4, 0.9))
        return part

    def spoil(self, frames: np.ndarray) -> np.ndarray:
        """Mild noise or compression on a few of the shots."""
        chance = self.random.random()
        if chance < 0.03:
            quality = [cv2.IMWRITE_JPEG_QUALITY, int(self.random.integers(90, 98))]
            coded = [cv2.imencode('.jpg', frame, quality)[1] for frame in frames]
            return np.stack([cv2.imdecode(data, cv2.IMREAD_COLOR) for data in coded])
        if chance < 0.06:
            noise = self.random.normal(0, self.random.uniform(0.3, 0.7), frames.shape)
            return np.clip(np.rint(frames + noise), 0, 255).astype(np.uint8)
        return frames
