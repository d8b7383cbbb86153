"""The step-down: stands on a step with one leg and lets the other foot down, ahead of the step or beside it.

It is counted as a squat on one leg is; what tells it apart is the free foot, which goes lower than the one that stands.

Source: biomechanics specification, section 4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidgait.movements.framework import Cycle, MovementSpec
from vidgait.movements.single_leg_squat import ONE_LEG_RULES

if TYPE_CHECKING:
    from vidgait.movements.posture import BodySample
    from vidgait.types import Side

__all__ = ["STEP_DOWN", "goes_below"]

# The free ankle ends this far (leg lengths) below the one that stands: half a step of 15 cm. A foot that is held ahead
# seems lower than it is, by up to 0.05.
BELOW_MIN = 0.08
# On its way it follows the hips: it sinks by this share of what they sink.
FOLLOWS_SHARE = 0.45
# From behind a foot ahead seems higher than it is. Where it all but hangs from the hips and ends no higher than this
# above the one that stands, it went to the floor.
HANGS_SHARE = 0.6
ABOVE_MAX = 0.06

STEP_DOWN = MovementSpec(
    id="step_down",
    label="Step-down",
    cutoff_hz=6.0,
    rules=ONE_LEG_RULES["left"],
    note="From a step: forward or lateral.",
)


def goes_below(samples: Sequence[BodySample], cycle: Cycle, side: Side) -> bool:
    """Whether the free foot goes below the one of `side`, which stands."""
    sign = 1.0 if side == "left" else -1.0
    seen = [sample for sample in samples if sample.seen]
    low = min(seen, key=lambda sample: abs(sample.time_s - cycle.turn_s))
    high = min(seen, key=lambda sample: abs(sample.time_s - cycle.start_s))
    sinks = sign * (low.feet_apart[1] - high.feet_apart[1])
    below = sign * low.lift
    follows = below >= BELOW_MIN and sinks >= FOLLOWS_SHARE * cycle.excursion
    return follows or (below >= -ABOVE_MAX and sinks >= HANGS_SHARE * cycle.excursion)
