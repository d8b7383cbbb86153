"""Heights over time: free flight, and polynomials that join flights and rest without a jump in force."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import Polynomial

__all__ = ["GRAVITY_M_S2", "State", "quintic"]

GRAVITY_M_S2 = 9.80665
"""ISO 80000-3."""
State = tuple[float, float, float]
"""Place, velocity and acceleration."""


def quintic(duration_s: float, start: State, end: State) -> Polynomial:
    """The polynomial of degree five over 0 to `duration_s` that joins two states."""
    t = duration_s
    early = np.array([start[0], start[1], start[2] / 2])
    left = np.array([end[0] - early @ [1, t, t * t], end[1] - early @ [0, 1, 2 * t], end[2] - early @ [0, 0, 2]])
    late = np.linalg.solve([[t**3, t**4, t**5], [3 * t**2, 4 * t**3, 5 * t**4], [6 * t, 12 * t**2, 20 * t**3]], left)
    return Polynomial(np.concatenate([early, late]))
