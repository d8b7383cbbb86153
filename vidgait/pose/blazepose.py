"""BlazePose on ONNX Runtime: the default backend.

Two ways through a clip. `Follower` goes frame by frame: where a person was tells where they are, and the detector
runs only when somebody was lost and now and then to find more people. It is the cheapest on a CPU. `TimeSlicer` cuts
time up instead, so that everything runs in batches, which is what a GPU needs.
"""

from __future__ import annotations

import bisect
import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

from vidgait.pose.detector import PersonDetector
from vidgait.pose.landmarks import LandmarkNetwork, Pose
from vidgait.pose.regions import Region, between, same_place
from vidgait.pose.runtime import BATCHED, choose_threads, session
from vidgait.pose.weights import manifest, weights_path
from vidgait.types import BLAZEPOSE, Frame, FramePoses, ImageArray

if TYPE_CHECKING:
    from vidgait.settings import PoseSettings

__all__ = [
    "DETECTOR_FILE",
    "LANDMARKS_FILE",
    "BlazePose",
    "Follower",
    "TimeSlicer",
    "distinct",
    "frame_poses",
    "key_frames",
    "regions_at",
]

DETECTOR_FILE = "pose_detector.onnx"
LANDMARKS_FILE = "pose_landmarks.onnx"
SAME_BODY = 0.06
"""Two skeletons whose points lie closer than this share of their region's side are one person seen twice."""
ALERT_INTERVALS = 1.0
"""How many search intervals the follower stays alert at the start of a clip and after a loss,"""
ALERT_SHARE = 0.2
"""and by how much the interval is shortened meanwhile."""
BATCH_FRAMES = 32
"""Frames a call in batches: 200 MB of 1080p pictures."""
KEY_SPACING_S = 0.1
"""How far apart the time slicer looks with the detector."""


class _Detector(Protocol):
    def detect(self, images: Sequence[ImageArray]) -> list[list[Region]]: ...


class _Landmarks(Protocol):
    def poses(self, images: Sequence[ImageArray], regions: Sequence[Region]) -> list[Pose | None]: ...


class _Strategy(Protocol):
    def estimate(self, frames: Sequence[Frame]) -> list[list[Pose]]: ...


class BlazePose:
    """`PoseEstimator` on the two networks of models/. Frames must come in the order of their time.

    Raises ProviderError, WeightsMissingError, WeightsCorruptError or BackendMissingError when made.
    """

    skeleton = BLAZEPOSE

    def __init__(self, settings: PoseSettings, batched: bool | None = None, parts: int = 1) -> None:
        """`batched` picks the way through the clip; None takes batches on a GPU. `parts`: see `create_estimator`."""
        threads = choose_threads(settings.threads, parts)
        self._landmarks, self._device = session(weights_path(LANDMARKS_FILE), settings.device, threads)
        self._detector, _ = session(weights_path(DETECTOR_FILE), self._device, threads)
        self._settings = settings
        self._threads = threads
        self._batched = self._device in BATCHED if batched is None else batched
        self.batch_frames = BATCH_FRAMES if self._batched else 1
        self._strategy: _Strategy | None = self._begin()

    def _begin(self) -> _Strategy:
        settings = self._settings
        kind = TimeSlicer if self._batched else Follower
        return kind(
            PersonDetector(self._detector, settings.detection_score),
            LandmarkNetwork(self._landmarks, settings.presence_score),
            settings.max_people,
            settings.search_every_s,
        )

    def twin(self) -> BlazePose | None:
        """Another one on the same networks, for another part of the clip in another thread; None where one alone keeps
        the device busy."""
        if self._batched or self._strategy is None:
            return None
        twin = copy.copy(self)
        twin._strategy = self._begin()
        return twin

    def estimate(self, frames: Sequence[Frame]) -> list[FramePoses]:
        """Everyone in each frame. Continues where the last call ended."""
        if self._strategy is None:
            raise ValueError("the estimator is closed")
        return [frame_poses(people) for people in self._strategy.estimate(frames)]

    def describe(self) -> dict[str, Any]:
        """What was used, for the provenance of an analysis."""
        listed = {product["name"]: product["sha256"] for product in manifest()["products"]}
        return {
            "backend": "blazepose",
            "device": self._device,
            "threads": self._threads,
            "batched": self._batched,
            "weights": {name: listed[name] for name in (DETECTOR_FILE, LANDMARKS_FILE)},
        }

    def close(self) -> None:
        self._strategy = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def frame_poses(people: Sequence[Pose]) -> FramePoses:
    if not people:
        return FramePoses.nobody(BLAZEPOSE)
    return FramePoses(
        xy_px=np.stack([pose.xy_px for pose in people]),
        score=np.stack([pose.visibility for pose in people]),
        xyz_m=np.stack([pose.xyz_m for pose in people]),
        skeleton=BLAZEPOSE,
    )


def distinct(poses: Sequence[Pose]) -> list[Pose]:
    """Without those that repeat an earlier one: two regions that slid onto one person."""
    kept: list[Pose] = []
    for pose in poses:
        if not any(_same_body(pose, other) for other in kept):
            kept.append(pose)
    return kept


def _same_body(first: Pose, second: Pose) -> bool:
    distance = np.median(np.linalg.norm(first.xy_px - second.xy_px, axis=1))
    return bool(distance < SAME_BODY * min(first.region.side_px, second.region.side_px))


