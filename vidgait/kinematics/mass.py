"""Where the body's centre of mass lies in the picture, from the points that every draw of the error engine holds.

Masses and centres of the segments: de Leva 1996, J Biomech 29:1223 (specification 3.3), the mean of women and men.
Head and arms are not among those points: they are carried with the trunk, the head above the shoulders, the arms at
the middle of the trunk. An arm that is stretched out to balance moves the true centre by one to two centimetres more
than this shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.angles import midpoint

if TYPE_CHECKING:
    from vidgait.types import FloatArray

__all__ = ["centre_of_mass_px"]

# Percent of body mass, mean of women and men (de Leva 1996, as in the specification).
HEAD, TRUNK, ARM = (6.94 + 6.68) / 2, (43.46 + 42.57) / 2, (2.71 + 2.55 + 1.62 + 1.38 + 0.61 + 0.56) / 2
THIGH, SHANK, FOOT = (14.16 + 14.78) / 2, (4.33 + 4.81) / 2, (1.37 + 1.29) / 2
# Share of the way from the upper end (heel for the foot) to the lower one at which each segment's own centre lies.
TRUNK_CENTRE, THIGH_CENTRE = (43.1 + 37.8) / 200, (41.0 + 36.1) / 200
SHANK_CENTRE, FOOT_CENTRE = (44.0 + 43.5) / 200, (44.2 + 40.1) / 200
# Of the trunk's length, above the shoulders: half of head and neck (0.13 of stature) over a trunk of 0.288.
HEAD_ABOVE = 0.45
ARMS_BELOW = 0.5


def centre_of_mass_px(points: Mapping[str, FloatArray]) -> FloatArray:
    """(..., 2) of points (..., 2) by name: shoulders, hips, knees, ankles, heels and toes of both sides. NaN where one
    of them is missing."""
    shoulder, hip = (midpoint(points[f"left_{part}"], points[f"right_{part}"]) for part in ("shoulder", "hip"))
    trunk = hip - shoulder
    total = HEAD * (shoulder - HEAD_ABOVE * trunk) + TRUNK * (shoulder + TRUNK_CENTRE * trunk)
    total = total + 2 * ARM * (shoulder + ARMS_BELOW * trunk)
    for side in ("left", "right"):
        upper, knee, ankle, heel, toe = (points[f"{side}_{part}"] for part in ("hip", "knee", "ankle", "heel", "toe"))
        total = total + THIGH * _between(upper, knee, THIGH_CENTRE) + SHANK * _between(knee, ankle, SHANK_CENTRE)
        total = total + FOOT * _between(heel, toe, FOOT_CENTRE)
    return np.asarray(total / (HEAD + TRUNK + 2 * (ARM + THIGH + SHANK + FOOT)))


def _between(first: FloatArray, second: FloatArray, share: float) -> FloatArray:
    return np.asarray(first + share * (second - first))
