"""Small clips made to order, so that a test knows every pixel and every time stamp that went into the file.

`make_clip` encodes pictures at stated times. The conversion from BGR to YUV is written out here (ITU-R BT.601,
BT.709 and BT.2020 matrices), so that what the reader under test converts back was not made by the same library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

# isort: off
import cv2  # noqa: F401  (OpenCV before PyAV: the other order hangs every OpenCV window on Linux)
import av

# isort: on
import numpy as np
import numpy.typing as npt

__all__ = [
    "Colour",
    "Picture",
    "Sound",
    "beep",
    "corner_patches",
    "flat",
    "make_clip",
    "moving_square",
    "read_corners",
    "steady_times",
    "yuv_planes",
]

Picture = npt.NDArray[Any]
"""(H, W, 3) BGR, uint8, or uint16 for pictures finer than 8 bits."""
Drawing = Callable[[int, float], Picture]

LUMA_WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
"""Kr and Kb of ITU-R BT.601, BT.709 and BT.2020."""
MATRIX_CODES = {"bt601": 6, "bt709": 1, "bt2020": 9}
TRANSFER_CODES = {"bt709": 1, "bt601": 6, "bt2020": 14, "HLG": 18, "PQ": 16}
PRIMARIES_CODES = {"bt601": 6, "bt709": 1, "bt2020": 9}


@dataclass(frozen=True, slots=True)
class Colour:
    """How the pictures are turned into YUV, and how the file says so (`tagged=False`: it does not say)."""

    matrix: str = "bt709"
    transfer: str = "bt709"
    primaries: str = "bt709"
    full_range: bool = False
    tagged: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """(N,) samples in [-1, 1], mono, starting at media time `start_s`."""

    samples: npt.NDArray[np.floating[Any]]
    rate_hz: int = 44100
    codec: str = "aac"
    start_s: float = 0.0


def steady_times(count: int, rate_hz: float = 30.0, start_s: float = 0.0) -> list[float]:
    return [start_s + index / rate_hz for index in range(count)]


def flat(size_px: tuple[int, int], bgr: tuple[int, int, int], dtype: Any = np.uint8) -> Picture:
    """A picture of one colour."""
    width, height = size_px
    return np.broadcast_to(np.array(bgr, dtype), (height, width, 3)).copy()


CORNERS_BGR = ((0, 0, 200), (0, 180, 0), (200, 60, 0), (200, 200, 200))
"""Red top left, green top right, blue bottom left, light grey bottom right, on black."""


def corner_patches(size_px: tuple[int, int]) -> Picture:
    """A picture whose four corners differ, so that every flip and turn shows."""
    width, height = size_px
    picture = flat(size_px, (16, 16, 16))
    h, w = height // 3, width // 3
    places = (np.s_[:h, :w], np.s_[:h, -w:], np.s_[-h:, :w], np.s_[-h:, -w:])
    for place, colour in zip(places, CORNERS_BGR, strict=True):
        picture[place] = colour
    return picture


def read_corners(picture: Picture) -> list[int]:
    """Which of CORNERS_BGR is seen top left, top right, bottom left, bottom right; upright is [0, 1, 2, 3]."""
    h, w = picture.shape[0] // 6, picture.shape[1] // 6
    colours = np.array(CORNERS_BGR, float)
    spots = [picture[y, x].astype(float) for y in (h, -h) for x in (w, -w)]
    return [int(np.argmin(np.abs(colours - spot).sum(axis=1))) for spot in spots]


def moving_square(size_px: tuple[int, int], step_px: int = 4) -> Drawing:
    """Textured ground with a bright square that moves by `step_px` a picture: content a codec must really encode."""
    width, height = size_px
    y, x = np.mgrid[:height, :width]
    ground = (90 + 40 * np.sin(x / 7.0) + 40 * np.cos(y / 5.0)).astype(np.uint8)
    side = max(4, min(size_px) // 4)

    def draw(index: int, time_s: float) -> Picture:
        picture = np.dstack([ground, np.roll(ground, 3, 0), np.roll(ground, 5, 1)])
        left = index * step_px % max(1, width - side)
        picture[height // 3 : height // 3 + side, left : left + side] = (40, 220, 240)
        return picture

    return draw


def beep(duration_s: float, hz: float = 440.0, rate_hz: int = 44100) -> npt.NDArray[np.float64]:
    return 0.4 * np.sin(2 * np.pi * hz * np.arange(round(duration_s * rate_hz)) / rate_hz)


def yuv_planes(picture: Picture, colour: Colour, bits: int = 8, subsampled: bool = True) -> list[Picture]:
    """Y, Cb and Cr of a BGR picture by definition: `Y = Kr R + (1 - Kr - Kb) G + Kb B`, `Cb = (B - Y) / (2 - 2 Kb)`,
    quantised to `bits` in full or limited range. Chroma is the mean of 2 x 2 pixels, edges repeated at odd sizes."""
    kr, kb = LUMA_WEIGHTS[colour.matrix]
    b, g, r = np.moveaxis(picture / float(np.iinfo(picture.dtype).max), 2, 0)
    y = kr * r + (1 - kr - kb) * g + kb * b
    chroma = [(b - y) / (2 - 2 * kb), (r - y) / (2 - 2 * kr)]
    if subsampled:
        chroma = [_halved(plane) for plane in chroma]
    scale = 2 ** (bits - 8)
    luma_span, chroma_span, black = (255, 255, 0) if colour.full_range else (219, 224, 16)
    top, kind = 2**bits - 1, np.uint8 if bits == 8 else np.uint16
    if colour.full_range:
        planes = [y * top] + [plane * top + 128 * scale for plane in chroma]
    else:
        planes = [(y * luma_span + black) * scale] + [(plane * chroma_span + 128) * scale for plane in chroma]
    return [np.clip(np.round(plane), 0, top).astype(kind) for plane in planes]


def _halved(plane: Picture) -> Picture:
    padded = np.pad(plane, ((0, plane.shape[0] % 2), (0, plane.shape[1] % 2)), mode="edge")
    halved: Picture = padded.reshape(padded.shape[0] // 2, 2, padded.shape[1] // 2, 2).mean(axis=(1, 3))
    return halved


YUV_LAYOUTS = {
    "yuv420p": (8, True),
    "yuvj420p": (8, True),
    "yuv420p10le": (10, True),
    "yuv444p": (8, False),
    "yuv444p10le": (10, False),
}


def to_frame(picture: Picture, pix_fmt: str, colour: Colour) -> av.VideoFrame:
    """The picture as a PyAV frame of `pix_fmt`. Layouts outside YUV_LAYOUTS go through FFmpeg's own scaler."""
    if pix_fmt not in YUV_LAYOUTS:
        return av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format=pix_fmt)
    bits, subsampled = YUV_LAYOUTS[pix_fmt]
    frame = av.VideoFrame(picture.shape[1], picture.shape[0], pix_fmt)
    for plane, values in zip(frame.planes, yuv_planes(picture, colour, bits, subsampled), strict=True):
        rows = np.frombuffer(plane, values.dtype).reshape(plane.height, -1)
        rows[:, : plane.width] = values
    return frame