class Follower:
    """Frame by frame: each person's next region comes from their last landmarks.

    The detector looks at a frame when nobody is followed, when somebody has just been lost, and every
    `search_every_s`; more often at the start of the clip and for a while after a loss, when it is likely that
    somebody is there who is not followed: people who stand close hide each other from it for some frames.
    """

    def __init__(self, detector: _Detector, landmarks: _Landmarks, max_people: int, search_every_s: float) -> None:
        self._detector = detector
        self._landmarks = landmarks
        self._max_people = max_people
        self._search_every_s = search_every_s
        self._regions: list[Region] = []
        self._searched_s = -np.inf
        self._alert_until_s = -np.inf

    def estimate(self, frames: Sequence[Frame]) -> list[list[Pose]]:
        return [self._people(frame) for frame in frames]

    def _people(self, frame: Frame) -> list[Pose]:
        first = not np.isfinite(self._searched_s) or frame.time_s < self._searched_s
        followed = len(self._regions)
        people = distinct(self._in_regions(frame, self._regions))
        lost = len(people) < followed
        if lost or first:
            self._alert_until_s = frame.time_s + ALERT_INTERVALS * self._search_every_s
        pause_s = self._search_every_s * (ALERT_SHARE if frame.time_s < self._alert_until_s else 1.0)
        due = first or frame.time_s - self._searched_s >= pause_s
        if (due or lost or not people) and len(people) < self._max_people:
            people = self._search(frame, people)
        self._regions = [pose.next_region for pose in people if pose.next_region is not None]
        return people

    def _in_regions(self, frame: Frame, regions: Sequence[Region]) -> list[Pose]:
        if not regions:
            return []
        found = self._landmarks.poses([frame.image] * len(regions), regions)
        return [pose for pose in found if pose is not None]

    def _search(self, frame: Frame, people: list[Pose]) -> list[Pose]:
        """`people` and whoever the detector sees besides. People already followed keep their places."""
        self._searched_s = frame.time_s
        known = [pose.next_region or pose.region for pose in people]
        new = [
            region
            for region in self._detector.detect([frame.image])[0]
            if not any(same_place(region, other) for other in known)
        ]
        return distinct(people + self._in_regions(frame, new[: self._max_people - len(people)]))


class TimeSlicer:
    """In batches: the detector on every k-th frame, regions in between by interpolation, then every crop."""

    def __init__(self, detector: _Detector, landmarks: _Landmarks, max_people: int, search_every_s: float) -> None:
        self._detector = detector
        self._landmarks = landmarks
        self._max_people = max_people
        self._spacing_s = min(KEY_SPACING_S, search_every_s)

    def estimate(self, frames: Sequence[Frame]) -> list[list[Pose]]:
        if not frames:
            return []
        keys = key_frames([frame.time_s for frame in frames], self._spacing_s)
        at_keys = self._key_regions([frames[key] for key in keys])
        wanted = [
            (index, region)
            for index in range(len(frames))
            for region in regions_at(frames, index, keys, at_keys)[: 2 * self._max_people]
        ]
        found = self._landmarks.poses([frames[i].image for i, _ in wanted], [region for _, region in wanted])
        people: list[list[Pose]] = [[] for _ in frames]
        for (index, _), pose in zip(wanted, found, strict=True):
            if pose is not None:
                people[index].append(pose)
        return [distinct(poses)[: self._max_people] for poses in people]

    def _key_regions(self, frames: Sequence[Frame]) -> list[list[Region]]:
        """Where people are in the key frames. One look with the landmark network sharpens what the detector says:
        its regions jitter, and points that come out of a jittering crop jitter too."""
        detected = self._detector.detect([frame.image for frame in frames])
        rough = [(k, region) for k, regions in enumerate(detected) for region in regions[: self._max_people]]
        found = self._landmarks.poses([frames[k].image for k, _ in rough], [region for _, region in rough])
        people: list[list[Pose]] = [[] for _ in frames]
        for (k, _), pose in zip(rough, found, strict=True):
            if pose is not None:
                people[k].append(pose)
        return [[pose.next_region or pose.region for pose in distinct(poses)] for poses in people]


def key_frames(times_s: Sequence[float], spacing_s: float) -> list[int]:
    """Indices of the first frame, of the last, and of those between them that lie at least `spacing_s` apart."""
    keys = [0]
    for index, time_s in enumerate(times_s):
        if time_s - times_s[keys[-1]] >= spacing_s:
            keys.append(index)
    if keys[-1] != len(times_s) - 1:
        keys.append(len(times_s) - 1)
    return keys


def regions_at(
    frames: Sequence[Frame], index: int, keys: Sequence[int], at_keys: Sequence[Sequence[Region]]
) -> list[Region]:
    """Regions to look in at frame `index`: between the same person's in the key frames around it; as they are where
    a person is seen in only one of the two (the landmark network then says whether they are there)."""
    after = bisect.bisect_left(keys, index)
    if keys[after] == index:
        return list(at_keys[after])
    first, second = keys[after - 1], keys[after]
    share = (frames[index].time_s - frames[first].time_s) / (frames[second].time_s - frames[first].time_s)
    left = list(at_keys[after])
    regions = []
    for region in at_keys[after - 1]:
        partner = _nearest(region, left)
        if partner is None:
            regions.append(region)
        else:
            left.remove(partner)
            regions.append(between(region, partner, share))
    return regions + left


def _nearest(region: Region, others: Sequence[Region]) -> Region | None:
    """The closest of `others` within half a side."""
    near = [(np.hypot(other.x_px - region.x_px, other.y_px - region.y_px), other) for other in others]
    close = [item for item in near if item[0] < 0.5 * region.side_px]
    return min(close, key=lambda item: item[0])[1] if close else None
