"""Write H.264 that browsers, phones and messengers play, with the source's timing and sound."""

from __future__ import annotations

import contextlib
import errno
import math
import os
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from vidgait.concurrency import usable_cores
from vidgait.errors import VideoWriteError
from vidgait.settings import OutputSettings, VideoSettings
from vidgait.video.audio import AudioCarrier, dropped, open_audio
from vidgait.video.libav import av

if TYPE_CHECKING:
    from vidgait.types import Issue, PlanarFrame, VideoInfo

__all__ = ["INDEX_IN_FRONT", "VideoWriter", "output_size", "unfinished_path"]

TIME_BASE = Fraction(1, 90_000)
"""Fine enough for every phone's clock, and a common MP4 time scale."""
KEY_FRAME_EVERY = 60
"""Pictures between key frames at most, so that a click in the report finds its place at once."""
X264_OPTIONS = {
    "preset": "ultrafast",
    "qp": "25",
    "bf": "0",
    "g": str(KEY_FRAME_EVERY),
    "x264-params": "no-deblock=0",
}
"""By measurement on a 1080 x 1920 phone clip (milliseconds of one core a picture, Mbit/s, PSNR of luma): this 8.5,
14.8, 40.3; ultrafast at crf 25, which weighs every picture before it codes it, 9.2, 11.6, 39.9; superfast at crf 23
without B pictures 19, 7.2, 42.1. At 720 x 1280: this 4.0, 5.9, 40.0; crf 25 5 to 6, 5.9, 40.0; superfast 8, 3.1, 41.8.
Encoding is half of pass two, so the larger file is worth it. Deblocking costs 7 % and shows on skin and walls.
No B pictures: they are stored in the order they are shown, which old players and messengers handle best."""
FEW_CORES = 2
"""Up to here the encoder gets one thread: drawing needs the other core, and x264's own threads cost a tenth more."""
INDEX_IN_FRONT = {"movflags": "+faststart"}
"""A player can begin before it has the whole file."""
NOMINAL_RATE_HZ = 30
"""Only tells the encoder which level to write; the time of each picture is its stamp."""
FULL_DISK = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
DISK_ERRORS = (*FULL_DISK, errno.EIO, errno.EROFS, errno.EBADF, errno.EPIPE)


def unfinished_path(path: Path) -> Path:
    """Where a video is, beside `path`, until it is whole."""
    return path.with_name(f".{path.stem}.{os.getpid()}.part.mp4")


def output_size(info: VideoInfo, settings: OutputSettings) -> tuple[int, int]:
    """(width, height) of the annotated video: even, long side at most `long_side_px` unless `full_size`, never
    enlarged, aspect kept to the nearest even number."""
    width, height = info.size_px
    longest = max(width, height)
    scale = Fraction(1) if settings.full_size else min(Fraction(1), Fraction(settings.long_side_px, longest))
    return _even(width * scale), _even(height * scale)


def _even(length_px: Fraction) -> int:
    """The nearest even number; a whole odd length goes down, so that nothing is enlarged."""
    return max(2, 2 * math.ceil(length_px / 2 - Fraction(1, 2)))


