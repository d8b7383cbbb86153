"""Pass one: decode and infer, overlapped, keeping only arrays (and some pictures for pass two).

Where the clip can be cut in two, both parts are decoded and followed side by side. Where it is cut depends on the
clip alone, never on the machine, so that every machine finds the same joints.

The two parts overlap by a few pictures. Each picture's crop comes from the joints of the one before, so two followers
that began at different pictures never quite agree (by about 0.4 % of the body's height); in the overlap the points
pass over from one to the other, so that nothing jumps where they meet.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.concurrency import Ahead
from vidgait.evidence import PelvisCropper, Stretch, crops_of, measure_pelvis
from vidgait.types import FramePoses
from vidgait.video import Reel
from vidgait.video.cut import OVERLAP_PICTURES
from vidgait.video.reel import picture_bytes

if TYPE_CHECKING:
    from vidgait.evidence import Crop
    from vidgait.pose import PoseEstimator
    from vidgait.types import ClipPoses, Evidence, Frame, IntArray, Issue, Segment, Track
    from vidgait.video import VideoReader

__all__ = ["Sighting", "gather_evidence", "joined", "look", "parts_of"]

REEL_BYTES = 400_000_000
"""For the pictures of all parts. With the networks, the codecs and the arrays a run stays below 1 GB, however long the
clip."""
SAME_PERSON = 0.1
"""Two sets of points of one frame belong to one person if they lie closer than this share of their height."""
NO_LIMIT = 0
"""Of a queue: who was seen is small, and the second part must not wait for the first."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """Who was seen in one frame."""

    time_s: float
    media_time_s: float
    people: FramePoses
    crops: tuple[Crop, ...] = ()
    """Of their pelvis, in some of the frames."""


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Some of a clip's pictures."""

    reader: VideoReader
    reel: Reel | None

    def frames(self) -> Iterator[Frame]:
        return self.reader.frames() if self.reel is None else self.reel.watch()


def parts_of(reader: VideoReader) -> int:
    """How many parts of its clip can be looked at side by side."""
    return 1 if reader.cut is None else 2


def look(
    reader: VideoReader, estimator: PoseEstimator, keep_px: tuple[int, int] | None, advance: Callable[[int], None]
) -> tuple[list[Sighting], tuple[Reel, ...], tuple[Issue, ...]]:
    """Every frame once, in order of time; the pictures kept at `keep_px` (width, height) for pass two, if asked for;
    and what decoding had to say. `advance` is told, in this thread, how many frames are done."""
    twin = estimator.twin() if reader.cut is not None else None
    parts = _parts(reader, keep_px, twin is not None)
    found: list[list[Sighting]] = [[] for _ in parts]
    with ExitStack() as stack:
        sources = [_sightings(parts[0], estimator, stack.enter_context(Ahead(parts[0].frames())), found[0])]
        if twin is not None:
            frames = stack.enter_context(Ahead(parts[1].frames()))
            beside = Ahead(_sightings(parts[1], twin, frames, found[1]), length=NO_LIMIT)
            sources.append(stack.enter_context(beside))
        for _ in itertools.chain(*sources):
            advance(len(found[0]) + sum(max(0, len(part) - OVERLAP_PICTURES) for part in found[1:]))
    reels = tuple(part.reel for part in parts if part.reel is not None)
    if twin is None:
        return found[0], reels, parts[0].reader.issues
    whole = joined(found[0], found[1])
    ahead = len(whole) - len(found[1])
    later = (replace(one, frames=_later(one.frames, ahead)) for one in parts[1].reader.issues)
    return whole, reels, (*parts[0].reader.issues, *later)


def _later(frames: tuple[int, int] | None, by: int) -> tuple[int, int] | None:
    return None if frames is None else (frames[0] + by, frames[1] + by)


