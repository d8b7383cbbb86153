"""The stages from a person made of lines to measures, for tests of what comes late in the chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tests.support.skeletons import CAMERA, Camera, Motion, film, spoil
from vidgait.kinematics.noise import NoiseModel, estimate_noise
from vidgait.kinematics.segments import find_segments
from vidgait.kinematics.series import compute_series
from vidgait.kinematics.signals import clean_track
from vidgait.measures import measure_clip
from vidgait.movements import cutoff_hz, find_reps, recognise
from vidgait.settings import Settings

if TYPE_CHECKING:
    from vidgait.types import Issue, Measure, Movement, Rep, Segment, Series, Side, Track

__all__ = ["Counted", "count", "count_track", "measure"]


@dataclass(frozen=True)
class Counted:
    track: Track
    noise: NoiseModel
    segments: tuple[Segment, ...]
    series: tuple[Series, ...]
    movement: Movement
    reps: tuple[Rep, ...]
    issues: tuple[Issue, ...]

    @property
    def whole(self) -> list[Rep]:
        return [rep for rep in self.reps if rep.kind == "rep"]

    def measures(self, settings: Settings | None = None, segments: tuple[Segment, ...] | None = None) -> Measures:
        found = measure_clip(
            self.track,
            self.noise,
            segments or self.segments,
            self.series,
            self.movement,
            self.reps,
            settings or Settings(),
        )
        return Measures(found)


@dataclass(frozen=True)
class Measures:
    all: tuple[Measure, ...]

    def find(self, id: str, side: Side | None = None, rep: int | None = None) -> Measure:
        return next(one for one in self.all if (one.id, one.side, one.rep) == (id, side, rep))


def count_track(
    raw: Track, size_px: tuple[int, int] = CAMERA.size_px, settings: Settings | None = None, named: str | None = None
) -> Counted:
    settings = settings or Settings()
    clean = clean_track(raw, settings.signals, cutoff_hz(named))
    segments = find_segments(clean.track, size_px, settings.view, settings.subject)
    series = compute_series(clean.track, segments, settings.view)
    movement = recognise(clean.track, segments, series, named)
    reps, issues = find_reps(movement, clean.track, segments)
    return Counted(clean.track, estimate_noise(raw, clean, segments), segments, series, movement, reps, issues)


def count(motion: Motion, camera: Camera = CAMERA, noise_px: float = 1.0, seed: int = 0, **options: object) -> Counted:
    """`options` go to count_track."""
    raw = spoil(film(motion, camera), np.random.default_rng(seed), noise_px=noise_px)
    return count_track(raw, camera.size_px, **options)  # type: ignore[arg-type]


def measure(motion: Motion, camera: Camera = CAMERA, noise_px: float = 0.5, **options: object) -> Measures:
    return count(motion, camera, noise_px, **options).measures()
