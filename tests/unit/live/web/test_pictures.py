"""Pictures are measured before they are decoded."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from tests.support.web_client import jpeg
from vidgait.live.web import pictures
from vidgait.live.web.limits import BadMessageError, Limits
from vidgait.live.web.pictures import decode_picture, picture_size_px


def written(kind: str, size: tuple[int, int] = (200, 120), **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 90)).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        jpeg(200, 120),
        written("JPEG"),
        written("JPEG", exif=b"Exif\0\0" + b"x" * 300),
        written("WEBP"),
        written("WEBP", lossless=True),
    ],
    ids=["opencv", "pillow", "with exif", "webp", "webp lossless"],
)
def test_size_and_picture(data: bytes) -> None:
    assert picture_size_px(data) == (200, 120)
    image = decode_picture(data, Limits())
    assert image.shape == (120, 200, 3)
    assert image.dtype == np.uint8


def test_colours_are_blue_green_red() -> None:
    image = decode_picture(written("WEBP", lossless=True), Limits())
    assert image[60, 100].tolist() == [90, 30, 200]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8" + b"\xff" * 5000,
        b"\xff\xd8\xff\xe0\x00\x00" + b"\0" * 50,
        b"\xff\xd8\xff\xda\x00\x04" + b"\0" * 50,
        b"\xff\xd8\xff\xe0\xff\xff" + b"\0" * 50,
        b"RIFF\0\0\0\0WEBP",
        b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 40,
        b"GIF89a" + b"\0" * 40,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        written("JPEG", progressive=True),
        written("WEBP", save_all=True, append_images=[Image.new("RGB", (200, 120))]),
        written("PNG"),
    ],
)
def test_what_is_no_plain_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadMessageError):
        decode_picture(data, Limits())


@pytest.mark.parametrize("keep", [30, 200, 400])
def test_a_picture_cut_short_is_refused_or_whole(keep: int) -> None:
    """Decoders may fill in what is missing; they must not crash, nor give another size."""
    try:
        image = decode_picture(jpeg(320, 240)[:keep], Limits())
    except BadMessageError:
        return
    assert image.shape == (240, 320, 3)


def with_size(data: bytes, width_px: int, height_px: int) -> bytes:
    """A JPEG that claims another size than it has."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height_px, width_px) + data[at + 4 :]


@pytest.mark.parametrize("size", [(65_000, 65_000), (65_000, 8), (2049, 64), (2048, 2048), (63, 640), (0, 0)])
def test_a_bomb_is_never_decoded(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(pictures.cv2, "imdecode", never)
    with pytest.raises(BadMessageError, match="too"):
        decode_picture(with_size(jpeg(), *size), Limits())


def test_a_bomb_behind_what_is_no_marker_is_never_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decoder passes over FF 00 and finds the large size; who takes it for a segment passes over that."""
    small, large = jpeg(160, 120), with_size(jpeg(160, 120), 30_000, 30_000)[2:]
    hidden = b"\xff\x00" + (len(large) + 2).to_bytes(2) + large
    monkeypatch.setattr(pictures.cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(BadMessageError):
        decode_picture(small[:2] + hidden + small[2:], Limits())


def test_the_limit_is_of_what_is_asked_of_a_phone() -> None:
    assert decode_picture(jpeg(1920, 1080), Limits()).shape == (1080, 1920, 3)
    assert decode_picture(jpeg(1080, 1920), Limits()).shape == (1920, 1080, 3)
