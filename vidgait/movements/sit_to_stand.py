"""Sit-to-stand: from a chair, bench or box to a full stand. Sits, stands, sits.

A repetition is counted for every full stand, as in the five-times and the 30-second chair stand tests, whether or not
the person sits down after the last one.
"""

from __future__ import annotations

from vidgait.movements.framework import MovementSpec, RepRules

__all__ = ["SIT_TO_STAND"]

SIT_TO_STAND = MovementSpec(
    id="sit_to_stand",
    label="Sit to stand",
    cutoff_hz=6.0,
    rules=RepRules(
        rest="low",
        # From a chair the hips rise by about 0.45 leg lengths, from a high stool by 0.25; leaning does less.
        excursion_min=0.2,
        shallow=0.2,
        # A person may stand between two chair stands for as long as they like to catch their breath.
        duration_max_s=40.0,
        extension_min=0.85,
        turn_counts=True,
    ),
    note="Starts seated. A repetition is one full stand.",
)
