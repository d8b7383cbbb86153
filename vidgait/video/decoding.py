"""Pictures out of a file in presentation order, each with the time a player shows it at. Steps over damage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from vidgait.concurrency import usable_cores
from vidgait.video.libav import av
from vidgait.video.stamps import DamageLog, StampLedger

__all__ = [
    "Decoded",
    "StreamClock",
    "can_jump",
    "decode",
    "open_container",
    "pick_video_stream",
    "stream_clock",
]

STREAMED_FORMATS = ("mpegts", "mpeg", "mpegtsraw")
"""Formats whose clock starts anywhere; players count from their first stamp."""
SEEKABLE_FORMATS = ("mov", "mp4", "matroska", "webm")
NO_HIDDEN_PACKETS = ("h264", "hevc", "mjpeg", "prores", "mpeg2video")
"""Codecs in which every packet is a picture that is shown, so that one that does not come out is lost. VP8, VP9, AV1
and packed MPEG-4 also send packets that are never shown."""
SETTLE_S = 2.0
"""After damage, pictures are left out up to the next key frame, which heals it, but at most for this long. Phones write
a key frame a second; encoders on computers one in eight seconds or none, and there the moving parts of the picture are
drawn anew within this time, while waiting for the key frame would lose repetitions."""
SEEK_MARGIN_S = 0.5
READ_FAILURES_MAX = 16
"""So many failed reads in a row end the file."""


@dataclass(frozen=True, slots=True)
class StreamClock:
    """From stamps of a stream to what a player shows."""

    time_base: Fraction
    offset_s: Fraction
    """Media time of the container's zero, taken off every stamp."""
    decoding_order_only: bool
    """The container states no presentation times (AVI) though the codec reorders pictures."""

    def media_time_s(self, stamp: int) -> Fraction:
        return stamp * self.time_base - self.offset_s

    def stamp(self, media_time_s: float | Fraction) -> int:
        return int((Fraction(media_time_s) + self.offset_s) / self.time_base)


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    media_time_s: Fraction
    picture: Any
    """av.VideoFrame as it came from the decoder"""


def open_container(path: Path) -> Any:
    """An av input container. Raises av.FFmpegError. Tags that are not UTF-8 are read as well as can be."""
    return av.open(str(path), "r", metadata_errors="replace")


def pick_video_stream(container: Any) -> Any | None:
    """The video stream a player would choose: never a cover picture, then the one marked default, then the largest."""
    streams = [stream for stream in container.streams.video if stream.codec_context is not None]
    attached = av.stream.Disposition.attached_pic | av.stream.Disposition.still_image
    moving = [stream for stream in streams if not stream.disposition & attached]
    return max(moving, key=_rank, default=None)


def _rank(stream: Any) -> tuple[bool, int, int]:
    default = bool(stream.disposition & av.stream.Disposition.default)
    return default, stream.codec_context.width * stream.codec_context.height, -stream.index


def stream_clock(container: Any, stream: Any) -> StreamClock:
    names = set(container.format.name.split(","))
    start = Fraction(container.start_time or 0, av.time_base)
    streamed = bool(names & set(STREAMED_FORMATS))
    reorders = bool(stream.codec_context.has_b_frames)
    return StreamClock(stream.time_base, start if streamed or start < 0 else Fraction(0), "avi" in names and reorders)


def decode(
    path: Path,
    damage: DamageLog,
    start_s: float | None = None,
    end_s: float | None = None,
    key_s: Fraction | None = None,
) -> Iterator[Decoded]:
    """Good pictures with `start_s <= media time < end_s`, stamps strictly rising. What was left out goes to `damage`.
    `key_s` is the time of a key frame that is known to be the first picture wanted: decoding starts right there instead
    of at the one before, which with long groups of pictures is many seconds away.

    Raises av.FFmpegError if the file cannot be opened."""
    jump_s = _jump_s(path, start_s, key_s)
    with open_container(path) as container:
        stream = pick_video_stream(container)
        clock = stream_clock(container, stream)
        _set_threads(stream)
        if jump_s is not None:
            _jump(container, stream, clock, jump_s)
        for decoded in _rising(_good(container, stream, clock, damage), damage):
            if end_s is not None and decoded.media_time_s >= end_s:
                return
            if start_s is None or decoded.media_time_s >= start_s:
                yield decoded


def can_jump(container: Any) -> bool:
    """Whether the format has an index, so that reading can start in the middle."""
    return bool(set(container.format.name.split(",")) & set(SEEKABLE_FORMATS))


def _jump_s(path: Path, start_s: float | None, key_s: Fraction | None) -> float | Fraction | None:
    """The media time to jump to so that nothing wanted is missed; None: read from the beginning."""
    if key_s is not None and _landing_s(path, key_s) == key_s:
        return key_s
    if start_s is None:
        return None
    before_s = max(0.0, start_s - SEEK_MARGIN_S)
    landing_s = _landing_s(path, before_s)
    return before_s if landing_s is not None and landing_s <= start_s else None


