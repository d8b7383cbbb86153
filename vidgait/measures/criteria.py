"""Clinical rating scales item by item, each with the number it rests on and the instant that shows it.

Source: biomechanics specification, section 3.2. The items are those of the scales; the numbers at which a camera calls
one seen are ours wherever the rule says so, as the scales are rated by eye. An item is judged only where the error
leaves no doubt on which side of the limit it lies. Items whose scoring we have not read in the source are shown,
marked, and never scored; a sum is given only where every item could be judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vidgait.measures import criteria_readings as readings
from vidgait.measures.criteria_readings import Material, Reading, UnseenError
from vidgait.types import Criterion

if TYPE_CHECKING:
    from vidgait.kinematics.noise import NoiseModel
    from vidgait.types import Measure, Movement, Rep, Segment, Series, Side, Track

__all__ = ["SCALES", "TOTAL", "Item", "Scale", "find_criteria"]

TOTAL = "total"
NOT_READ = "shown, not scored: the scale's own rule has not been read in the source"
_Read = Callable[[Material, "Side", "Rep"], Reading]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a scale. The fault is seen where the number lies beyond `limit`."""

    id: str
    says: str
    rule: str
    unit: str
    limit: float
    points: int = 1
    measure: str = ""
    """The catalogue's id, or else `read`."""
    instead: str = ""
    """The measure taken where the first has no value."""
    read: _Read | None = None
    either_way: bool = False
    below: bool = False
    """The fault is to lie under the limit."""
    second_limit: float | None = None
    """Beyond it the item counts 2."""
    never_clear: str | None = None
    """Why the absence of the fault cannot be said, where one camera sees only part of it."""


@dataclass(frozen=True, slots=True)
class Scale:
    id: str
    source: str
    movement: str
    verified: bool
    items: tuple[Item, ...]
    needs_flag: str | None = None
    """A variant of the movement that the scale was made for; in others its items are shown and not scored."""
    total_says: str | None = None


_PIVA = "Piva 2006, Rabin 2010 and 2014, as tables and summaries of others give them (kappa 0.59 to 0.81)"
_RESSMAN = "Ressman 2021"
_CROSSLEY = "Crossley 2011, Am J Sports Med 39:866 (kappa 0.60 to 0.80)"
_HARDCASTLE = "Hardcastle and Nade 1985"
_YOUDAS = "Youdas 2007: smallest detectable change 4 degrees"

_LATERAL_STEP_DOWN = Scale(
    "lateral_step_down",
    _PIVA,
    "step_down",
    True,
    (
        Item(
            "arms",
            "A hand leaves the hip to keep balance",
            "a wrist moves more than 10 % of body height from where it lay on the hip (our number)",
            "% body height",
            10.0,
            read=readings.hand_off_hip,
        ),
        Item(
            "trunk",
            "The trunk leans to one side",
            "more than 5° to either side at the bottom, against standing on both feet (our number)",
            "deg",
            5.0,
            measure="trunk_lean_stance_bottom",
            either_way=True,
        ),
        Item(
            "pelvis",
            "The pelvis does not stay level",
            "more than 5° at the bottom, either side lower, against standing on both feet (our number)",
            "deg",
            5.0,
            measure="pelvic_drop_bottom",
            either_way=True,
        ),
        Item(
            "knee",
            "The knee moves inside the second toe",
            "1 point: knee centre, for the bump of the shin below it, medial of the toe point; 2 points: medial of the "
            "foot, taken as 2.2 % of body height farther (our number)",
            "% body height",
            0.0,
            read=readings.knee_inside_toe,
            second_limit=2.2,
        ),
        Item(
            "steady",
            "The standing foot is not steady",
            "the standing foot moves sideways by more than 3 % of body height (our number)",
            "% body height",
            3.0,
            read=readings.foot_moves,
        ),
    ),
    needs_flag="lateral",
    total_says="Sum of the scale: 0 to 1 good, 2 to 3 medium, 4 and more poor",
)

_SEGMENTS = Scale(
    "single_leg_squat_segments",
    _RESSMAN,
    "single_leg_squat",
    True,
    (
        Item(
            "foot",
            "The foot is turned by more than 10°",
            "toe-out or toe-in beyond 10° at the bottom, by how long the foot looks",
            "deg",
            10.0,
            read=readings.foot_angle,
            either_way=True,
        ),
        Item(
            "knee",
            "The knee moves inside the big toe",
            "knee centre more than 1.2 % of body height medial of the toe point, which lies near the second toe (our "
            "number)",
            "% body height",
            1.2,
            read=readings.knee_inside_toe,
        ),
        Item(
            "shake",
            "The knee shakes from side to side",
            "knee sway of more than 1 % of leg length (our number)",
            "% leg length",
            1.0,
            measure="knee_sway",
        ),
        Item(
            "pelvis",
            "The pelvis shifts or turns",
            "a shift of more than 3 % of body height over the standing foot (our number); turning is not seen",
            "% body height",
            3.0,
            read=readings.pelvis_shift,
            never_clear="no shift is seen, but one camera cannot tell whether the pelvis turns",
        ),
        Item(
            "trunk",
            "The trunk leans or sways",
            "more than 5° to either side at the bottom, against standing on both feet (our number)",
            "deg",
            5.0,
            measure="trunk_lean_stance_bottom",
            either_way=True,
        ),
    ),
    total_says="Sum of the scale: one point for each of the five segments that fails",
)

