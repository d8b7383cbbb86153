"""Open a video file and hand out its pictures with their real times."""

from __future__ import annotations

import copy
import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from vidgait.errors import NoFramesError, VideoOpenError
from vidgait.types import Frame, Issue, PlanarFrame, VideoInfo
from vidgait.video.cut import find_cut
from vidgait.video.decoding import (
    Decoded,
    StreamClock,
    can_jump,
    decode,
    open_container,
    pick_video_stream,
    stream_clock,
)
from vidgait.video.libav import av
from vidgait.video.metadata import Tags, focal_length, recording_time, slow_motion_hint, was_reencoded
from vidgait.video.picture import PictureConverter, read_look, read_posture, upright_size
from vidgait.video.stamps import DamageLog, spacing

if TYPE_CHECKING:
    from vidgait.settings import VideoSettings
    from vidgait.video.cut import Cut

__all__ = ["VideoReader", "open_video"]

MEASURED_PACKETS_MAX = 20_000
"""So many stamps from the beginning decide whether the rate varies and where the clip is cut in two: ten minutes of a
phone clip. Reading a thousand takes 25 milliseconds."""
SMALLEST_SIDE_PX = 32
"""A person needs more than this; smaller pictures are icons or broken files."""
MISSING_END_S = 1.0
"""When the last picture comes this much before the stated end, pictures are missing there."""


def open_video(path: Path, settings: VideoSettings) -> VideoReader:
    """A reader on the video file `path`.

    Raises VideoOpenError if the file is missing, is not a video, holds sound only or cannot be decoded at all, and
    NoFramesError if it is a video without a single picture that can be decoded."""
    return VideoReader(Path(path), settings)


class VideoReader:
    """One video file. `frames()` and `planar_frames()` may be called again and again, and by different threads: each
    iterator decodes on its own, and both give exactly the same instants."""

    info: VideoInfo
    expected_frames: int | None
    cut: Cut | None
    """Where the pictures can be taken in two parts at once, or None."""

    def __init__(self, path: Path, settings: VideoSettings) -> None:
        """Reads what the file says of itself and decodes its first picture. Raises as `open_video`."""
        self._path = path
        self._settings = settings
        self._issues: tuple[Issue, ...] = ()
        self._is_part = False
        self._key_s: Fraction | None = None
        self._said_until_s = settings.end_s
        _check_file(path)
        with _opened(path) as container:
            stream = pick_video_stream(container)
            if stream is None:
                raise _no_picture_stream(path, container)
            self._clock = stream_clock(container, stream)
            stamps = _first_stamps(container, stream, self._clock)
            can_be_cut = can_jump(container) and not self._clock.decoding_order_only and stamps.complete
            first = _first_picture(path)
            self._first_s = first.media_time_s
            self._posture = read_posture(first.picture)
            self._end_s = _stated_end(container, stream, self._clock)
            self.info = _describe(path, container, stream, first, stamps.shown_s, settings)
        self.cut = find_cut(stamps.shown_s, stamps.keys_s, settings.start_s, settings.end_s) if can_be_cut else None
        self.expected_frames = _expected_frames(self.info, stamps, settings, self._end_s, float(self._first_s))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is kept open between iterations; here for symmetry with other sources."""

    def part(
        self,
        start_s: float | None,
        end_s: float | None,
        said_until_s: float | None = None,
        key_s: Fraction | None = None,
    ) -> VideoReader:
        """A reader on the pictures with `start_s <= media time < end_s`; None means the end of the range that was asked
        for at the beginning. Times stay those of the whole. No picture in a part is no error. Damage from
        `said_until_s` on is left to the part that begins there. `key_s`: the key frame that is the part's first
        picture, where that is known."""
        part = copy.copy(self)
        part._settings = replace(
            self._settings,
            start_s=self._settings.start_s if start_s is None else start_s,
            end_s=self._settings.end_s if end_s is None else end_s,
        )
        part._said_until_s = part._settings.end_s if said_until_s is None else said_until_s
        part._issues, part._is_part, part.cut, part._key_s = (), True, None, key_s
        return part

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What went wrong while decoding, without stopping it: of the iteration that ended last."""
        return self._issues

    def frames(self) -> Iterator[Frame]:
        """Pictures in presentation order, upright, within `[start_s, end_s)`. `index` counts the frames handed out.

        Raises NoFramesError when not a single picture lies in that range."""
        converter = PictureConverter(self.info.size_px, self._posture, self._settings.mirrored)
        for index, time_s, media_time_s, picture in self._instants():
            yield Frame(index, time_s, media_time_s, converter.bgr(picture))

    def planar_frames(self, size_px: tuple[int, int]) -> Iterator[PlanarFrame]:
        """The same instants as I420 (BT.709, limited range), scaled to `size_px` (width, height; even numbers)."""
        _check_even(size_px)
        converter = PictureConverter(self.info.size_px, self._posture, self._settings.mirrored)
        for index, time_s, media_time_s, picture in self._instants():
            yield PlanarFrame(index, time_s, media_time_s, converter.planar(picture, size_px))

    def frames_with_planes(
        self, size_px: tuple[int, int], wanted: Callable[[float], bool]
    ) -> Iterator[tuple[Frame, PlanarFrame | None]]:
        """`frames()` and `planar_frames(size_px)` from one decoding; the second is None where `wanted(media_time_s)` is
        false."""
        _check_even(size_px)
        converter = PictureConverter(self.info.size_px, self._posture, self._settings.mirrored)
        for index, time_s, media_time_s, picture in self._instants():
            planar = None
            if wanted(media_time_s):
                planar = PlanarFrame(index, time_s, media_time_s, converter.planar(picture, size_px))
            yield Frame(index, time_s, media_time_s, converter.bgr(picture)), planar

    def _instants(self) -> Iterator[tuple[int, float, float, Any]]:
        """(index, time_s, media_time_s, decoded picture)."""
        settings = self._settings
        damage = DamageLog(settings.start_s, self._said_until_s)
        slowmo = Fraction(settings.slowmo).limit_denominator(1_000_000)
        last: Decoded | None = None
        try:
            for index, last in enumerate(decode(self._path, damage, settings.start_s, settings.end_s, self._key_s)):
                damage.analysed(last.media_time_s)
                time_s = float((last.media_time_s - self._first_s) / slowmo)
                yield index, time_s, float(last.media_time_s), last.picture
        except av.FFmpegError as error:
            raise VideoOpenError(f"{self._path.name} could not be read: {_reason(error)}.") from None
        if last is None and not self._is_part:
            raise self._nothing_in_range()
        self._issues = damage.issues() + self._missing_end(last)

    def _missing_end(self, last: Decoded | None) -> tuple[Issue, ...]:
        if last is None:
            return ()
        asked = self._settings.end_s
        if self._end_s is None or (asked is not None and asked <= self._end_s):
            return ()
        missing_s = self._end_s - float(last.media_time_s)
        if missing_s < MISSING_END_S:
            return ()
        message = f"The pictures end {missing_s:.1f} s before the end that the file states: it may be cut off."
        return (Issue("video_truncated", "warning", message),)

    def _nothing_in_range(self) -> NoFramesError:
        start_s, end_s = self._settings.start_s, self._settings.end_s
        if start_s is None and end_s is None:
            return NoFramesError(f"{self._path.name} holds no picture that can be decoded.")
        length = f" The video is {self.info.duration_s:.1f} s long." if self.info.duration_s else ""
        upper = "its end" if end_s is None else f"{end_s:g} s"
        return NoFramesError(
            f"{self._path.name} has no picture between {start_s or 0:g} s and {upper}.",
            f"Change --start and --end.{length}",
        )