def make_clip(
    path: Path,
    pictures: Sequence[Picture] | Drawing,
    times_s: Sequence[float] | None = None,
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    container: str | None = None,
    rotation_deg: int = 0,
    sample_aspect: Fraction | None = None,
    colour: Colour | None = None,
    sound: Sound | None = None,
    metadata: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
    time_base: Fraction = Fraction(1, 90000),
    rate_hz: int = 30,
) -> Path:
    """Write `pictures` (a list, or `draw(index, time_s)` when `times_s` is given) at `times_s` seconds.

    `rotation_deg` is the clockwise turn a player has to apply: the stored picture is `pictures` as they are.
    A negative time is hidden from players by an edit list (MP4 and MOV only). Returns `path`.
    """
    if times_s is None:
        if callable(pictures):
            raise ValueError("a drawing function needs times_s")
        times_s = steady_times(len(pictures), rate_hz)
    colour = colour or Colour(full_range=pix_fmt.startswith("yuvj"))
    drawn = (pictures(i, t) if callable(pictures) else pictures[i] for i, t in enumerate(times_s))
    settings = dict(container_options or {})
    if min(times_s, default=0.0) < 0:
        settings = {"avoid_negative_ts": "disabled", "use_editlist": "1", **settings}
    with av.open(str(path), "w", format=container, container_options=settings) as out:
        out.metadata.update(metadata or {})
        _encode(
            out, drawn, times_s, codec, pix_fmt, rotation_deg, sample_aspect, colour, sound, options, time_base, rate_hz
        )
    return path


