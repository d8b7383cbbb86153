"""Sums up a validation: one row per measure, series, instant or heading, per clip and per view.

A clip's row holds counts and means, so that rows of any selection of clips can be put together again (`combined`):
the regression test compares the few clips it has time for with the same few of the committed table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from vidgait.truth.results import ClipCheck, Leg, MeasureCheck, SeriesCheck
    from vidgait.types import FloatArray

__all__ = ["Kind", "Reps", "Row", "by_view", "combined", "reps_of", "rows_of"]

Kind = Literal["measure", "set", "series", "timing", "yaw", "pattern"]
Z = 1.96
SIGN_FROM = 3.0
"""A true angle within this of zero has no sign worth getting right (degrees)."""
ROUNDED_S = 1e-4
"""Truth files round their times."""
NEAR_FRONT_DEG = 20.5
"""The heading is judged on its own within 20 degrees of a front or back view; cameras see a person's heading half a
degree off what was set up."""


@dataclass(frozen=True, slots=True)
class Row:
    """How far one quantity is off, over `n` values: repetitions for measures, instants and patterns, frames for
    series. Of patterns, `banded` counts the labels that were shown and `covered` the right ones."""

    kind: Kind
    id: str
    unit: str
    leg: Leg | None = None
    clips: int = 1
    n: int = 0
    bias: float | None = None
    """Mean of shown less true."""
    mae: float | None = None
    mae_without_offset: float | None = None
    """The same after each curve's own median difference is taken off; series only."""
    banded: int = 0
    """Values with a stated 95 % band; for instants it is one frame."""
    covered: int = 0
    """True values inside it."""
    signed: int = 0
    """Shown angles whose true size is above 3 degrees."""
    wrong_signs: int = 0
    asked_inside: int = 0
    """True values that the view can give."""
    answered_inside: int = 0
    asked_outside: int = 0
    """True values that it cannot give, and that should be refused."""
    answered_outside: int = 0
    refusals: Mapping[str, int] = field(default_factory=dict)
    """Why a value that the view can give was not given, with how often."""

    @property
    def key(self) -> tuple[Kind, str, Leg | None]:
        return self.kind, self.id, self.leg

    @property
    def coverage(self) -> float | None:
        return _share(self.covered, self.banded)

    @property
    def wrong_sign_share(self) -> float | None:
        return _share(self.wrong_signs, self.signed)

    @property
    def answered_inside_share(self) -> float | None:
        return _share(self.answered_inside, self.asked_inside)

    @property
    def answered_outside_share(self) -> float | None:
        return _share(self.answered_outside, self.asked_outside)


@dataclass(frozen=True, slots=True)
class Reps:
    """Repetitions of one clip, or of several."""

    true: int = 0
    missed: int = 0
    extra: int = 0
    not_counted_yet: int = 0
    """Of movements that vidgait does not recognise yet."""


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


# --- rows of one clip -------------------------------------------------------------------------------------------------


def rows_of(clip: ClipCheck) -> tuple[Row, ...]:
    """Every row of one clip, in the order of the catalogue and of the series."""
    return (
        *_measure_rows("measure", clip.measures),
        *_measure_rows("set", clip.sets),
        *_series_rows(clip.series),
        *_timing_rows(clip),
        *_yaw_rows(clip),
        *_pattern_rows(clip),
    )


def reps_of(clip: ClipCheck) -> Reps:
    if not clip.counts_reps:
        return Reps(extra=clip.extra, not_counted_yet=len(clip.reps))
    return Reps(true=len(clip.reps), missed=clip.missed, extra=clip.extra)


def _measure_rows(kind: Kind, checks: Sequence[MeasureCheck]) -> Iterator[Row]:
    for id, leg in dict.fromkeys((check.id, check.leg) for check in checks):
        yield _measure_row(kind, [check for check in checks if (check.id, check.leg) == (id, leg)])


def _measure_row(kind: Kind, checks: Sequence[MeasureCheck]) -> Row:
    first = checks[0]
    shown = [check for check in checks if check.value is not None]
    value = np.array([check.value for check in shown], float)
    truth = np.array([check.truth for check in shown], float)
    error = np.array([np.nan if check.error is None else check.error for check in shown], float)
    inside = [check for check in checks if check.inside]
    return Row(
        kind=kind,
        id=first.id,
        unit=first.unit,
        leg=first.leg,
        **_differences(value, truth, error, first.unit),
        asked_inside=len(inside),
        answered_inside=sum(check.value is not None for check in inside),
        asked_outside=len(checks) - len(inside),
        answered_outside=len(shown) - sum(check.value is not None for check in inside),
        refusals=dict(Counter(check.why_none or "no reason given" for check in inside if check.value is None)),
    )


def _differences(value: FloatArray, truth: FloatArray, half_width: FloatArray, unit: str) -> dict[str, Any]:
    """What a row says of (N,) values with their truth and stated 95 % half-widths (NaN where none is stated)."""
    if not value.size:
        return {}
    off = value - truth
    banded = np.isfinite(half_width)
    signed = (np.abs(truth) > SIGN_FROM) if unit == "deg" else np.zeros(truth.shape, bool)
    return {
        "n": int(value.size),
        "bias": float(off.mean()),
        "mae": float(np.abs(off).mean()),
        "banded": int(banded.sum()),
        "covered": int((np.abs(off[banded]) <= half_width[banded]).sum()),
        "signed": int(signed.sum()),
        "wrong_signs": int((value[signed] * truth[signed] < 0).sum()),
    }


