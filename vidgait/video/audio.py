"""The sound of the source, carried into the annotated video: copied where MP4 takes it as it is, else made AAC."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from vidgait.types import Issue
from vidgait.video.decoding import open_container, pick_video_stream, stream_clock
from vidgait.video.libav import av

__all__ = ["AudioCarrier", "dropped", "open_audio"]

AAC_RATES_HZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
AAC_BITS_PER_S = 128_000
FALLBACK_RATE_HZ = 48_000
TRIED_PACKETS = 8
"""So many packets are decoded before the sound is trusted."""
BLOCK = 1024
"""Samples in a packet of AAC."""
HOLE_S = Fraction(1, 20)
"""A shorter jump of the source's stamps is their rounding; a longer one is sound that is not there (or twice there)."""
HOLE_MAX_S = 600
"""A longer jump is a broken stamp."""


def open_audio(path: Path) -> tuple[AudioCarrier | None, tuple[Issue, ...]]:
    """(carrier, issues). No carrier where the file has no sound (no issue) or none that can be decoded (an issue)."""
    try:
        container = open_container(path)
    except av.FFmpegError:
        return None, (dropped("the file could not be opened again"),)
    streams = container.streams.audio
    if not streams:
        container.close()
        return None, ()
    known = next((stream for stream in streams if stream.codec_context is not None), None)
    reason = "its format is not known" if known is None else _why_undecodable(path, known.index)
    if reason or known is None:
        container.close()
        return None, (dropped(reason),)
    return AudioCarrier(container, known), ()


def dropped(reason: str, from_s: float | None = None) -> Issue:
    """The issue that tells of it. `reason` is half a sentence; `from_s` seconds into the annotated video, if not all
    of the sound is gone."""
    where = "" if from_s is None else f" from {from_s:.1f} s on"
    return Issue("audio_dropped", "info", f"The annotated video has no sound{where}: {reason}.")


def _why_undecodable(path: Path, index: int) -> str:
    """Empty when the first packets give sound."""
    with open_container(path) as container:
        stream = container.streams[index]
        try:
            for tried, packet in enumerate(container.demux(stream)):
                if stream.codec_context.decode(packet):
                    return ""
                if tried >= TRIED_PACKETS:
                    break
        except av.FFmpegError:
            return "the sound of the source could not be decoded"
    return "the source's sound track is empty"


