"""How a foot rolls over the floor: on its heel, flat, then over the ball and the toes.

The heel point stays where it touched down while the toes are up, the toe point stays while the heel is up. Both lie
about 2 cm above the sole, so this is a heel and a toe rounded with that radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.rendering.body import Body, lateral_sign, side_letter
from scripts.rendering.geometry import Array, lean_forward, turn_left
from scripts.rendering.limbs import flat_foot

__all__ = ["TOE_BEND_LIMIT_DEG", "Foothold", "foothold", "toe_bend_deg"]

TOE_BEND_LIMIT_DEG = 38.0
"""Toes in shoes bend no further; beyond, they tip up with the foot."""


def toe_bend_deg(pitch_deg: float) -> float:
    """Upward bend of the toes of a foot on the floor with that pitch (+ toes up)."""
    return float(TOE_BEND_LIMIT_DEG * np.tanh(max(-pitch_deg, 0.0) / TOE_BEND_LIMIT_DEG))


@dataclass(frozen=True, slots=True, eq=False)
class Foothold:
    """One foot of a body, turned out by a fixed angle. Vectors (3,) lead from the ankle, foot flat."""

    side: str
    turn: Array
    """Rotation about z that turns the toes out."""
    flat: Array
    """World rotation of the flat foot relative to rest."""
    heel_m: Array
    ball_m: Array
    toe_m: Array
    height_m: float
    """Of the ankle above the floor, foot flat."""

    def pitched(self, pitch_deg: float) -> Array:
        """Rotation (3, 3) of a flat foot's vectors to the given pitch, + toes up."""
        return self.turn @ lean_forward(-pitch_deg) @ self.turn.T

    def rotations(self, pitch_deg: float, bend_deg: float) -> dict[str, Array]:
        """World rotations of the foot and of its toes, which are bent up by `bend_deg` against it."""
        letter = side_letter(self.side)
        toes = self.pitched(pitch_deg + bend_deg) @ self.flat
        bones = {f"toe{toe}-1.{letter}": toes for toe in range(1, 6)}
        return bones | {f"foot.{letter}": self.pitched(pitch_deg) @ self.flat}

    def middle_m(self, pitch_deg: float, bend_deg: float) -> Array:
        """Half-way between heel and toe, from the ankle (3,): about the foot's centre of mass."""
        foot, toes = self.pitched(pitch_deg), self.pitched(pitch_deg + bend_deg)
        return np.asarray(foot @ (self.heel_m + self.ball_m) + toes @ (self.toe_m - self.ball_m)) / 2

    def ankle_m(self, place_m: Array, pitch_deg: float) -> Array:
        """Ankle (3,) of a foot that stands at `place_m`, the point of the floor under the ankle of the flat foot."""
        ankle = place_m + np.array([0.0, 0.0, self.height_m])
        if pitch_deg >= 0:
            return ankle + self.heel_m - self.pitched(pitch_deg) @ self.heel_m
        toes = self.pitched(pitch_deg + toe_bend_deg(pitch_deg))
        ball = ankle + self.toe_m - toes @ (self.toe_m - self.ball_m)
        return ball - self.pitched(pitch_deg) @ self.ball_m


def foothold(body: Body, side: str, toe_out_deg: float) -> Foothold:
    flat = flat_foot(body, side, toe_out_deg)
    ankle = body.joints_m[f"{side}_ankle"]
    ball = body.heads_m[body.bone_index[f"toe1-1.{side_letter(side)}"]]
    points = (body.joints_m[f"{side}_heel"], ball, body.joints_m[f"{side}_toe"])
    heel, ball, toe = (flat @ (point - ankle) for point in points)
    return Foothold(side, turn_left(lateral_sign(side) * toe_out_deg), flat, heel, ball, toe, body.ankle_height_m)