def _check_even(size_px: tuple[int, int]) -> None:
    if size_px[0] % 2 or size_px[1] % 2 or min(size_px) < 2:
        raise ValueError(f"planar frames need even sizes, not {size_px}")


def _check_file(path: Path) -> None:
    """Raises VideoOpenError unless `path` is a readable file with something in it."""
    if path.is_dir():
        raise VideoOpenError(f"{path.name or path} is a folder, not a video file.", "Name the file itself.")
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise VideoOpenError(f"There is no file {path}.", "Check the name and the folder.") from None
    except PermissionError:
        raise VideoOpenError(f"{path.name} may not be read.", "Check the file's permissions.") from None
    except OSError as error:
        raise VideoOpenError(f"{path.name} could not be opened: {error.strerror}.") from None
    if path.is_file() and size == 0:
        raise VideoOpenError(f"{path.name} is empty (0 bytes).", "Copy it again from the phone or camera.")


def _opened(path: Path) -> Any:
    try:
        return open_container(path)
    except av.FFmpegError as error:
        if error.errno == errno.ENOMEM:
            raise
        raise VideoOpenError(
            f"{path.name} is not a video that can be opened: {_reason(error)}.",
            "If it plays elsewhere, it may have been copied only in part; export it again as MP4.",
        ) from None


def _reason(error: BaseException) -> str:
    """FFmpeg's words without the path and the number in front."""
    text = getattr(error, "strerror", None) or type(error).__name__
    return str(text)[0].lower() + str(text)[1:]


def _no_picture_stream(path: Path, container: Any) -> VideoOpenError:
    if container.streams.audio:
        return VideoOpenError(f"{path.name} holds sound but no video.", "Choose the video file that belongs to it.")
    return VideoOpenError(f"{path.name} holds no video.", "Choose a file with moving pictures.")