def _parts(reader: VideoReader, keep_px: tuple[int, int] | None, cut_in_two: bool) -> list[_Part]:
    if reader.cut is None or not cut_in_two:
        return [_part(reader, None, keep_px, REEL_BYTES)]
    cut, at_s = reader.cut, reader.cut.at_s
    first_bytes = _first_share(cut.first_pictures, keep_px)
    return [
        _part(reader.part(None, at_s, said_until_s=cut.again_s), None, keep_px, first_bytes),
        _part(reader.part(cut.again_s, None, key_s=cut.key_s), at_s, keep_px, REEL_BYTES - first_bytes),
    ]


def _first_share(pictures: int, keep_px: tuple[int, int] | None) -> int:
    """Bytes for the first part's pictures: all that it needs. Two beginnings would both be decoded again from the key
    frame before their ends; one whole part is not decoded again at all."""
    return 0 if keep_px is None else min(REEL_BYTES, pictures * picture_bytes(keep_px))


def _part(reader: VideoReader, from_s: float | None, keep_px: tuple[int, int] | None, limit_bytes: int) -> _Part:
    """Pictures before `from_s` are also in the part before, and kept there."""
    return _Part(reader, None if keep_px is None else Reel(reader, keep_px, limit_bytes, from_s))


def _sightings(
    part: _Part, estimator: PoseEstimator, frames: Iterator[Frame], into: list[Sighting]
) -> Iterator[Sighting]:
    """Also collected in `into`, where another thread sees how far this one is."""
    cropper = PelvisCropper()
    while batch := list(itertools.islice(frames, estimator.batch_frames)):
        for frame, people in zip(batch, estimator.estimate(batch), strict=True):
            into.append(Sighting(frame.time_s, frame.media_time_s, people, cropper.cut(frame, people)))
            yield into[-1]


def joined(before: Sequence[Sighting], after: Sequence[Sighting]) -> list[Sighting]:
    """One part after the other; where both saw a frame, passing over from the first to the second."""
    shared = {sighting.media_time_s: sighting for sighting in after}
    overlap = [sighting for sighting in before if sighting.media_time_s in shared]
    passing = [
        replace(sighting, people=_between(sighting.people, shared[sighting.media_time_s].people, share))
        for sighting, share in zip(overlap, np.linspace(0, 1, len(overlap) + 2)[1:-1], strict=True)
    ]
    alone = before[: len(before) - len(overlap)]
    return [*alone, *passing, *after[len(overlap) :]]


def _between(first: FramePoses, second: FramePoses, share: float) -> FramePoses:
    """People of `first` on their way to themselves in `second`, by `share` of it; who is not there stays."""
    xy_px, score = first.xy_px.copy(), first.score.copy()
    xyz_m = None if first.xyz_m is None else first.xyz_m.copy()
    for row, points in enumerate(first.xy_px):
        apart_px = np.median(np.linalg.norm(second.xy_px - points, axis=-1), axis=-1)
        other = int(np.argmin(apart_px)) if len(apart_px) else -1
        if other < 0 or apart_px[other] > SAME_PERSON * np.ptp(points[:, 1]):
            continue
        xy_px[row] += share * (second.xy_px[other] - points)
        score[row] += share * (second.score[other] - score[row])
        if xyz_m is not None and second.xyz_m is not None:
            xyz_m[row] += share * (second.xyz_m[other] - xyz_m[row])
    return FramePoses(xy_px, score, xyz_m, first.skeleton)


def gather_evidence(
    crops: Sequence[Crop],
    poses: ClipPoses,
    person_ids: IntArray,
    athlete: int,
    track: Track,
    segments: Sequence[Segment],
) -> tuple[Evidence, ...]:
    """Pass 1b: what the kept pictures say besides poses, now that it is known who the athlete is and how they stand."""
    from vidgait.kinematics.pelvis import standing_level

    own, frames = crops_of(crops, poses, person_ids, athlete)
    stretches = [
        Stretch(segment.start_s, segment.end_s, segment.roll_deg, standing_level(track, segment))
        for segment in segments
        if segment.view in ("front", "back")
    ]
    return (measure_pelvis(own, frames, track, stretches),) if own and stretches else ()
