"""Where the body's mass is, from its joints.

Segment masses and centres: Winter, Biomechanics and Motor Control of Human Movement, 4th ed. (2009), table 4.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scripts.rendering.body import SIDES

if TYPE_CHECKING:
    from scripts.rendering.geometry import Array

__all__ = ["FOOT_MASS", "SHANK_CENTRE", "SHANK_MASS", "THIGH_CENTRE", "THIGH_MASS", "centre_of_mass", "upper_body"]

HEAD_MASS, TRUNK_MASS, UPPER_ARM_MASS, FOREARM_AND_HAND_MASS = 0.081, 0.497, 0.028, 0.022
THIGH_MASS, SHANK_MASS, FOOT_MASS = 0.100, 0.0465, 0.0145
UPPER_ARM_CENTRE, FOREARM_AND_HAND_CENTRE, THIGH_CENTRE, SHANK_CENTRE = 0.436, 0.682, 0.433, 0.433


def _between(joints: Mapping[str, Array], first: str, second: str, fraction: float) -> Array:
    return (1 - fraction) * joints[first] + fraction * joints[second]


def upper_body(joints: Mapping[str, Array]) -> tuple[Array, float]:
    """Sum of mass share times position (3,) of head, trunk and arms, and their mass share."""
    moment = HEAD_MASS * (joints["left_ear"] + joints["right_ear"]) / 2
    mass = HEAD_MASS + TRUNK_MASS
    for side in SIDES:
        moment = moment + TRUNK_MASS / 2 * _between(joints, f"{side}_hip", f"{side}_shoulder", 0.5)
        elbow = f"{side}_elbow"
        moment = moment + UPPER_ARM_MASS * _between(joints, f"{side}_shoulder", elbow, UPPER_ARM_CENTRE)
        moment = moment + FOREARM_AND_HAND_MASS * _between(joints, elbow, f"{side}_wrist", FOREARM_AND_HAND_CENTRE)
        mass += UPPER_ARM_MASS + FOREARM_AND_HAND_MASS
    return moment, mass


def centre_of_mass(joints: Mapping[str, Array]) -> Array:
    """(3,) in metres."""
    moment, mass = upper_body(joints)
    for side in SIDES:
        moment = moment + THIGH_MASS * _between(joints, f"{side}_hip", f"{side}_knee", THIGH_CENTRE)
        moment = moment + SHANK_MASS * _between(joints, f"{side}_knee", f"{side}_ankle", SHANK_CENTRE)
        moment = moment + FOOT_MASS * _between(joints, f"{side}_heel", f"{side}_toe", 0.5)
        mass += THIGH_MASS + SHANK_MASS + FOOT_MASS
    return moment / mass
