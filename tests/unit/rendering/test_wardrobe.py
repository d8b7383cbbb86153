"""The wardrobe covers what it says it covers, and every look can be worn by every body."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.rendering.body import BODIES, load_body
from scripts.rendering.look import FIELDS, PATTERNS, Look, dress
from scripts.rendering.wardrobe import LOOKS

BODY_NAMES = sorted(path.stem for path in BODIES.glob("*.npz") if path.stem != "topology")


def brightness(colour: tuple[float, float, float]) -> float:
    return float(np.dot(colour, (0.2126, 0.7152, 0.0722)))


def worn(name: str, look: Look) -> dict[str, np.ndarray]:
    """Rest heights above the hip joints of what each field covers, outside the hands and the head."""
    figure = dress(load_body(name), look)
    height = figure.rest_m[:, 2] - figure.body.mid_hip_m[2]
    return {field: height[figure.fields[:, index] > 0] for index, field in enumerate(FIELDS)}


def test_the_wardrobe_is_varied() -> None:
    looks = list(LOOKS.values())
    assert len(looks) >= 10
    skins = sorted(brightness(look.skin) for look in looks)
    assert skins[0] < 0.25 and skins[-1] > 0.70
    assert any(look.shorts_length > 1.7 for look in looks), "long trousers"
    assert any(look.shorts_length < 0.45 for look in looks), "short shorts"
    assert any(look.sleeve > 1.5 for look in looks), "long sleeves"
    assert any(brightness(look.shirt) < 0.15 and brightness(look.shorts) < 0.1 for look in looks), "dark on dark"
    assert {look.shirt_pattern for look in looks} | {look.shorts_pattern for look in looks} == set(PATTERNS)
    assert {True, False} == {look.bald for look in looks} == {look.long_hair for look in looks}
    assert any(look.cap for look in looks) and any(look.bun for look in looks)
    banded = [look for look in looks if look.waistband]
    assert all(abs(brightness(look.waistband) - brightness(look.shorts)) > 0.2 for look in banded if look.waistband)
    assert any(look.waist_m <= 0.10 for look in banded), "a waistband that turns with the pelvis"


@pytest.mark.parametrize("name", BODY_NAMES)
def test_shorts_and_shirt_reach_where_the_look_says(name: str) -> None:
    covered = worn(name, Look(shorts_length=0.5, waist_m=0.10, shirt_drop_m=-0.07))
    assert covered["shorts"].max() == pytest.approx(0.10, abs=0.02)
    thigh_m = load_body(name).thigh_m
    assert covered["shorts"].min() == pytest.approx(-0.5 * thigh_m, abs=0.06)
    assert covered["shirt"].min() == pytest.approx(0.10, abs=0.02)


def test_no_shirt_no_hair_no_cap() -> None:
    covered = worn("man_average", Look(shirtless=True, bald=True))
    assert covered["shirt"].size == covered["hair"].size == covered["cap"].size == 0
    assert worn("man_average", Look(cap=(0.5, 0.1, 0.1)))["cap"].min() > 0.6


def test_a_bun_and_a_brim_are_meshes_of_their_own() -> None:
    plain = len(dress(load_body("woman_tall"), Look()).rest_m)
    assert len(dress(load_body("woman_tall"), Look(bun=True)).rest_m) > plain
    assert len(dress(load_body("woman_tall"), Look(cap=(0.5, 0.1, 0.1))).rest_m) > plain