def _encode(
    out: Any,
    drawn: Iterator[Picture],
    times_s: Sequence[float],
    codec: str,
    pix_fmt: str,
    rotation_deg: int,
    sample_aspect: Fraction | None,
    colour: Colour,
    sound: Sound | None,
    options: Mapping[str, str] | None,
    time_base: Fraction,
    rate_hz: int,
) -> None:
    stream = out.add_stream(codec, rate=rate_hz, options=_codec_options(codec, options))
    stream.pix_fmt = pix_fmt
    if rotation_deg:
        stream.set_display_rotation(-rotation_deg)
    audio = out.add_stream(sound.codec, rate=sound.rate_hz, layout="mono") if sound else None
    for index, (picture, time_s) in enumerate(zip(drawn, times_s, strict=True)):
        if index == 0:
            stream.width, stream.height = picture.shape[1], picture.shape[0]
            stream.codec_context.time_base = time_base
            if sample_aspect is not None:
                stream.codec_context.sample_aspect_ratio = sample_aspect
            _tag(stream.codec_context, colour)
        frame = to_frame(picture, pix_fmt, colour)
        _tag(frame, colour)
        frame.pts, frame.time_base = round(time_s / time_base), time_base
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))
    if audio is not None and sound is not None:
        _encode_sound(out, audio, sound)


def _codec_options(codec: str, options: Mapping[str, str] | None) -> dict[str, str]:
    quality = {
        "libx264": {"crf": "8", "preset": "veryfast"},
        "libx265": {"crf": "8", "preset": "ultrafast", "x265-params": "log-level=none"},
        "libvpx-vp9": {"crf": "8", "b": "0", "deadline": "realtime", "cpu-used": "8"},
        "mpeg4": {"b": "8M", "qmax": "3"},
    }
    return {**quality.get(codec, {}), **(options or {})}


def _tag(target: Any, colour: Colour) -> None:
    """Colour tags on a frame or an encoder; untagged files carry 2 (unspecified)."""
    if isinstance(target, av.VideoFrame) and not colour.tagged:
        return
    target.color_range = (2 if colour.full_range else 1) if colour.tagged else 0
    target.colorspace = MATRIX_CODES[colour.matrix] if colour.tagged else 2
    target.color_trc = TRANSFER_CODES[colour.transfer] if colour.tagged else 2
    target.color_primaries = PRIMARIES_CODES[colour.primaries] if colour.tagged else 2


def _encode_sound(out: Any, stream: Any, sound: Sound) -> None:
    samples = sound.samples.astype(np.float32)[None]
    block = 1024
    resampler = av.AudioResampler(format=stream.format, layout="mono", rate=sound.rate_hz, frame_size=block)
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
    frame.sample_rate, frame.time_base = sound.rate_hz, Fraction(1, sound.rate_hz)
    frame.pts = round(sound.start_s * sound.rate_hz)
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        out.mux(stream.encode(piece))
    out.mux(stream.encode(None))
