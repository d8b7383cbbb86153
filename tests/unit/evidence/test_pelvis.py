"""The pelvis read from cloth: patches and waistbands turned by known angles, and what must be refused."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.pelvis_pictures import STANDING, Scene
from vidgait.evidence import PELVIC_ROLL, Stretch, measure_pelvis, mirrored
from vidgait.types import Evidence

CLOTH, BAND = 0, 1
TURNS_DEG = (2.0, 5.0, 8.0, 10.0, 12.0, 12.0, 12.0, 9.0, 6.0, 3.0, 0.0, -3.0, -6.0, -9.0, -9.0, -9.0, -6.0, -3.0, 0.0)
SCENE = Scene(TURNS_DEG)


@pytest.fixture(scope="module")
def plain() -> Evidence:
    return SCENE.evidence()


def error_deg(evidence: Evidence, scene: Scene, column: int) -> np.ndarray:
    return evidence.value[:, column] - scene.angles_deg


def test_turned_cloth_is_read_to_a_third_of_a_degree(plain: Evidence) -> None:
    assert plain.name == PELVIC_ROLL
    assert np.array_equal(plain.time_s, SCENE.time_s)
    assert np.abs(error_deg(plain, SCENE, CLOTH)).max() < 0.3


def test_a_waistband_gives_its_slope(plain: Evidence) -> None:
    assert np.abs(error_deg(SCENE.but(textured=False).evidence(), SCENE, BAND)).max() < 1.0
    assert np.abs(error_deg(plain, SCENE, BAND)).max() < 2.0, "texture distracts a little"


def test_the_truth_lies_within_two_sd(plain: Evidence) -> None:
    for column in (CLOTH, BAND):
        assert (np.abs(error_deg(plain, SCENE, column)) < 2 * plain.sd[:, column]).all()


def test_more_noise_widens_the_sd(plain: Evidence) -> None:
    noisy = SCENE.but(noise=14.0).evidence()
    moving = slice(STANDING, None)
    known = np.isfinite(noisy.sd[moving, CLOTH])
    assert np.median(noisy.sd[moving, CLOTH][known]) > 1.3 * np.median(plain.sd[moving, CLOTH])
    assert np.abs(error_deg(noisy, SCENE, CLOTH)[moving][known]).max() < 3.0


def test_cloth_without_texture_or_band_is_refused() -> None:
    bare = SCENE.but(textured=False, waistband=False).evidence()
    assert np.isnan(bare.value[STANDING:]).all()
    assert np.array_equal(np.isnan(bare.value), np.isnan(bare.sd))


def test_a_mirrored_picture_turns_the_other_way(plain: Evidence) -> None:
    flipped = SCENE.but(mirrored=True).evidence()
    assert flipped.value[:, CLOTH] == pytest.approx(-plain.value[:, CLOTH], abs=0.4)
    assert mirrored(plain).value == pytest.approx(-plain.value, nan_ok=True)
    assert mirrored(plain).sd is plain.sd
    other = Evidence("plate", plain.time_s, plain.value, plain.sd)
    assert mirrored(other) is other


@pytest.mark.parametrize("changes", [{"scale": 1.6}, {"scale": 0.8}, {"shift_px": (23.0, -41.0)}])
def test_size_and_place_in_the_picture_do_not_matter(changes: dict[str, object]) -> None:
    assert np.abs(error_deg(SCENE.but(**changes).evidence(), SCENE, CLOTH)).max() < 0.5


def test_the_same_pictures_give_the_same_bits(plain: Evidence) -> None:
    again = SCENE.evidence()
    assert np.array_equal(again.value, plain.value, equal_nan=True)
    assert np.array_equal(again.sd, plain.sd, equal_nan=True)


def test_without_standing_nothing_is_read() -> None:
    crops, rows = SCENE.crops()
    nobody_stands = Stretch(0.0, 1e3, 0.0, np.zeros(SCENE.time_s.size, bool))
    evidence = measure_pelvis(crops, rows, SCENE.track(), [nobody_stands])
    assert evidence.time_s.size == 0
    assert evidence.value.shape == evidence.sd.shape == (0, 2)


def test_an_athlete_who_leaves_and_comes_back_is_read_again() -> None:
    scene = SCENE.but(gone=frozenset(range(10, 14)))
    evidence = scene.evidence()
    there = np.setdiff1d(np.arange(scene.time_s.size), sorted(scene.gone))
    assert np.array_equal(evidence.time_s, scene.time_s[there])
    assert np.abs(evidence.value[:, CLOTH] - scene.angles_deg[there]).max() < 0.5


def test_stretches_are_counted_from_their_own_standing() -> None:
    """The second begins turned by 5 degrees: that is its zero."""
    scene = Scene((*(0.0,) * 4, *(5.0,) * 8, 8.0, 11.0, 8.0))
    crops, rows = scene.crops()
    frames = np.arange(scene.time_s.size)
    cut_s = float(scene.time_s[10])
    stretches = [
        Stretch(0.0, cut_s, 0.0, frames < STANDING),
        Stretch(cut_s, 1e3, 0.0, (frames >= 10) & (frames < 18)),
    ]
    evidence = measure_pelvis(crops, rows, scene.track(), stretches)
    assert evidence.value[-2, CLOTH] == pytest.approx(6.0, abs=0.4)
    assert np.array_equal(evidence.time_s, scene.time_s)


def test_a_reading_that_does_not_come_back_to_zero_is_refused(plain: Evidence) -> None:
    """They stand as before at the end, but the cloth has stayed where it slid to."""
    scene = Scene((*(3.0, 6.0, 9.0), *(11.0,) * 8))
    crops, rows = scene.crops()
    frames = np.arange(scene.time_s.size)
    both_ends = (frames < STANDING) | (frames >= frames.size - 8)
    evidence = measure_pelvis(crops, rows, scene.track(), [Stretch(0.0, 1e3, 0.0, both_ends)])
    assert np.isnan(evidence.value).all()
    little = Scene((*(0.5, 1.0), *(2.0,) * 5))
    crops, rows = little.crops()
    frames = np.arange(little.time_s.size)
    both_ends = (frames < STANDING) | (frames >= frames.size - 5)
    widened = measure_pelvis(crops, rows, little.track(), [Stretch(0.0, 1e3, 0.0, both_ends)])
    assert np.nanmedian(widened.sd[:, CLOTH]) > 0.9
