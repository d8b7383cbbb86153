"""Rotations of the bones of legs, spine and arms that put the joints where the motion wants them."""

from __future__ import annotations

import numpy as np

from scripts.rendering.body import Body, lateral_sign, side_letter
from scripts.rendering.geometry import (
    Array,
    about_axis,
    frame_from,
    rotation_fraction,
    shortest_rotation,
    turn_left,
    unit,
)

__all__ = ["arm_rotations", "flat_foot", "knee_position", "leg_rotations", "spine_rotations"]

# How much of the pelvis-to-chest rotation has happened after each bone. The lowest bone belongs to the pelvis.
SPINE_SHARE = {"spine05": 0.0, "spine04": 0.3, "spine03": 0.55, "spine02": 0.8, "spine01": 1.0}
NECK_SHARE = {"neck01": 0.25, "neck02": 0.5, "neck03": 0.75, "head": 1.0}


def _bend_direction(hip_m: Array, ankle_m: Array, forward: Array, swivel_rad: float) -> Array:
    """Where the knee leaves the hip-ankle line: forward, swivelled about that line."""
    along = unit(ankle_m - hip_m)
    ahead = unit(forward - (forward @ along) * along)
    return np.cos(swivel_rad) * ahead + np.sin(swivel_rad) * np.cross(along, ahead)


def knee_position(body: Body, hip_m: Array, ankle_m: Array, forward: Array, swivel_rad: float) -> Array:
    """The knee of a leg with given hip and ankle, by the cosine rule. An unreachable ankle leaves the knee straight."""
    distance = min(float(np.linalg.norm(ankle_m - hip_m)), (body.thigh_m + body.shank_m) * 0.99999)
    along = (body.thigh_m**2 - body.shank_m**2 + distance**2) / (2 * distance)
    aside = np.sqrt(max(body.thigh_m**2 - along**2, 0.0))
    bend = _bend_direction(hip_m, ankle_m, forward, swivel_rad)
    return hip_m + along * unit(ankle_m - hip_m) + aside * bend


def leg_rotations(
    body: Body, side: str, hip_m: Array, ankle_m: Array, forward: Array, swivel_rad: float, foot: Array
) -> dict[str, Array]:
    """World rotations of thigh, shank and foot."""
    knee = knee_position(body, hip_m, ankle_m, forward, swivel_rad)
    across = np.cross(unit(ankle_m - hip_m), _bend_direction(hip_m, ankle_m, forward, swivel_rad))
    thigh_rest, shank_rest = body.rest_frames[side]
    letter = side_letter(side)
    return {
        f"upperleg01.{letter}": frame_from(knee - hip_m, across) @ thigh_rest.T,
        f"lowerleg01.{letter}": frame_from(ankle_m - knee, across) @ shank_rest.T,
        f"foot.{letter}": foot,
    }


def flat_foot(body: Body, side: str, toe_out_deg: float) -> Array:
    """Rotation of a foot flat on the floor, toes turned out."""
    x, y, _ = body.foot_direction[side]
    rest_deg = np.degrees(np.arctan2(x, -y))
    return turn_left(lateral_sign(side) * toe_out_deg - rest_deg)


def spine_rotations(pelvis: Array, chest: Array, head: Array) -> dict[str, Array]:
    """The spine takes the chest's rotation bone by bone, the neck the head's."""
    bend, nod = pelvis.T @ chest, chest.T @ head
    rotations = {bone: pelvis @ rotation_fraction(bend, share) for bone, share in SPINE_SHARE.items()}
    return rotations | {bone: chest @ rotation_fraction(nod, share) for bone, share in NECK_SHARE.items()}


def arm_rotations(
    body: Body, side: str, chest: Array, upper_arm: Array, forearm: Array, hand_turn_deg: float = 0.0
) -> dict[str, Array]:
    """Arm with given directions (3,) in the chest's axes, written for the left arm and mirrored for the right."""
    mirror = np.array([lateral_sign(side), 1.0, 1.0])
    upper, lower = unit(upper_arm * mirror), unit(forearm * mirror)
    shoulder, elbow, wrist = (body.joints_m[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist"))
    upper_turn = shortest_rotation(unit(elbow - shoulder), upper)
    lower_turn = shortest_rotation(upper_turn @ unit(wrist - elbow), lower) @ upper_turn
    hand_turn = about_axis(lower, np.radians(hand_turn_deg * lateral_sign(side))) @ lower_turn
    letter = side_letter(side)
    return {
        f"shoulder01.{letter}": chest,
        f"upperarm01.{letter}": chest @ upper_turn,
        f"lowerarm01.{letter}": chest @ lower_turn,
        f"wrist.{letter}": chest @ hand_turn,
    }
