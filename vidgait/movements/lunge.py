"""The lunge: one foot far ahead of the other, both knees bend, the rear one towards the floor. With a step forward and
back, or on planted feet (split squat).

Source: biomechanics specification, section 4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidgait.movements.framework import Checks, MovementSpec, RepRules, leg_share
from vidgait.movements.posture import BodySample

if TYPE_CHECKING:
    from vidgait.types import Side

__all__ = ["LUNGE", "front_leg"]

# At the bottom the front knee is this much higher above its ankle than the rear one above its own.
KNEE_OFFSET_MIN = 0.17
# For most of the way down and up both feet carry the body.
ONE_LEG_SHARE_MAX = 0.5
SHORTENS_MIN = 0.06


def front_leg(low: BodySample) -> Side:
    """The rear shank lies along the floor, the front one stands."""
    return "left" if low.left_knee_height > low.right_knee_height else "right"


def _split(low: BodySample, high: BodySample, during: Sequence[BodySample], rules: RepRules) -> Checks:
    hips, shoulders = high.hip_height - low.hip_height, high.shoulder_height - low.shoulder_height
    lower = [sample for sample in during if sample.hip_height < (low.hip_height + high.hip_height) / 2]
    bends = min(high.left_extension - low.left_extension, high.right_extension - low.right_extension)
    one = max(leg_share(lower, "left"), leg_share(lower, "right"))
    return [
        (abs(low.left_knee_height - low.right_knee_height) < KNEE_OFFSET_MIN, "the knees are at one height"),
        (one > ONE_LEG_SHARE_MAX or low.stands_on is not None, "one leg carries the body"),
        (bends < SHORTENS_MIN, "the knees do not bend together"),
        (shoulders > rules.bow_max * hips, "the trunk bows more than the hips sink"),
    ]


LUNGE = MovementSpec(
    id="lunge",
    label="Lunge",
    cutoff_hz=6.0,
    rules=RepRules(
        # The hips sink by 0.12 from a split stance to a shallow lunge; a walk's steps let them sink by 0.06.
        excursion_min=0.12,
        # The feet step, on purpose, and the lower one may be now this, now that.
        step=10.0,
        flight_per_s=10.0,
        fall_max_per_s=2.5,
        reads=BodySample.over_lower_foot,
        judge=_split,
    ),
    note="With a step forward and back, or on planted feet (split squat).",
)
