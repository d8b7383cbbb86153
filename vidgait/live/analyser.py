"""One person's repetitions, phases and angles, picture by picture.

Counting is that of a recorded clip: the same forward-only machines, fed with smoothed points. What is shown at once
comes from those points too; the numbers of a finished repetition come from the clip's own functions on the last
seconds of raw points, in a job that may run in a thread of its own and be a moment late.
"""

from __future__ import annotations

import math
import queue
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vidgait.kinematics.one_euro import OneEuro
from vidgait.live.athlete import Athlete
from vidgait.live.looking_back import Past, look, name_movement, read_rep
from vidgait.live.shown import ON_ONE_LEG, shown
from vidgait.live.state import LiveRep, LiveState
from vidgait.movements import BodyReader, OnlineReadings
from vidgait.types import BLAZEPOSE

if TYPE_CHECKING:
    from vidgait.live.athlete import Seen
    from vidgait.live.looking_back import Look
    from vidgait.live.state import LiveReading, Phase, Stage
    from vidgait.movements import BodySample, Done
    from vidgait.settings import Settings
    from vidgait.types import FloatArray, FramePoses, Skeleton

__all__ = ["LiveAnalyser", "Work"]

Work = Callable[[Callable[[], None]], object]
"""Runs a job, now or soon."""

COUNTED_CUTOFF_HZ = 6.0
"""Of points at rest that repetitions are counted from: the low-pass of most movements in a clip."""
LOOK_EVERY_S = 1.0
LOOK_BACK_S = 5.0
"""The view is read from this much of the past."""
USUAL_DEPTH = {"squat": 0.45, "sit_to_stand": 0.4, "lunge": 0.35, "hinge": 0.45}
USUAL_DEPTH_ONE_LEG = 0.2
"""How far the hips (of a hinge: the shoulders) move in a usual repetition, leg lengths: until there is an own one."""
MOVES_PER_S = 0.12
"""Leg lengths a second: slower is standing, or the bottom."""
SPEED_S = 0.12
AWAY_MIN = 0.06
"""Less than this from rest is rest, leg lengths."""
HOLD = "single_leg_stance"


