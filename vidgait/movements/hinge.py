"""The hip hinge and the deadlift: the trunk goes down over hips that hardly sink, and comes up.

Source: biomechanics specification, section 4.1.
"""

from __future__ import annotations

from collections.abc import Sequence

from vidgait.movements.framework import Checks, MovementSpec, RepRules, leg_share
from vidgait.movements.posture import BodySample

__all__ = ["HINGE"]

# The shoulders sink at least this many times as far as the hips (a squat's: up to 2.3).
BOW_MIN = 2.3
# The legs shorten by at most this: 65 degrees of knee flexion, as in a deadlift from the floor.
SHORTENS_MAX = 0.16
ONE_LEG_SHARE_MAX = 0.4


def _hinges(low: BodySample, high: BodySample, during: Sequence[BodySample], rules: RepRules) -> Checks:
    hips = max(high.left_extension - low.left_extension, high.right_extension - low.right_extension)
    shoulders = high.hip_height - low.hip_height
    one = max(leg_share(during, "left"), leg_share(during, "right"))
    return [
        (one > ONE_LEG_SHARE_MAX, "one leg carries the body"),
        (hips > SHORTENS_MAX, "the knees bend"),
        (shoulders < BOW_MIN * max(hips, 0.0), "the hips sink as in a squat"),
    ]


HINGE = MovementSpec(
    id="hinge",
    label="Hip hinge",
    cutoff_hz=6.0,
    rules=RepRules(
        # The shoulders sink by 0.2 leg lengths when the trunk leans 50 degrees: less is a bow.
        excursion_min=0.2,
        shallow=0.2,
        reads=BodySample.by_shoulders,
        judge=_hinges,
    ),
    note="The trunk goes down, the knees bend a little. A deadlift is a hinge with the hands below the knees.",
)