class VideoWriter:
    """Writes beside `path` under a temporary name and moves the finished file into place on `close()`. Leaving the
    `with` block by an exception, or `abort()`, leaves nothing. No tag of the source is carried over."""

    def __init__(
        self, path: Path, size_px: tuple[int, int], audio_from: Path | None = None, video: VideoSettings | None = None
    ) -> None:
        """`audio_from`: the file whose sound is kept, cut to `[start_s, end_s)` of `video`. Raises VideoWriteError."""
        if size_px[0] % 2 or size_px[1] % 2 or min(size_px) < 2:
            raise ValueError(f"H.264 needs even sizes, not {size_px}")
        self._path = Path(path)
        self._part = self._target()
        self._size_px = size_px
        self._settings = video or VideoSettings()
        self._last_stamp: int | None = None
        self._offset_s = Fraction(0)
        self._done = False
        self._audio: AudioCarrier | None = None
        self._issues: tuple[Issue, ...] = ()
        self._output: Any = None
        try:
            self._open(audio_from)
        except (av.FFmpegError, OSError) as error:
            self.abort()
            raise self._failure(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.abort()
        elif not self._done:
            self.close()

    def _target(self) -> Path:
        """Where the file is until it is whole."""
        return unfinished_path(self._path)

    def _container_options(self) -> Mapping[str, str]:
        return INDEX_IN_FRONT

    def _finish(self) -> None:
        """The file is whole."""
        self._part.replace(self._path)

    def _discard(self) -> None:
        """It never will be."""
        self._part.unlink(missing_ok=True)

    def _open(self, audio_from: Path | None) -> None:
        self._part.touch()  # FFmpeg opens the file with the first picture; a folder that refuses should say so now.
        self._output = av.open(str(self._part), "w", format="mp4", container_options=dict(self._container_options()))
        self._stream = self._output.add_stream("libx264", rate=NOMINAL_RATE_HZ, options=X264_OPTIONS)
        self._stream.width, self._stream.height = self._size_px
        self._stream.pix_fmt = "yuv420p"
        codec = self._stream.codec_context
        codec.time_base = TIME_BASE
        if usable_cores() <= FEW_CORES:
            codec.thread_count = 1
        codec.color_range = codec.colorspace = codec.color_trc = codec.color_primaries = 1
        if audio_from is not None:
            self._audio, self._issues = open_audio(audio_from)
            self._add_sound()

    def _add_sound(self) -> None:
        if self._audio is None:
            return
        try:
            self._audio.attach(self._output)
        except (av.FFmpegError, ValueError):
            self._drop_sound("its format does not fit into the file")

    def _drop_sound(self, reason: str, from_s: float | None = None) -> None:
        """Pictures go on without it."""
        if self._audio is not None:
            self._audio.close()
        self._audio = None
        self._issues += (dropped(reason, from_s),)

    def _carry_sound(self, media_time_s: Fraction | None) -> None:
        """Up to this time of the source, None for the rest. Broken sound is no reason to lose the pictures; a disk that
        refuses is."""
        if self._audio is None:
            return
        try:
            for packet in self._audio.up_to(media_time_s):
                self._output.mux(packet)
        except (av.FFmpegError, ValueError) as error:
            if getattr(error, "errno", None) in DISK_ERRORS:
                raise
            from_s = None if self._last_stamp is None else float(self._last_stamp * TIME_BASE)
            self._drop_sound("the time stamps or the coding of the source's sound are broken", from_s)

    def write(self, frame: PlanarFrame) -> None:
        """The next picture. Times must rise. Raises VideoWriteError (disk full and the like); the writer is then closed
        and has left nothing."""
        try:
            self._write(frame)
        except (av.FFmpegError, OSError) as error:
            self.abort()
            raise self._failure(error) from None

    def _write(self, frame: PlanarFrame) -> None:
        media_time_s = Fraction(frame.media_time_s)
        if self._last_stamp is None:
            self._begin(media_time_s)
        stamp = round((media_time_s - self._offset_s) / TIME_BASE)
        if self._last_stamp is not None and stamp <= self._last_stamp:
            raise ValueError(f"frame {frame.index} at {frame.media_time_s} s does not come after the last one")
        self._last_stamp = stamp
        picture = av.VideoFrame.from_numpy_buffer(frame.planes, format="yuv420p")
        picture.pts, picture.time_base = stamp, TIME_BASE
        picture.color_range = picture.colorspace = picture.color_trc = picture.color_primaries = 1
        self._output.mux(self._stream.encode(picture))
        self._carry_sound(media_time_s)

    def _begin(self, first_s: Fraction) -> None:
        """Media time is kept, but for a clip whose beginning was cut off, which starts at its first picture."""
        self._offset_s = Fraction(0) if self._settings.start_s is None else first_s
        if self._audio is not None:
            end_s = self._settings.end_s
            self._audio.begin(self._offset_s, None if end_s is None else Fraction(end_s))

    def close(self) -> tuple[Issue, ...]:
        """Finish the file and move it into place. Returns what was lost on the way. Raises VideoWriteError, also where
        no frame was written."""
        if self._done:
            return self._issues
        if self._last_stamp is None:
            self.abort()
            raise VideoWriteError(f"{self._path.name} would have no picture.")
        try:
            self._output.mux(self._stream.encode(None))
            self._carry_sound(None)
            if self._audio is not None:
                self._issues += self._audio.close()
            self._output.close()
            self._finish()
        except (av.FFmpegError, OSError) as error:
            self.abort()
            raise self._failure(error) from None
        self._done = True
        return self._issues

    def abort(self) -> None:
        """Give up and leave nothing. Safe to call at any time, any number of times."""
        if self._done:
            return
        self._done = True
        with contextlib.suppress(av.FFmpegError, OSError, ValueError):
            if self._audio is not None:
                self._audio.close()
        with contextlib.suppress(av.FFmpegError, OSError, ValueError):
            if self._output is not None:
                self._output.close()
        with contextlib.suppress(OSError):
            self._discard()

    def _failure(self, error: BaseException) -> VideoWriteError:
        number = getattr(error, "errno", None)
        if number in FULL_DISK:
            return VideoWriteError(
                f"{self._path.name} could not be written: the disk is full.",
                "Free some space, or write elsewhere with -o.",
            )
        reason = os.strerror(number) if isinstance(number, int) and number in errno.errorcode else str(error)
        return VideoWriteError(f"{self._path.name} could not be written: {reason[0].lower()}{reason[1:]}.")