def _landing_s(path: Path, to_s: float | Fraction) -> Fraction | None:
    """When the key frame is shown at which reading begins after a jump to `to_s`; None where it begins at none."""
    with open_container(path) as container:
        if not can_jump(container):
            return None
        stream = pick_video_stream(container)
        clock = stream_clock(container, stream)
        try:
            _jump(container, stream, clock, to_s)
            packet = next(container.demux(stream), None)
        except av.FFmpegError:
            return None
        if packet is None or packet.pts is None or not packet.is_keyframe:
            return None
        return clock.media_time_s(packet.pts)


def _jump(container: Any, stream: Any, clock: StreamClock, to_s: float | Fraction) -> None:
    container.seek(clock.stamp(to_s), stream=stream, backward=True)


def _set_threads(stream: Any) -> None:
    """On two cores the pose network and the encoder need them, and one thread decodes 1080p faster than they work;
    frame threads would cost 10 to 20 % more in sum. Large pictures and large machines get more."""
    cores = usable_cores()
    large = stream.codec_context.width * stream.codec_context.height > 1920 * 1200
    stream.codec_context.thread_count = min(cores, 8) if cores > 2 else 1 + large
    stream.thread_type = "AUTO"


def _good(container: Any, stream: Any, clock: StreamClock, damage: DamageLog) -> Iterator[Decoded | None]:
    """Whole pictures in presentation order, None for one without a stamp. Broken ones, and the ones after them that
    lean on them, go to `damage`."""
    ledger = StampLedger()
    every_packet_shows = stream.codec_context.name in NO_HIDDEN_PACKETS and not clock.decoding_order_only
    settled_at: Fraction | None = None
    hurt = False
    for pictures, failed in _batches(container, stream, clock, ledger):
        hurt = hurt or failed is not None
        if failed is not None and not every_packet_shows:
            damage.lost([clock.media_time_s(failed)])
        for picture in pictures:
            stamp = _stamp(picture, clock, ledger)
            if stamp is None:
                yield None
                continue
            gone = ledger.shown(stamp) if every_packet_shows else []
            damage.lost([clock.media_time_s(lost) for lost in gone])
            now_s = clock.media_time_s(stamp)
            broken = picture.is_corrupt or ledger.is_doubtful(stamp)
            if picture.key_frame and not broken:
                settled_at, hurt = None, False
            elif hurt or gone or broken:
                settled_at, hurt = now_s + Fraction(SETTLE_S), False
            if settled_at is not None and now_s < settled_at:
                damage.lost([now_s])
                continue
            if settled_at is not None:
                damage.resumed_unhealed()
                settled_at = None
            yield Decoded(now_s, picture)
    if every_packet_shows:
        damage.lost([clock.media_time_s(lost) for lost in ledger.left_over()])


def _batches(
    container: Any, stream: Any, clock: StreamClock, ledger: StampLedger
) -> Iterator[tuple[list[Any], int | None]]:
    """(pictures, stamp of the packet if it failed) for each packet of the stream, and for the end of it."""
    last, failing = 0, False
    for packet in _packets(container, stream):
        stamp = packet.dts if clock.decoding_order_only else packet.pts
        before, last = last, last if stamp is None else stamp
        if packet.size and stamp is not None and not packet.is_discard:
            ledger.fed(stamp)
        if failing:
            ledger.doubt(last)
        try:
            pictures = stream.codec_context.decode(packet if packet.size else None)
        except av.error.EOFError:
            return
        except av.FFmpegError:
            failing = True
            ledger.doubt(before)
            yield [], last
        else:
            failing = False
            yield pictures, None


def _packets(container: Any, stream: Any) -> Iterator[Any]:
    """Every packet, then an empty one. A read that fails is tried again: some demuxers find the next good place."""
    failures = 0
    while failures < READ_FAILURES_MAX:
        try:
            for packet in container.demux(stream):
                failures = 0
                yield packet
            return
        except av.error.EOFError:
            return
        except av.FFmpegError:
            failures += 1


def _stamp(picture: Any, clock: StreamClock, ledger: StampLedger) -> int | None:
    if clock.decoding_order_only:
        return ledger.next_in_order()
    stamp = picture.pts if picture.pts is not None else picture.dts
    return None if stamp is None else int(stamp)


def _rising(found: Iterator[Decoded | None], damage: DamageLog) -> Iterator[Decoded]:
    last_s: Fraction | None = None
    for decoded in found:
        if decoded is None or (last_s is not None and decoded.media_time_s <= last_s):
            damage.out_of_order(None if decoded is None else decoded.media_time_s)
            continue
        last_s = decoded.media_time_s
        yield decoded