def _series_rows(checks: Sequence[SeriesCheck]) -> Iterator[Row]:
    for name, leg in dict.fromkeys((check.name, check.leg) for check in checks):
        same = [check for check in checks if (check.name, check.leg) == (name, leg)]
        yield combined([_series_row(check) for check in same], clips=1)


def _series_row(check: SeriesCheck) -> Row:
    known = np.isfinite(check.truth)
    seen = known & np.isfinite(check.shown)
    value, truth = check.shown[seen], check.truth[seen]
    half_width = np.full(value.shape, np.nan) if check.sd is None else Z * check.sd[seen]
    off = value - truth
    return Row(
        kind="series",
        id=check.name,
        unit=check.unit,
        leg=check.leg,
        **_differences(value, truth, half_width, check.unit),
        mae_without_offset=float(np.abs(off - np.median(off)).mean()) if off.size else None,
        asked_inside=int((known & check.inside).sum()),
        answered_inside=int((seen & check.inside).sum()),
        asked_outside=int((known & ~check.inside).sum()),
        answered_outside=int((seen & ~check.inside).sum()),
    )


def _timing_rows(clip: ClipCheck) -> Iterator[Row]:
    """The repetition's instants, found less true, in seconds; their band is one frame. A movement that is not counted
    yet and was taken for another one has none."""
    if not clip.counts_reps:
        return
    for name in dict.fromkeys(name for rep in clip.reps for name in rep.timing_s):
        late = np.array([rep.timing_s[name] for rep in clip.reps if name in rep.timing_s])
        frame_s = np.full(late.shape, clip.frame_s + ROUNDED_S)
        yield Row("timing", name, "s", **_differences(late, np.zeros(late.shape), frame_s, "s"))


def _yaw_rows(clip: ClipCheck) -> Iterator[Row]:
    ids = {"yaw": clip.yaw, "yaw_within_20_of_front": [one for one in clip.yaw if _off_front(one.truth_deg)]}
    for id, checks in ids.items():
        known = [one for one in checks if one.shown_deg is not None]
        truth = np.array([one.truth_deg for one in known], float)
        shown = np.array([one.shown_deg for one in known], float)
        error = np.array([np.nan if one.error_deg is None else one.error_deg for one in known], float)
        if checks:
            found = _differences(shown, truth, error, "")
            yield Row("yaw", id, "deg", **found, asked_inside=len(checks), answered_inside=len(known))


def _pattern_rows(clip: ClipCheck) -> Iterator[Row]:
    """Asked for is a label where the rule gives true numbers one; a label where it gives none is wrong."""
    checks = clip.patterns
    if not checks:
        return
    shown = [check for check in checks if check.shown is not None]
    named = [check for check in checks if check.truth is not None]
    inside, outside = ([check for check in named if check.inside is within] for within in (True, False))
    open_ = [check.why_none or "no reason given" for check in inside if check.shown is None]
    yield Row(
        kind="pattern",
        id="pattern",
        unit="",
        leg="stance",
        n=len(shown),
        banded=len(shown),
        covered=sum(check.shown == check.truth for check in shown),
        asked_inside=len(inside),
        answered_inside=sum(check.shown is not None for check in inside),
        asked_outside=len(outside),
        answered_outside=sum(check.shown is not None for check in outside),
        refusals=dict(Counter("left open" if "may be" in why else why for why in open_)),
    )


def _off_front(yaw_deg: float) -> bool:
    return min(abs(yaw_deg), abs(180 - abs(yaw_deg))) <= NEAR_FRONT_DEG


# --- rows of several clips --------------------------------------------------------------------------------------------


def combined(rows: Sequence[Row], clips: int | None = None) -> Row:
    """One row of several of the same quantity. Means are weighted by their number of values."""
    refusals: Counter[str] = Counter()
    for row in rows:
        refusals.update(row.refusals)

    def total(name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    return replace(
        rows[0],
        clips=total("clips") if clips is None else clips,
        n=total("n"),
        bias=_mean(rows, "bias"),
        mae=_mean(rows, "mae"),
        mae_without_offset=_mean(rows, "mae_without_offset"),
        banded=total("banded"),
        covered=total("covered"),
        signed=total("signed"),
        wrong_signs=total("wrong_signs"),
        asked_inside=total("asked_inside"),
        answered_inside=total("answered_inside"),
        asked_outside=total("asked_outside"),
        answered_outside=total("answered_outside"),
        refusals=dict(refusals),
    )


def _mean(rows: Sequence[Row], name: str) -> float | None:
    known = [(getattr(row, name), row.n) for row in rows if getattr(row, name) is not None and row.n]
    total = sum(n for _, n in known)
    return sum(value * n for value, n in known) / total if total else None


def by_view(clips: Iterable[tuple[str, Sequence[Row]]]) -> dict[str, tuple[Row, ...]]:
    """Rows of each view from (view, rows) of the clips, in the order in which they first appear."""
    views: dict[str, dict[tuple[Kind, str, Leg | None], list[Row]]] = {}
    for view, rows in clips:
        for row in rows:
            views.setdefault(view, {}).setdefault(row.key, []).append(row)
    return {view: tuple(combined(same) for same in rows.values()) for view, rows in views.items()}
