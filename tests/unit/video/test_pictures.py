"""Pictures come out upright, whole and in the colours that went in."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.support.clips import CORNERS_BGR, Colour, corner_patches, flat, make_clip, read_corners
from vidgait.settings import OutputSettings, VideoSettings
from vidgait.types import VideoInfo
from vidgait.video import open_video, output_size
from vidgait.video.libav import av

if TYPE_CHECKING:
    from pathlib import Path

SIZE_PX = (192, 128)
PATCHES_BGR = np.array(
    [
        (40, 40, 200),
        (40, 180, 40),
        (200, 60, 30),
        (180, 180, 60),
        (90, 140, 200),
        (20, 20, 20),
        (128, 128, 128),
        (235,) * 3,
    ]
)
"""Colours of clothes, skin and walls; none outside what every colour space here can show."""


def patches(size_px: tuple[int, int] = SIZE_PX) -> np.ndarray:
    """Four columns and two rows of PATCHES_BGR."""
    width, height = size_px
    picture = flat(size_px, (0, 0, 0))
    for index, bgr in enumerate(PATCHES_BGR):
        row, column = divmod(index, 4)
        picture[row * height // 2 : (row + 1) * height // 2, column * width // 4 : (column + 1) * width // 4] = bgr
    return picture


def patch_centres(picture: np.ndarray) -> np.ndarray:
    """(8, 3) mean colour of the middle of each patch."""
    height, width = picture.shape[:2]
    found = []
    for index in range(8):
        row, column = divmod(index, 4)
        y, x = height // 4 + row * height // 2, width // 8 + column * width // 4
        found.append(picture[y - 4 : y + 4, x - 4 : x + 4].reshape(-1, 3).mean(axis=0))
    return np.array(found)


def first(path: Path, **settings: Any) -> np.ndarray:
    return next(open_video(path, VideoSettings(**settings)).frames()).image


def first_planar_as_bgr(path: Path, size_px: tuple[int, int], **settings: Any) -> np.ndarray:
    """The planar path, turned into BGR by the definition of BT.709 in limited range."""
    planes = next(open_video(path, VideoSettings(**settings)).planar_frames(size_px)).planes
    assert planes.shape == (size_px[1] * 3 // 2, size_px[0])
    assert planes.dtype == np.uint8
    luma, half = size_px[0] * size_px[1], (size_px[1] // 2, size_px[0] // 2)
    flat_planes = planes.reshape(-1).astype(float)
    y = (flat_planes[:luma].reshape(size_px[::-1]) - 16) / 219
    cb, cr = (
        ((part.reshape(half) - 128) / 224).repeat(2, 0).repeat(2, 1)
        for part in (flat_planes[luma : luma * 5 // 4], flat_planes[luma * 5 // 4 :])
    )
    red, blue = y + 1.5748 * cr, y + 1.8556 * cb
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    return np.clip(np.dstack([blue, green, red]) * 255, 0, 255).round().astype(np.uint8)


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov", "clip.mkv"])
def test_rotation_is_applied_once(tmp_path: Path, rotation_deg: int, name: str) -> None:
    stored = np.rot90(corner_patches((120, 96)), rotation_deg // 90).copy()  # np.rot90 turns counter-clockwise.
    path = make_clip(tmp_path / name, [stored] * 2, rotation_deg=rotation_deg)
    reader = open_video(path, VideoSettings())
    assert reader.info.size_px == (120, 96)
    assert reader.info.rotation_deg == rotation_deg
    image = next(reader.frames()).image
    assert image.shape == (96, 120, 3)
    assert read_corners(image) == [0, 1, 2, 3]
    assert read_corners(first_planar_as_bgr(path, (60, 48))) == [0, 1, 2, 3]


def test_a_mirrored_display_matrix_is_applied(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 120, 96, "yuv420p"
        stream.set_display_rotation(0, hflip=True)
        frame = av.VideoFrame.from_ndarray(corner_patches((120, 96)), format="bgr24")
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert read_corners(first(path)) == [1, 0, 3, 2]


@pytest.mark.parametrize("rotation_deg", [0, 90])
def test_mirrored_flips_the_upright_picture(tmp_path: Path, rotation_deg: int) -> None:
    stored = np.rot90(corner_patches((120, 96)), rotation_deg // 90).copy()
    path = make_clip(tmp_path / "clip.mp4", [stored], rotation_deg=rotation_deg)
    assert read_corners(first(path, mirrored=True)) == [1, 0, 3, 2]
    assert read_corners(first_planar_as_bgr(path, (120, 96), mirrored=True)) == [1, 0, 3, 2]


@pytest.mark.parametrize(
    "colour", [Colour(matrix, "bt709", "bt709", full) for matrix in ("bt709", "bt601") for full in (0, 1)]
)
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le", "yuv444p"])
def test_colours_of_every_matrix_and_range(tmp_path: Path, colour: Colour, pix_fmt: str) -> None:
    codec = "libx265" if "10" in pix_fmt else "libx264"
    path = make_clip(tmp_path / "clip.mp4", [patches()] * 3, codec=codec, pix_fmt=pix_fmt, colour=colour)
    # 1 code of limited luma is 1.2, 1 code of chroma up to 2.1 of 255; two roundings and the encoder's own error.
    assert np.abs(patch_centres(first(path)) - PATCHES_BGR).max() <= 5
    assert np.abs(patch_centres(first_planar_as_bgr(path, SIZE_PX)) - PATCHES_BGR).max() <= 6


def test_untagged_small_pictures_are_bt601_and_large_ones_bt709(tmp_path: Path) -> None:
    small = Colour("bt601", tagged=False)
    path = make_clip(tmp_path / "small.mp4", [patches()], colour=small)
    assert np.abs(patch_centres(first(path)) - PATCHES_BGR).max() <= 5
    large = make_clip(tmp_path / "large.mp4", [patches((1280, 720))], colour=Colour(tagged=False))
    assert np.abs(patch_centres(first(large)) - PATCHES_BGR).max() <= 5


def test_full_range_of_old_formats(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "clip.mov", [patches()], codec="mjpeg", pix_fmt="yuvj420p", colour=Colour("bt601", full_range=True)
    )
    assert np.abs(patch_centres(first(path)) - PATCHES_BGR).max() <= 8  # JPEG at its default quality.


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "name"),
    [("ffv1", "bgr0", "c.mkv"), ("png", "rgb24", "c.mov"), ("png", "rgba", "c.mov"), ("qtrle", "argb", "c.mov")],
)
def test_rgb_and_transparency(tmp_path: Path, codec: str, pix_fmt: str, name: str) -> None:
    path = make_clip(tmp_path / name, [patches()], codec=codec, pix_fmt=pix_fmt, colour=Colour(tagged=False))
    assert np.abs(patch_centres(first(path)) - PATCHES_BGR).max() <= 1
    assert np.abs(patch_centres(first_planar_as_bgr(path, SIZE_PX)) - PATCHES_BGR).max() <= 4


def test_grey_pictures(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "c.mkv", [flat(SIZE_PX, (77, 77, 77))], codec="ffv1", pix_fmt="gray", colour=Colour(tagged=False)
    )
    assert np.abs(first(path).astype(int) - 77).max() <= 1
    assert np.abs(first_planar_as_bgr(path, SIZE_PX).astype(int) - 77).max() <= 2


@pytest.mark.parametrize("size_px", [(101, 75), (96, 75), (101, 64), (1080, 608), (850, 478), (33, 35)])
def test_odd_sizes(tmp_path: Path, size_px: tuple[int, int]) -> None:
    pix_fmt = "yuv420p" if not (size_px[0] % 2 or size_px[1] % 2) else "yuv444p"
    path = make_clip(tmp_path / "clip.mp4", [corner_patches(size_px)], pix_fmt=pix_fmt)
    reader = open_video(path, VideoSettings())
    assert reader.info.size_px == size_px
    assert next(reader.frames()).image.shape == (size_px[1], size_px[0], 3)
    even = output_size(reader.info, OutputSettings())
    assert even == (size_px[0] // 2 * 2, size_px[1] // 2 * 2)
    assert read_corners(first_planar_as_bgr(path, even)) == [0, 1, 2, 3]


def test_odd_sizes_in_subsampled_vp9(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.webm", [corner_patches((101, 75))], codec="libvpx-vp9")
    assert first(path).shape == (75, 101, 3)
    assert read_corners(first(path)) == [0, 1, 2, 3]
    assert read_corners(first_planar_as_bgr(path, (100, 74))) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("aspect", "rotation_deg", "size_px"),
    [
        (Fraction(4, 3), 0, (256, 128)),
        (Fraction(8, 9), 0, (192, 144)),
        (Fraction(4, 3), 90, (128, 256)),
        (Fraction(1, 1), 0, (192, 128)),
    ],
)
def test_pixels_are_made_square(tmp_path: Path, aspect: Fraction, rotation_deg: int, size_px: tuple[int, int]) -> None:
    path = make_clip(tmp_path / "c.mp4", [corner_patches(SIZE_PX)], sample_aspect=aspect, rotation_deg=rotation_deg)
    reader = open_video(path, VideoSettings())
    assert reader.info.size_px == size_px
    image = next(reader.frames()).image
    assert image.shape == (size_px[1], size_px[0], 3)
    assert read_corners(image) == ([2, 0, 3, 1] if rotation_deg else [0, 1, 2, 3])


def test_4k(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", [corner_patches((3840, 2160))] * 2, options={"preset": "ultrafast"})
    reader = open_video(path, VideoSettings())
    assert [frame.image.shape for frame in reader.frames()] == [(2160, 3840, 3)] * 2
    assert output_size(reader.info, OutputSettings()) == (1280, 720)
    assert read_corners(first_planar_as_bgr(path, (1280, 720))) == [0, 1, 2, 3]


def test_a_cover_picture_is_not_the_video(tmp_path: Path) -> None:
    plain = make_clip(tmp_path / "plain.mp4", [corner_patches((120, 96))] * 3)
    path = tmp_path / "cover.mp4"
    with av.open(str(plain)) as source, av.open(str(path), "w") as out:
        cover = out.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 640, 480, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        movie = out.add_stream_from_template(source.streams.video[0], opaque=True)
        out.mux(cover.encode(av.VideoFrame.from_ndarray(flat((640, 480), (9, 9, 9)), format="bgr24")))
        out.mux(cover.encode(None))
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = movie
                out.mux(packet)
    reader = open_video(path, VideoSettings())
    assert reader.info.size_px == (120, 96)
    assert len(list(reader.frames())) == 3


@pytest.mark.parametrize(
    ("size_px", "settings", "wanted"),
    [
        ((1920, 1080), OutputSettings(), (1280, 720)),
        ((1080, 1920), OutputSettings(), (720, 1280)),
        ((1088, 1920), OutputSettings(), (726, 1280)),
        ((1920, 1080), OutputSettings(full_size=True), (1920, 1080)),
        ((641, 481), OutputSettings(), (640, 480)),
        ((640, 480), OutputSettings(long_side_px=1280), (640, 480)),
        ((4000, 50), OutputSettings(), (1280, 16)),
        ((1921, 1081), OutputSettings(full_size=True), (1920, 1080)),
    ],
)
def test_output_size(size_px: tuple[int, int], settings: OutputSettings, wanted: tuple[int, int]) -> None:
    info = VideoInfo("x", size_px, None, None, None, False, 0, "h264")
    assert output_size(info, settings) == wanted


def test_corners_are_told_apart() -> None:
    assert len(CORNERS_BGR) == len(set(CORNERS_BGR)) == 4
    turned = np.rot90(corner_patches((60, 60)), -1)
    assert read_corners(turned) == [2, 0, 3, 1]