class LiveAnalyser:
    """Fed with everybody in each picture, in order of time. Not for several threads at once; its jobs may be."""

    def __init__(
        self,
        settings: Settings,
        size_px: tuple[int, int],
        focal_px: float | None = None,
        work: Work = lambda job: job(),
        skeleton: Skeleton = BLAZEPOSE,
    ) -> None:
        """`size_px` (width, height) of the pictures; `work` runs what may be a moment late."""
        self._settings, self._size_px, self._focal_px, self._work = settings, size_px, focal_px, work
        self._skeleton = skeleton
        self._athlete = Athlete(size_px)
        live = settings.live
        self._smooth = OneEuro(live.smooth_cutoff_hz, live.smooth_beta, settings.signals.gap_max_s)
        # Counting wants turning points as high and as low as a clip's are; what is looked at wants to be steady.
        self._quick = OneEuro(COUNTED_CUTOFF_HZ, live.smooth_beta, settings.signals.gap_max_s)
        self._past = Past(skeleton, live.window_s)
        self._results: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._round = 0
        self.reset()

    def reset(self) -> None:
        """The count begins again, with whoever is there."""
        self._round += 1  # what jobs of before find is not taken in
        self._reader = BodyReader(self._skeleton)
        self._online = OnlineReadings()
        self._smooth.reset()
        self._quick.reset()
        self._past.clear()
        self._athlete.reset()
        self._movement = None if self._settings.movement == "auto" else self._settings.movement
        self._naming = self._looking = False
        self._look: Look | None = None
        self._looked_s = self._seen_s = -math.inf
        self._first_s: float | None = None
        self._reps: list[LiveRep] = []
        self._told = 0
        self._deepest = 0.0
        self._going_down = 0.0
        self._heights: deque[tuple[float, float]] = deque()

    def push(self, time_s: float, people: FramePoses, ready: bool = True) -> LiveState:
        """What is known with this picture. `ready`: the set-up is in order; counting does not wait for it."""
        if self._first_s is None:
            self._first_s = time_s
        self._take_results()
        seen = self._athlete.push(time_s, people)
        self._past.push(time_s, seen)
        points_px = sample = None
        if seen is not None:
            self._seen_s = time_s
            sure_px = np.where((seen.score >= self._settings.signals.score_min)[:, None], seen.xy_px, np.nan)
            points_px = self._smooth.step(time_s, sure_px, seen.height_px)
            counted_px = self._quick.step(time_s, sure_px, seen.height_px)
            sample = self._reader.read(time_s, counted_px, self._look.segment.roll_deg if self._look else 0.0)
            self._follow(sample)
        self._maybe_look(time_s)
        return self._state(time_s, seen, points_px, sample, ready)

    def finish(self) -> tuple[LiveRep, ...]:
        """All repetitions, with those that the end closes."""
        self._online.finish()
        self._count(self._seen_s if math.isfinite(self._seen_s) else 0.0)
        self._take_results()
        return tuple(self._reps)

    @property
    def movement(self) -> str | None:
        """Id; None until it is named or recognised, which may be only at the end."""
        return self._movement

    # --- points and counting ------------------------------------------------------------------------------------------

    def _follow(self, sample: BodySample) -> None:
        if sample.seen:
            self._heights.append((sample.time_s, sample.hip_height))
            while self._heights[0][0] < sample.time_s - SPEED_S:
                self._heights.popleft()
        if self._online.push(sample):
            self._count(sample.time_s)
        self._deepest_now()

    def _deepest_now(self) -> None:
        away = self._online.away(self._movement)
        self._going_down = max(self._going_down, away) if away > AWAY_MIN else 0.0

    def _count(self, now_s: float) -> None:
        """Take in what has become final. A movement that has no name yet is named first."""
        if self._movement is None:
            self._name()
        if self._movement is None:
            return
        last_s = self._reps[-1].turn_s if self._reps else -math.inf
        for done in self._online.done(self._movement):
            if done.turn_s > last_s:
                self._add(done, now_s)
                last_s = done.turn_s

    def _add(self, done: Done, now_s: float) -> None:
        index = len(self._reps) + 1
        end_s = min(done.end_s, now_s)
        self._reps.append(LiveRep(index, done.side, done.start_s, done.turn_s, end_s, now_s))
        self._deepest = max(self._deepest, self._going_down)
        self._measure(done, index)

    # --- jobs ----------------------------------------------------------------------------------------------------

    def _take_results(self) -> None:
        while True:
            try:
                self._results.get_nowait()()
            except queue.Empty:
                return

    def _hand_in(self, began: int, take: Callable[[], None]) -> None:
        """From a job: to be taken in with the next picture, unless the count has begun again meanwhile."""
        self._results.put(lambda: take() if self._round == began else None)

    def _maybe_look(self, time_s: float) -> None:
        """While the person rests: who moves shows the view less well."""
        resting = not self._online.under_way(self._movement)
        due = time_s - self._looked_s >= LOOK_EVERY_S and (resting or self._look is None)
        raw = self._past.track(time_s - LOOK_BACK_S) if due and not self._looking else None
        if raw is None:
            return
        self._looked_s, self._looking = time_s, True
        settings, began = self._settings, self._round

        def job() -> None:
            found: Look | None = None
            try:
                found = look(raw, self._size_px, settings, self._focal_px)
            finally:  # one that fails must not be waited for: it would be the last
                self._hand_in(began, lambda: self._looked(found))

        self._work(job)
        self._take_results()

    def _looked(self, found: Look | None) -> None:
        self._looking = False
        if found is not None and not _worse(found, self._look):
            self._look = found

    def _name(self) -> None:
        raw = self._past.track()
        if raw is None or self._naming:
            return
        self._naming = True
        settings, began = self._settings, self._round

        def job() -> None:
            label: str | None = None
            found: Look | None = None
            try:
                label, found = name_movement(raw, self._size_px, settings, self._focal_px)
            finally:
                self._hand_in(began, lambda: self._named(label, found))

        self._work(job)
        self._take_results()

    def _named(self, label: str | None, found: Look | None) -> None:
        self._naming = False
        if label is not None and not self._online.done(label):
            label = None  # a name under which nothing counts so far waits for more
        self._movement = self._movement or label
        if found is not None:
            self._looked(found)
        if label is not None and self._seen_s > -math.inf:
            self._count(self._seen_s)

    def _measure(self, done: Done, index: int) -> None:
        raw, movement = self._past.track(), self._movement
        if raw is None or movement is None:
            return
        settings, began = self._settings, self._round

        def job() -> None:
            found = read_rep(raw, done, index, movement, self._size_px, settings, self._focal_px)
            if found is None:
                return
            row = index - 1

            def take() -> None:
                self._reps[row] = replace(self._reps[row], measures=found.measures, excluded=found.excluded)
                self._looked(found.look)

            self._hand_in(began, take)

        self._work(job)

    # --- what is told --------------------------------------------------------------------------------------------

    def _state(
        self,
        time_s: float,
        seen: Seen | None,
        points_px: FloatArray | None,
        sample: BodySample | None,
        ready: bool,
    ) -> LiveState:
        segment = self._look.segment if self._look is not None else None
        lost_s = time_s - max(self._seen_s, self._first_s or 0.0) if seen is None else 0.0
        announced = self._reps[-1] if len(self._reps) > self._told else None
        self._told = len(self._reps)
        phase, depth = self._phase_and_depth(sample)
        return LiveState(
            time_s=time_s,
            stage=self._stage(seen, lost_s, ready),
            points_px=points_px,
            score=None if seen is None else seen.score,
            roll_deg=segment.roll_deg if segment else 0.0,
            view=segment.view if segment else "unknown",
            facing=segment.facing if segment else "unknown",
            near_side=segment.near_side if segment else None,
            yaw_deg=segment.yaw_deg if segment else None,
            movement=self._movement,
            phase=phase,
            depth_share=depth,
            readings=self._readings(time_s, points_px, sample),
            reps=tuple(self._reps),
            announced=announced,
            lost_s=lost_s,
            rival_share=seen.rival_share if seen is not None else 0.0,
        )

    def _stage(self, seen: Seen | None, lost_s: float, ready: bool) -> Stage:
        if not math.isfinite(self._seen_s) or (seen is None and lost_s > self._settings.live.lost_s):
            return "looking"
        if self._reps:
            return "working"
        if not ready:
            return "setting_up"
        return "working" if self._online.under_way(self._movement) else "ready"

    def _readings(
        self, time_s: float, points_px: FloatArray | None, sample: BodySample | None
    ) -> tuple[LiveReading, ...]:
        if points_px is None or sample is None:
            return ()
        leg = sample.stands_on if self._movement in ON_ONE_LEG else None
        return shown(points_px, time_s, self._skeleton, self._look, self._movement, leg, self._settings.view)

    def _phase_and_depth(self, sample: BodySample | None) -> tuple[Phase, float]:
        if sample is None or not sample.seen:
            return "rest", 0.0
        if self._movement == HOLD:
            return ("hold", 1.0) if sample.stands_on is not None else ("rest", 0.0)
        usual = USUAL_DEPTH.get(self._movement or "squat", USUAL_DEPTH_ONE_LEG)
        away = self._online.away(self._movement)
        depth = away / (self._deepest or usual)
        if away <= AWAY_MIN:
            return "rest", depth
        return self._direction(), depth

    def _direction(self) -> Phase:
        (began_s, began), (now_s, now) = self._heights[0], self._heights[-1]
        speed = (now - began) / max(now_s - began_s, 1e-3)
        if abs(speed) < MOVES_PER_S:
            return "bottom"
        return "up" if speed > 0 else "down"


def _worse(found: Look, known: Look | None) -> bool:
    """A pose on both feet is the better reference, and any pose better than none: what is seen while the person
    moves, or stands on one leg, does not take their place in the same view."""
    if known is None or known.segment.view != found.segment.view:
        return False
    feet = known.standing.both_feet and not found.standing.both_feet
    return feet or bool(known.standing.pose_px and not found.standing.pose_px)