_HALF = "where its part of the index scores half (our rule)"
_CROSSLEY_SCALE = Scale(
    "crossley_single_leg_squat",
    _CROSSLEY,
    "single_leg_squat",
    False,
    (
        Item(
            "overall_balance",
            "Overall: the free foot touches down",
            "the free foot's lowest point less than 3 % of leg length above the standing one in the picture (our rule)",
            "% leg length",
            3.0,
            read=readings.free_foot_height,
            below=True,
        ),
        Item(
            "overall_depth",
            "Overall: the knee bends to less than 60°",
            "knee flexion at the bottom",
            "deg",
            60.0,
            measure="knee_flexion_bottom",
            instead="knee_flexion_vertical_bottom",
            below=True,
        ),
        Item(
            "trunk",
            "Trunk: it leans to one side",
            f"more than 11.2° at the bottom, {_HALF}",
            "deg",
            11.2,
            measure="trunk_lean_stance_bottom",
            either_way=True,
        ),
        Item(
            "pelvis",
            "Pelvis: the free side drops",
            f"more than 13.1° at the bottom, {_HALF}",
            "deg",
            13.1,
            measure="pelvic_drop_bottom",
        ),
        Item(
            "hip",
            "Hip: the thigh moves toward the midline",
            f"hip adduction of more than 19.2° at the bottom, {_HALF}",
            "deg",
            19.2,
            measure="hip_adduction_bottom",
        ),
        Item(
            "knee",
            "Knee: it moves inward",
            f"FPPA of more than 16.1° at the bottom, {_HALF}",
            "deg",
            16.1,
            measure="fppa_bottom",
        ),
    ),
)

_TRENDELENBURG = Scale(
    "trendelenburg",
    _HARDCASTLE,
    "single_leg_stance",
    False,
    (
        Item(
            "level",
            "The pelvis is not held level on one leg",
            f"the free side more than 4° lower than on both feet, mean over the hold ({_YOUDAS})",
            "deg",
            4.0,
            measure="pelvic_drop_hold",
        ),
        Item(
            "sinks",
            "The pelvis sinks while it is held",
            f"more than 4° lower than in the first second, in means over a second ({_YOUDAS})",
            "deg",
            4.0,
            read=readings.pelvis_sinks,
        ),
        Item(
            "trunk",
            "The trunk leans over the standing leg",
            "more than 5° against standing on both feet, mean over the hold (our number)",
            "deg",
            5.0,
            measure="trunk_lean_stance_hold",
        ),
        Item(
            "pelvis_on_thigh",
            "The pelvis stands on the thigh at a smaller angle than in anybody of the group measured",
            "under 76°, mean over the hold; the group of Youdas 2007 had 83 ± 3°, 76 to 94°",
            "deg",
            76.0,
            read=readings.pelvis_on_thigh,
            below=True,
        ),
    ),
)

SCALES: tuple[Scale, ...] = (_LATERAL_STEP_DOWN, _SEGMENTS, _CROSSLEY_SCALE, _TRENDELENBURG)


def find_criteria(
    track: Track,
    noise: NoiseModel,
    segments: Sequence[Segment],
    series: Sequence[Series],
    movement: Movement,
    reps: Sequence[Rep],
    measures: Sequence[Measure],
) -> tuple[Criterion, ...]:
    """The items of every scale that is made for this movement, leg by leg, in the order of SCALES; then the sum where
    the scale has one. Judged on the set: medians over the counted repetitions of that leg."""
    counted = [rep for rep in reps if rep.is_used and rep.side is not None]
    clip = Material(track, noise, segments, series, counted, measures)
    found: list[Criterion] = []
    for scale in SCALES:
        if scale.movement != movement.label:
            continue
        scored = scale.verified and scale.needs_flag in (None, *movement.flags)
        for side in sorted({rep.side for rep in counted if rep.side is not None}):
            items = [_judged(scale, item, clip, side, scored) for item in scale.items]
            found += [*items, *_total(scale, items, side, scored)]
    return tuple(found)