class AudioCarrier:
    """Feeds an output container with sound up to a stated time, so that sound and pictures interleave."""

    def __init__(self, container: Any, stream: Any) -> None:
        self._container = container
        self._stream = stream
        video = pick_video_stream(container)
        self._offset_s = stream_clock(container, video).offset_s if video else Fraction(0)
        self._copied = stream.codec_context.name == "aac" and bool(stream.codec_context.extradata)
        self._end_s: Fraction | None = None
        self._start_s = Fraction(0)
        self._packets: Iterator[Any] = iter(())
        self._held: tuple[Fraction, Any] | None = None
        self._out: Any = None
        self._broken = False

    def attach(self, output: Any) -> None:
        """Add the stream to `output`, before anything is written to it. Raises av.FFmpegError or ValueError where it
        cannot be added."""
        if self._copied:
            self._out = output.add_stream_from_template(self._stream)
            return
        rate_hz = self._stream.codec_context.sample_rate
        rate_hz = rate_hz if rate_hz in AAC_RATES_HZ else FALLBACK_RATE_HZ
        layout = "mono" if self._stream.codec_context.channels == 1 else "stereo"
        self._out = output.add_stream("aac", rate=rate_hz, layout=layout)
        self._out.bit_rate = AAC_BITS_PER_S

    def begin(self, start_s: Fraction, end_s: Fraction | None) -> None:
        """Sound of media time `[start_s, end_s)` is carried; `start_s` plays at zero."""
        self._start_s, self._end_s = start_s, end_s
        self._packets = self._copy() if self._copied else self._transcode()

    def up_to(self, media_time_s: Fraction | None) -> Iterator[Any]:
        """Packets for the output up to this media time of the source; None for all the rest. Raises av.FFmpegError or
        ValueError where the sound cannot be made into packets."""
        while True:
            self._held = self._held or next(self._packets, None)
            if self._held is None or (media_time_s is not None and self._held[0] > media_time_s):
                return
            packet, self._held = self._held[1], None
            yield packet

    def close(self) -> tuple[Issue, ...]:
        self._container.close()
        if not self._broken:
            return ()
        return (Issue("audio_cut", "info", "Part of the sound could not be read and is missing."),)

    def _within(self, time_s: Fraction) -> bool:
        return time_s >= self._start_s and (self._end_s is None or time_s < self._end_s)

    def _copy(self) -> Iterator[tuple[Fraction, Any]]:
        base = self._stream.time_base
        shift = round((self._start_s + self._offset_s) / base)
        for packet in self._demuxed():
            if not packet.size or packet.pts is None or packet.dts is None or packet.is_discard:
                continue
            time_s = packet.pts * base - self._offset_s
            if self._end_s is not None and time_s >= self._end_s:
                return
            if self._within(time_s):
                packet.stream = self._out
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                yield time_s, packet

    def _transcode(self) -> Iterator[tuple[Fraction, Any]]:
        encoder = self._out.codec_context
        resampler = av.AudioResampler(format="fltp", layout=encoder.layout, rate=encoder.sample_rate)
        fifo = av.AudioFifo()
        clock = Fraction(1, encoder.sample_rate)
        begun: int | None = None
        for frame in self._decoded():
            time_s = frame.pts * frame.time_base - self._offset_s
            if self._end_s is not None and time_s >= self._end_s:
                break
            if not self._within(time_s):
                continue
            place = round((time_s - self._start_s) / clock)
            begun = place if begun is None else begun
            hole_s = (place - begun - fifo.samples_read - fifo.samples) * clock
            if hole_s < -HOLE_S or hole_s > HOLE_MAX_S:
                self._broken = True
                continue
            if hole_s > HOLE_S:
                for silence in _silence(round(hole_s / clock), encoder):
                    fifo.write(silence)
                    yield from self._encoded(fifo, begun, clock, partial=False)
            frame.pts = None
            for piece in resampler.resample(frame):
                piece.pts = None
                fifo.write(piece)
            yield from self._encoded(fifo, begun, clock, partial=False)
        if begun is not None:
            yield from self._encoded(fifo, begun, clock, partial=True)
            yield from self._timed(self._out.encode(None), clock)

    def _encoded(self, fifo: Any, begun: int, clock: Fraction, partial: bool) -> Iterator[tuple[Fraction, Any]]:
        while fifo.samples >= BLOCK or (partial and fifo.samples):
            pts = begun + fifo.samples_read
            piece = fifo.read(BLOCK, partial)
            piece.pts, piece.time_base = pts, clock
            yield from self._timed(self._out.encode(piece), clock)

    def _timed(self, packets: list[Any], clock: Fraction) -> Iterator[tuple[Fraction, Any]]:
        for packet in packets:
            yield self._start_s + (packet.pts or 0) * clock, packet

    def _demuxed(self) -> Iterator[Any]:
        try:
            yield from self._container.demux(self._stream)
        except av.FFmpegError:
            self._broken = True

    def _decoded(self) -> Iterator[Any]:
        for packet in self._demuxed():
            try:
                frames = self._stream.codec_context.decode(packet if packet.size else None)
            except av.FFmpegError:
                self._broken = True
                continue
            yield from (frame for frame in frames if frame.pts is not None)


def _silence(samples: int, encoder: Any) -> Iterator[Any]:
    """So many samples of silence, in blocks."""
    for start in range(0, samples, BLOCK):
        zeros = np.zeros((encoder.layout.nb_channels, min(BLOCK, samples - start)), np.float32)
        frame = av.AudioFrame.from_ndarray(zeros, format="fltp", layout=encoder.layout.name)
        frame.sample_rate = encoder.sample_rate
        yield frame
