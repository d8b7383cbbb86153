"""The bilateral squat: bodyweight, barbell, goblet, box, overhead. Stands, sinks, stands.

Source: biomechanics specification, sections 4.1 to 4.4.
"""

from __future__ import annotations

from vidgait.movements.framework import MovementSpec, RepRules

__all__ = ["SQUAT"]

SQUAT = MovementSpec(
    id="squat",
    label="Squat",
    cutoff_hz=6.0,
    rules=RepRules(rest="high"),
    note="Both feet on the floor, side by side. Overhead squats are squats with the arms up.",
)