@dataclass(frozen=True, slots=True)
class _Stamps:
    """Presentation times of packets that are shown, unsorted."""

    shown_s: list[Fraction]
    keys_s: list[Fraction]
    complete: bool
    """The file was read to its end."""


def _first_stamps(container: Any, stream: Any, clock: StreamClock) -> _Stamps:
    shown: list[Fraction] = []
    keys: list[Fraction] = []
    try:
        for packet in container.demux(stream):
            stamp = packet.dts if clock.decoding_order_only else packet.pts
            if packet.size and stamp is not None and not packet.is_discard:
                shown.append(clock.media_time_s(stamp))
                if packet.is_keyframe:
                    keys.append(shown[-1])
            if len(shown) >= MEASURED_PACKETS_MAX:
                return _Stamps(shown, keys, False)
    except av.FFmpegError:
        return _Stamps(shown, keys, False)
    return _Stamps(shown, keys, True)


def _first_picture(path: Path) -> Decoded:
    """Raises VideoOpenError for pictures too small to show anybody, NoFramesError where nothing can be decoded."""
    damage = DamageLog()
    try:
        first = next(decode(path, damage), None)
    except av.FFmpegError as error:
        raise VideoOpenError(f"{path.name} cannot be decoded: {_reason(error)}.") from None
    if first is None and damage.misplaced:
        raise NoFramesError(f"{path.name} carries no time stamps.", "Put it into an MP4 file with its frame rate.")
    if first is None:
        raise NoFramesError(
            f"{path.name} holds no picture that can be decoded.", "It may have been copied only in part; copy it again."
        )
    width, height = first.picture.width, first.picture.height
    if min(width, height) < SMALLEST_SIDE_PX:
        raise VideoOpenError(
            f"{path.name} is {width} by {height} pixels: too small to show a person.", "Use the original video."
        )
    return first


def _stated_end(container: Any, stream: Any, clock: StreamClock) -> float | None:
    """Media time at which the pictures end, as the file states it, or None."""
    if stream.duration:
        start = clock.media_time_s(stream.start_time) if stream.start_time is not None else Fraction(0)
        return float(start + stream.duration * stream.time_base)
    if container.duration and not container.streams.audio:
        return float(container.duration / av.time_base)
    return None


def _describe(
    path: Path, container: Any, stream: Any, first: Decoded, stamps_s: list[Fraction], settings: VideoSettings
) -> VideoInfo:
    others = [other.metadata for other in container.streams if other.index != stream.index]
    tags = Tags.of(container.metadata, stream.metadata, others)
    picture, posture = first.picture, read_posture(first.picture)
    size_px = upright_size((picture.width, picture.height), stream.sample_aspect_ratio, posture)
    step_s, varies = spacing(stamps_s)
    stored_hz = 1 / step_s if step_s else None
    focal_px, focal_source = focal_length(tags, size_px)
    recorded_at, recorded_at_source = recording_time(tags)
    return VideoInfo(
        path=str(path),
        size_px=size_px,
        rate_hz=stream.average_rate or None,
        capture_rate_hz=stored_hz * settings.slowmo if stored_hz else None,
        duration_s=container.duration / av.time_base if container.duration else None,
        variable_rate=varies,
        rotation_deg=posture.rotation_deg,
        codec=stream.codec_context.name,
        transfer=read_look(picture).transfer,
        focal_px=focal_px,
        focal_source=focal_source,
        recorded_at=recorded_at,
        recorded_at_source=recorded_at_source,
        has_audio=bool(container.streams.audio),
        reencoded=was_reencoded(tags, _encoder_notes(picture)),
        slowmo_factor=settings.slowmo,
        slowmo_hint=slow_motion_hint(tags, stored_hz, settings.slowmo),
    )


def _encoder_notes(picture: Any) -> str:
    """What the encoder wrote into the first picture's user data (x264 and x265 sign there)."""
    notes = [bytes(data) for data in picture.side_data if data.type.name == "SEI_UNREGISTERED"]
    return b" ".join(notes).decode("latin-1")


def _expected_frames(
    info: VideoInfo, stamps: _Stamps, settings: VideoSettings, end_s: float | None, first_s: float
) -> int | None:
    if settings.start_s is None and settings.end_s is None and len(stamps.shown_s) < MEASURED_PACKETS_MAX:
        return len(stamps.shown_s) or None
    if end_s is None or not info.capture_rate_hz:
        return None
    start = max(first_s, settings.start_s or 0.0)
    end = end_s if settings.end_s is None else min(end_s, settings.end_s)
    return max(1, round((end - start) * info.capture_rate_hz / info.slowmo_factor))
