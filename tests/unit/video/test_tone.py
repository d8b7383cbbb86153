"""HLG and PQ: the curves against the numbers of the standards, and pictures against the ordinary ones behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.clips import Colour, flat, make_clip
from tests.support.hdr import BT709_TO_BT2020, hlg_signal, lifted
from vidgait.settings import VideoSettings
from vidgait.video import open_video
from vidgait.video.tone import hlg_light, light_to_sdr, pq_light, pq_signal, roll_off, tone_table

if TYPE_CHECKING:
    from pathlib import Path

SIZE_PX = (192, 128)
SKIN, SHIRT, WALL, FLOOR = (96, 128, 190), (150, 60, 40), (150, 155, 160), (40, 42, 45)


def bands() -> np.ndarray:
    picture = flat(SIZE_PX, (0, 0, 0))
    for index, bgr in enumerate((SKIN, SHIRT, WALL, FLOOR)):
        picture[:, index * 48 : (index + 1) * 48] = bgr
    return picture


def band_colours(image: np.ndarray) -> np.ndarray:
    return np.array([image[40:80, x - 8 : x + 8].reshape(-1, 3).mean(axis=0) for x in (24, 72, 120, 168)])


def encode(path: Path, transfer: str, picture: np.ndarray) -> Path:
    colour = Colour("bt2020", transfer, "bt2020")
    return make_clip(path, [picture] * 3, codec="libx265", pix_fmt="yuv420p10le", colour=colour)


def test_curves_meet_the_numbers_of_the_standards() -> None:
    assert hlg_light(np.full((1, 3), 0.75)) == pytest.approx(203, rel=0.005)  # BT.2408 table 1
    assert hlg_light(np.ones((1, 3))) == pytest.approx(1000, rel=1e-3)
    assert pq_light(np.array([0.0, 0.5, 0.58, 1.0])) == pytest.approx([0, 92.2, 203, 10000], rel=0.01)
    assert pq_signal(np.array([0.0, 100.0, 203.0, 1000.0])) == pytest.approx([0, 0.508, 0.581, 0.752], abs=1e-3)
    light = np.array([0.01, 1.0, 50.0, 4000.0])
    assert pq_light(pq_signal(light)) == pytest.approx(light, rel=1e-6)


def test_roll_off_keeps_the_dark_and_fits_the_bright() -> None:
    light = np.array([0.1, 10.0, 60.0, 203.0, 500.0, 1000.0, 4000.0])
    rolled = roll_off(light)
    assert rolled[:3] == pytest.approx(light[:3], rel=1e-6)
    assert np.all(np.diff(rolled[:6]) > 0)
    assert rolled[5] == pytest.approx(203, rel=1e-3)
    assert rolled[6] == pytest.approx(203, rel=1e-3)


def test_bt2020_white_stays_white_and_its_green_is_clipped() -> None:
    assert light_to_sdr(np.full((1, 3), 203.0), "bt2020") == pytest.approx(1.0, abs=1e-3)
    assert light_to_sdr(np.array([[0.0, 203.0, 0.0]]), "bt2020")[0] == pytest.approx([0, 1, 0], abs=1e-9)


@pytest.mark.parametrize("transfer", ["HLG", "PQ"])
def test_greys_have_no_colour(transfer: str) -> None:
    table = tone_table(transfer, "bt2020", "bt2020")  # type: ignore[arg-type]
    assert np.all(np.diff(table.grey.astype(int)) >= 0)
    nodes = table.packed.view(np.uint8).reshape(33, 225, 225, 4)[:, (512 - 64) // 4, (512 - 64) // 4]
    assert np.all(nodes[:, :3] == 128)


@pytest.mark.parametrize("transfer", ["HLG", "PQ"])
def test_a_lifted_picture_comes_back(tmp_path: Path, transfer: str) -> None:
    path = encode(tmp_path / "clip.mov", transfer, lifted(bands(), transfer))
    reader = open_video(path, VideoSettings())
    assert reader.info.transfer == transfer
    image = next(reader.frames()).image
    # Nodes every 4 of 1024 codes, 8-bit rounding, and the roll-off of the lightest band.
    assert np.abs(band_colours(image) - band_colours(bands())).max() <= 8
    planes = next(reader.planar_frames(SIZE_PX)).planes
    grey = (planes[:128].astype(float) - 16) / 219
    wanted = bands() @ np.array([0.0722, 0.7152, 0.2126]) / 255
    assert np.abs(grey[64, [24, 72, 120, 168]] - wanted[64, [24, 72, 120, 168]]).max() < 0.03


def test_both_ways_look_alike(tmp_path: Path) -> None:
    images = []
    for transfer in ("HLG", "PQ"):
        path = encode(tmp_path / f"{transfer}.mov", transfer, lifted(bands(), transfer))
        images.append(next(open_video(path, VideoSettings()).frames()).image.astype(int))
    assert np.abs(images[0] - images[1])[40:80].mean() < 2.5


@pytest.mark.parametrize("transfer", ["HLG", "PQ"])
def test_highlights_keep_their_steps(tmp_path: Path, transfer: str) -> None:
    """Light above reference white, which a plain clip at white would make one flat area."""
    light = np.repeat(np.array([100.0, 203.0, 400.0, 900.0]), 48)[None, :, None] * np.ones((128, 1, 3))
    signal = hlg_signal(light) if transfer == "HLG" else pq_signal(light)
    path = encode(tmp_path / "clip.mov", transfer, np.round(signal * 65535).astype(np.uint16))
    seen = band_colours(next(open_video(path, VideoSettings()).frames()).image).mean(axis=1)
    assert seen[1] == pytest.approx(231, abs=2)  # 203 cd/m2 by hand: 160 of 203 after the spline, to the power 1 / 2.4.
    assert np.all(np.diff(seen) >= 3)
    assert seen[3] > 250


def test_wide_gamut_without_hdr(tmp_path: Path) -> None:
    signal = (bands()[..., ::-1] / 255.0) ** 2.4 @ BT709_TO_BT2020.T
    picture = np.round(signal[..., ::-1] ** (1 / 2.4) * 65535).astype(np.uint16)
    colour = Colour("bt2020", "bt2020", "bt2020")
    path = make_clip(tmp_path / "clip.mov", [picture] * 3, codec="libx265", pix_fmt="yuv420p10le", colour=colour)
    reader = open_video(path, VideoSettings())
    assert reader.info.transfer == "SDR"
    assert np.abs(band_colours(next(reader.frames()).image) - band_colours(bands())).max() <= 5


def test_hdr_of_odd_size(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "clip.mov",
        [lifted(bands(), "HLG")[:101, :189]] * 3,
        codec="libx265",
        pix_fmt="yuv444p10le",
        colour=Colour("bt2020", "HLG", "bt2020"),
    )
    image = next(open_video(path, VideoSettings()).frames()).image
    assert image.shape == (101, 189, 3)
    assert np.abs(band_colours(image) - band_colours(bands())).max() <= 8


@pytest.mark.parametrize(("rotation_deg", "mirrored"), [(0, False), (90, False), (0, True)])
def test_8_bit_hlg_is_mapped_however_it_lies(tmp_path: Path, rotation_deg: int, mirrored: bool) -> None:
    stored = np.rot90(lifted(bands(), "HLG"), rotation_deg // 90).copy()  # np.rot90 turns counter-clockwise.
    path = make_clip(
        tmp_path / "clip.mp4", [stored] * 2, colour=Colour("bt2020", "HLG", "bt2020"), rotation_deg=rotation_deg
    )
    image = next(open_video(path, VideoSettings(mirrored=mirrored)).frames()).image
    wanted = band_colours(bands())[:: -1 if mirrored else 1]
    # One 8-bit code of HLG's chroma is up to 5 of 255 after the mapping; unmapped, skin is 40 off.
    assert np.abs(band_colours(image) - wanted).max() <= 10


@pytest.mark.parametrize("matrix", ["bt709", "bt601", "bt2020"])
@pytest.mark.parametrize("primaries", ["bt709", "bt2020"])
def test_the_stated_matrix_and_primaries_hold_for_hlg(tmp_path: Path, matrix: str, primaries: str) -> None:
    picture = lifted(bands(), "HLG", primaries)
    colour = Colour(matrix, "HLG", primaries)
    path = make_clip(tmp_path / "c.mov", [picture] * 3, codec="libx265", pix_fmt="yuv420p10le", colour=colour)
    image = next(open_video(path, VideoSettings()).frames()).image
    assert np.abs(band_colours(image) - band_colours(bands())).max() <= 8
