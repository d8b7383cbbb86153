"""The squat on one leg: stands on it, sinks, stands. The other foot is held ahead, beside or behind, or rests on the
floor between repetitions.

Both legs are followed at once, each by a machine of its own that reads heights over that leg's ankle; a bend counts
for the leg that carries the body alone.

Source: biomechanics specification, sections 3 and 4.1 to 4.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from vidgait.movements.framework import Checks, MovementSpec, RepRules, leg_share
from vidgait.movements.posture import BodySample

if TYPE_CHECKING:
    from vidgait.types import Side

__all__ = ["ONE_LEG_RULES", "OTHER_LEG", "SINGLE_LEG_SQUAT"]

# What counts is the lower part of the bend: the foot may be on its way up while the bend begins.
DEEP_SHARE = 0.4
# So much of a bend is done on the leg alone; a hand on a chair or a foot that touches down for a moment is allowed.
ALONE_SHARE = 0.8
# On the other leg for this share of the time: a bend of that one, not a bad one of this.
OTHER_SHARE = 0.4
# A foot that sinks by this share of what the hips sink hangs from them; one that stays within this is planted.
HANGS_SHARE = 0.6
STAYS_SHARE = 0.35
# A foot that rises in the picture by this share of what the hips come nearer to it is lifted, not stood on.
LIFTED_SHARE = 0.5
# A body that moves farther than this over its foot (leg lengths) is walking on; leaning and sitting back is half of it.
PASSES_MAX = 0.35
OTHER_LEG = "stands on the other leg"
# The leg that stands shortens by at least this share of what the hips sink.
BEND_SHARE = 0.5


def _one_leg_bends(
    low: BodySample, high: BodySample, during: Sequence[BodySample], rules: RepRules, *, side: Side
) -> Checks:
    other: Side = "right" if side == "left" else "left"
    extension = f"{side}_extension"
    hips, shoulders = high.hip_height - low.hip_height, high.shoulder_height - low.shoulder_height
    deep = [sample for sample in during if high.hip_height - sample.hip_height > DEEP_SHARE * hips]
    alone, elsewhere = leg_share(deep, side), leg_share(deep, other)
    hangs = _hangs(low, high, side)
    places = [sample.body_aside for sample in during] or [0.0]
    rises = (low.feet_px - high.feet_px) / low.size_px
    return [
        (rises > LIFTED_SHARE * hips, "the foot is lifted"),
        (max(places) - min(places) > PASSES_MAX, "the body passes over the foot, as in a step"),
        (not hangs and (elsewhere > OTHER_SHARE or low.stands_on == other), OTHER_LEG),
        (not hangs and alone < ALONE_SHARE, "the other foot takes weight"),
        (getattr(high, extension) - getattr(low, extension) < BEND_SHARE * hips, "the knee does not bend"),
        (shoulders > rules.bow_max * hips, "the trunk bows more than the hips sink"),
    ]


def _hangs(low: BodySample, high: BodySample, side: Side) -> bool:
    """The other foot goes down with the hips and carries nothing, while this one stays where it is in the picture:
    lifting this foot would look the same from leg to leg."""
    hips = high.hip_height - low.hip_height
    sinks = (low.lift - high.lift) * (1.0 if side == "left" else -1.0)
    rises = (low.feet_px - high.feet_px) / low.size_px
    return sinks >= HANGS_SHARE * hips and abs(rises) <= STAYS_SHARE * hips


def _rules(side: Side) -> RepRules:
    return RepRules(
        # 35 degrees of knee flexion; standing on one leg sways by less than half of that.
        excursion_min=0.04,
        # A stride of running takes 0.7 s.
        duration_min_s=0.8,
        shallow=0.06,
        shallow_s=0.7,
        # A shallow bend with the trunk leaning 30 degrees; bowing on a straight leg reaches more than 4.
        bow_max=3.0,
        fall_max_per_s=2.5,
        on_leg=side,
        reads=partial(BodySample.over_foot, side=side),
        judge=partial(_one_leg_bends, side=side),
    )


ONE_LEG_RULES: Mapping[Side, RepRules] = {"left": _rules("left"), "right": _rules("right")}

SINGLE_LEG_SQUAT = MovementSpec(
    id="single_leg_squat",
    label="Single-leg squat",
    cutoff_hz=6.0,
    rules=ONE_LEG_RULES["left"],
    note="Left, right or alternating; the other foot may touch the floor between repetitions.",
)
