"""From poses to numbers: everything between the two passes over a clip, without pixels and without files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vidgait.first_pass import gather_evidence
from vidgait.types import Analysis, ClipPoses, Issue, Rep, VideoInfo

if TYPE_CHECKING:
    from vidgait.evidence import Crop
    from vidgait.settings import Settings
    from vidgait.types import Evidence, IntArray
    from vidgait.video import Reel

__all__ = ["Seen", "interpret"]

UNSURE_FRAMES_MIN = 3
"""One or two are a misdetection, and fill themselves from their neighbours."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What pass one leaves behind."""

    info: VideoInfo
    poses: ClipPoses
    issues: tuple[Issue, ...]
    provenance: Mapping[str, Any]
    reels: tuple[Reel, ...] = ()
    """Pictures kept for pass two, if there will be one."""
    crops: tuple[Crop, ...] = ()
    """Small pictures of everyone's pelvis."""
    evidence: Mapping[int, tuple[Evidence, ...]] | None = None
    """What was read from the pixels before, by person; None: it is to be read from `crops`."""


def interpret(seen: Seen, settings: Settings) -> Analysis:
    """Everything between the two passes; no pixels, no files."""
    from vidgait.kinematics.noise import estimate_noise
    from vidgait.kinematics.segments import find_segments
    from vidgait.kinematics.series import compute_series
    from vidgait.kinematics.signals import clean_track
    from vidgait.kinematics.stated_turn import unmirrored
    from vidgait.measures import find_criteria, find_patterns, measure_clip
    from vidgait.movements import Readings, find_reps, read_track, recognise
    from vidgait.tracking import build_track, choose_athlete, link_people

    poses = seen.poses
    person_ids = link_people(poses)
    athlete, athlete_basis = choose_athlete(poses, person_ids, settings.subject.person)
    raw = build_track(poses, person_ids, athlete)
    named = None if settings.movement == "auto" else settings.movement
    cleaned = clean_track(raw, settings.signals, _cutoff(settings, named))
    view = unmirrored(settings.view, poses.size_px[0]) if settings.video.mirrored else settings.view
    segments = find_segments(cleaned.track, poses.size_px, view, settings.subject, seen.info.focal_px)
    if seen.evidence is None:
        evidence = gather_evidence(seen.crops, poses, person_ids, athlete, cleaned.track, segments)
    else:
        evidence = seen.evidence.get(athlete, ())
    series = compute_series(cleaned.track, segments, settings.view, evidence)
    readings = Readings(read_track(cleaned.track, segments))
    movement = recognise(cleaned.track, segments, series, named, readings)
    if _cutoff(settings, movement.label) != _cutoff(settings, named):
        cleaned = clean_track(raw, settings.signals, _cutoff(settings, movement.label))
        series = compute_series(cleaned.track, segments, settings.view, evidence)
        readings = Readings(read_track(cleaned.track, segments))
    reps, rep_issues = find_reps(movement, cleaned.track, segments, readings)
    reps, exclusion_issues = _without(reps, settings.exclude_reps)
    noise = estimate_noise(raw, cleaned, segments)
    measures = measure_clip(cleaned.track, noise, segments, series, movement, reps, settings, evidence)
    return Analysis(
        video=seen.info,
        settings=settings.to_mapping(),
        poses=poses,
        person_ids=person_ids,
        athlete=athlete,
        athlete_basis=athlete_basis,
        raw=raw,
        clean=cleaned.track,
        evidence=evidence,
        segments=segments,
        series=series,
        movement=movement,
        reps=reps,
        measures=measures,
        issues=(
            *seen.issues,
            *_slow_motion(seen.info),
            *_covered(poses, person_ids, athlete),
            *cleaned.issues,
            *rep_issues,
            *exclusion_issues,
        ),
        provenance=seen.provenance,
        criteria=find_criteria(cleaned.track, noise, segments, series, movement, reps, measures),
        patterns=find_patterns(movement, reps, measures),
    )


def _without(reps: Sequence[Rep], wanted: Sequence[int]) -> tuple[tuple[Rep, ...], tuple[Issue, ...]]:
    """The repetitions with those marked that the user wants left out, and a word on numbers that no repetition has."""
    marked = tuple(
        replace(rep, excluded="left out by you") if rep.index in wanted and not rep.excluded else rep for rep in reps
    )
    unknown = sorted(set(wanted) - {rep.index for rep in reps if rep.index})
    if not unknown:
        return marked, ()
    counted = sum(rep.index > 0 for rep in reps)
    were = f"{counted} {'was' if counted == 1 else 'were'} counted"
    message = f"There is no repetition {', '.join(map(str, unknown))} to leave out: {were}."
    return marked, (Issue("unknown_repetition", "warning", message),)


def _covered(poses: ClipPoses, person_ids: IntArray, athlete: int) -> tuple[Issue, ...]:
    """A word on frames, between the athlete's first and last, in which somebody was seen who may not be the athlete."""
    theirs = np.unique(poses.frame[person_ids == athlete])
    nobodys = np.setdiff1d(poses.frame[person_ids < 0], theirs)
    unsure = nobodys[(nobodys > theirs[0]) & (nobodys < theirs[-1])]
    if unsure.size < UNSURE_FRAMES_MIN:
        return ()
    first, last = int(unsure[0]), int(unsure[-1])
    when = f"between {poses.media_time_s[first]:.1f} and {poses.media_time_s[last]:.1f} s"
    message = (
        f"Somebody seems to have come between the camera and the athlete: {unsure.size} frames {when}, in which it is "
        "not sure who was seen, are left out. Keep the way to the camera free."
    )
    return (Issue("athlete_covered", "warning", message, (first, last)),)


def _slow_motion(info: VideoInfo) -> tuple[Issue, ...]:
    return (Issue("slow_motion_suspected", "warning", info.slowmo_hint),) if info.slowmo_hint else ()


def _cutoff(settings: Settings, movement: str | None) -> float:
    from vidgait.movements import cutoff_hz

    return settings.signals.cutoff_hz or cutoff_hz(movement)