def _total(scale: Scale, items: Sequence[Criterion], side: Side, scored: bool) -> list[Criterion]:
    """Nothing where the scale has no sum, or is not scored here."""
    if scale.total_says is None or not scored:
        return []
    open_ones = [item.id for item in items if item.points is None]
    why = f"no sum: {', '.join(open_ones)} could not be judged" if open_ones else None
    points = None if open_ones else sum(item.points or 0 for item in items)
    rule = "the points of all its items; none where one of them stays open"
    return [Criterion(scale.id, TOTAL, scale.total_says, rule, scale.source, True, side, points=points, why_none=why)]


def _judged(scale: Scale, item: Item, clip: Material, side: Side, scored: bool) -> Criterion:
    try:
        over_set, best, index = _value(item, clip, side)
    except UnseenError as reason:
        return _open(scale, item, side, str(reason))
    value = abs(over_set.value) if item.either_way else over_set.value
    met, why = _met(item, value, over_set.error)
    points = _points(item, value, over_set.error, met) if scored else None
    if met is not None and points is None:
        why = _why_no_points(scale, scored)
    return Criterion(
        scale.id,
        item.id,
        item.says,
        item.rule,
        scale.source,
        scale.verified,
        side,
        met,
        points,
        index,
        best,
        over_set.value,
        over_set.error,
        item.unit,
        why,
    )


def _why_no_points(scale: Scale, scored: bool) -> str:
    if not scale.verified:
        return NOT_READ
    if not scored:
        return f"shown, not scored: the scale is for the {scale.needs_flag} {scale.movement.replace('_', '-')}"
    return "1 or 2 points: within its error of the second limit"


def _open(scale: Scale, item: Item, side: Side, why: str) -> Criterion:
    return Criterion(
        scale.id, item.id, item.says, item.rule, scale.source, scale.verified, side, unit=item.unit, why_none=why
    )


def _met(item: Item, value: float, error: float) -> tuple[bool | None, str | None]:
    low, high = value - error, value + error
    beyond, clear = (high < item.limit, low >= item.limit) if item.below else (low > item.limit, high <= item.limit)
    if beyond:
        return True, None
    if clear:
        return (None, item.never_clear) if item.never_clear else (False, None)
    return None, f"{_said(value, item)} ± {_said(error, item)} is within its error of the limit of {item.limit:g}"


def _said(number: float, item: Item) -> str:
    return f"{number:.{0 if item.unit == 'deg' else 1}f}"


def _points(item: Item, value: float, error: float, met: bool | None) -> int | None:
    if met is None or not met:
        return None if met is None else 0
    if item.second_limit is None:
        return item.points
    if value - error > item.second_limit:
        return 2
    return 1 if value + error <= item.second_limit else None


def _value(item: Item, clip: Material, side: Side) -> tuple[Reading, float, int | None]:
    """Of the set; and the instant and the repetition that show it best. Raises UnseenError."""
    reps = [rep for rep in clip.reps if rep.side == side]
    each = _of_measures(item, clip, side, reps) if item.read is None else _of_reps(item, clip, side, reps)
    sign = -1.0 if item.below else 1.0
    best = max(each[1], key=lambda pair: sign * (abs(pair[1].value) if item.either_way else pair[1].value))
    return each[0], best[1].time_s, best[0].index


def _of_measures(
    item: Item, clip: Material, side: Side, reps: Sequence[Rep]
) -> tuple[Reading, list[tuple[Rep, Reading]]]:
    first = clip.find(item.measure, side, None)
    id = item.instead if item.instead and (first is None or first.value is None) else item.measure
    over_set = clip.find(id, side, None)
    if over_set is None or over_set.value is None:
        raise UnseenError((over_set.why_none if over_set else None) or "not measured in this clip")
    each = [
        (rep, Reading(one.value, one.error or 0.0, _shown_s(rep)))
        for rep in reps
        if (one := clip.find(id, side, rep.index)) is not None and one.value is not None
    ]
    whole = Reading(over_set.value, over_set.error or 0.0, float("nan"))
    return whole, each or [(reps[0], Reading(whole.value, whole.error, _shown_s(reps[0])))]


def _shown_s(rep: Rep) -> float:
    """The bottom of a bend; the middle of a hold."""
    first, last = rep.instants.get("lifted", rep.start_s), rep.instants.get("lowered", rep.end_s)
    return rep.instants.get("bottom", (first + last) / 2)


def _of_reps(item: Item, clip: Material, side: Side, reps: Sequence[Rep]) -> tuple[Reading, list[tuple[Rep, Reading]]]:
    assert item.read is not None
    each, why = [], "no repetition to judge"
    for rep in reps:
        try:
            each.append((rep, item.read(clip, side, rep)))
        except UnseenError as reason:
            why = str(reason)
    if not each:
        raise UnseenError(why)
    middle = float(np.median([one.value for _, one in each]))
    error = float(np.median([one.error for _, one in each]))
    return Reading(middle, error, float("nan")), each
