"""From the people found in each frame to people followed over the clip, and which of them is the athlete.

Pose backends follow people by image region, so at a crossing a region may jump from one person to another. Rows are
therefore linked by what they show, not by where they stand in a list: first frame by frame into pieces as long as
nothing surprising happens, then the pieces into people, judged from both ends by place, speed and size at once.
Lengths are in body heights, so the constants hold for every picture size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from vidgait.errors import NoPersonError, SettingsError
from vidgait.types import ClipPoses, Track

if TYPE_CHECKING:
    from vidgait.types import FloatArray, IntArray

__all__ = ["build_track", "choose_athlete", "link_people", "mirror_poses"]

_BODY = tuple(f"{side}_{part}" for part in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right"))
_CHAIN_OF_STATURE = 0.779  # shoulder to ankle over hip and knee (Drillis and Contini)

# Two skeletons whose body points lie this close (median) are one person found twice.
_DUPLICATE = 0.10
# From one frame to the next the body points may miss their prediction by this much, plus so much a second.
_STEP_BASE, _STEP_PER_S = 0.04, 1.0
# A piece waits this long for its person to come out from behind something.
_COAST_S = 0.5
_SPEED_MEMORY_S = 0.15
_SIZE_WEIGHT = 0.5
# Pieces are joined over at most this gap, and by which mismatch of place, speed and size one unit of cost is reached.
_JOIN_GAP_S = 6.0
_JOIN_PLACE, _JOIN_PLACE_PER_S, _JOIN_SPEED, _JOIN_SIZE = 0.20, 0.6, 1.2, 0.25
_JOIN_COST_MAX = 1.0
_JOIN_COST_PER_S = 0.15
_END_S = 0.25
# A person seen for less than this, and for less than a tenth as long as somebody else, is a misdetection.
_SPURIOUS_S, _SPURIOUS_SHARE = 0.5, 0.1

# Regions also slide from an athlete to somebody who crosses in front, and back. That person is nearer and so larger,
# trunk and legs at once, and stands elsewhere: this much longer than the athlete within the seconds before and after,
# and with feet this far (body heights) from where they were and will be, for at most so long. In about a hundred tracks
# of rendered and real clips without such a crossing no frame came to 1.03 of the longest before and after.
_TAKEN_LONGER, _TAKEN_FEET, _TAKEN_MAX_S, _TAKEN_AROUND_S = 1.12, 0.06, 1.2, 4.0
# It ends where the body is back to less than this, and on its way there and back the points belong to neither.
_TAKEN_STILL, _TAKEN_WAY_S, _TAKEN_JUMP_S = 1.08, 0.15, 0.25
_TAKEN_FRAMES_AROUND = 3

# Legs that move this fast (body heights a second) get half of the marks for movement; those of a slow squat, more.
_MOVING = 0.10

# Weights of the automatic choice of the athlete; they sum to 1.
_WEIGHTS = {"size": 0.20, "presence": 0.20, "centrality": 0.25, "movement": 0.25, "staying": 0.10}


@dataclass(slots=True, eq=False)
class _Piece:
    """An uninterrupted run of rows of one person."""

    rows: list[int]
    body: FloatArray
    """(8, 2) latest body points"""
    time_s: float
    height_px: float
    speed: FloatArray
    """(2,) pixels a second"""

    def predicted(self, time_s: float) -> FloatArray:
        # Beyond a moment a straight line is no longer a good guess.
        ahead: FloatArray = self.body + self.speed * min(time_s - self.time_s, _COAST_S)
        return ahead

    def extend(self, row: int, body: FloatArray, time_s: float, height_px: float) -> None:
        step_s = max(time_s - self.time_s, 1e-3)
        shift = body - self.body
        known = np.isfinite(shift[:, 0])
        if known.any():
            moved = np.median(shift[known], axis=0) / step_s
            self.speed = self.speed + (1 - np.exp(-step_s / _SPEED_MEMORY_S)) * (moved - self.speed)
        self.rows.append(row)
        self.body = np.where(np.isfinite(body), body, self.body)
        self.time_s = time_s
        self.height_px += 0.2 * (height_px - self.height_px)


def link_people(poses: ClipPoses) -> IntArray:
    """(P,) person of each row, numbered from 0 by how long they are seen; -1 for duplicates and misdetections.

    Two people who cross keep their numbers, and no number ever mixes two people knowingly: where a row jumps, the
    person ends and is looked for again, before and behind, within 6 s. Where it slides to somebody nearer and back,
    the frames between are nobody's."""
    if poses.frame.size == 0:
        return np.zeros(0, dtype=np.intp)
    body = poses.xy_px[:, poses.skeleton.indices(*_BODY)]
    heights = _heights_px(body)
    pieces = _pieces(poses, body, heights)
    for piece, sides in zip(pieces, _jumped(pieces, poses), strict=True):
        piece.rows = _without_taken_ends(piece.rows, sides, poses, body)
    people = [_without_takeovers(rows, poses, body) for rows in _joined(pieces, poses, body, heights)]
    return _numbered(people, poses)


def _heights_px(body: FloatArray) -> FloatArray:
    """(P,) stature in pixels from (P, 8, 2), by the better side; of incomplete rows, the clip's median."""
    chain = body.reshape(body.shape[0], 4, 2, 2)
    lengths = np.linalg.norm(np.diff(chain, axis=1), axis=-1).sum(axis=1)
    heights = np.fmax(lengths[:, 0], lengths[:, 1]) / _CHAIN_OF_STATURE
    known = np.isfinite(heights) & (heights > 1)
    return np.where(known, heights, np.median(heights[known]) if known.any() else 1.0)


def _distance(a: FloatArray, b: FloatArray) -> FloatArray:
    """Median distance of body points (..., 8, 2), also with left and right exchanged; NaN-free."""
    other = b.reshape(*b.shape[:-2], 4, 2, 2)[..., ::-1, :].reshape(b.shape)
    both = [np.linalg.norm(a - points, axis=-1) for points in (b, other)]
    medians = [np.median(np.where(np.isfinite(d), d, np.inf), axis=-1) for d in both]
    least: FloatArray = np.minimum(*medians)
    return least


def _pieces(poses: ClipPoses, body: FloatArray, heights: FloatArray) -> list[_Piece]:
    done: list[_Piece] = []
    active: list[_Piece] = []
    frames, starts = np.unique(poses.frame, return_index=True)
    for frame, found in zip(frames, np.split(np.arange(poses.frame.size), starts[1:]), strict=True):
        time_s = float(poses.time_s[frame])
        done += [piece for piece in active if time_s - piece.time_s > _COAST_S]
        active = [piece for piece in active if time_s - piece.time_s <= _COAST_S]
        rows = _without_duplicates(found, body, heights, poses.score)
        taken = _assign(active, rows, body, heights, time_s)
        for n, row in enumerate(rows):
            if n in taken:
                taken[n].extend(int(row), body[row], time_s, float(heights[row]))
            else:
                active.append(_Piece([int(row)], body[row].copy(), time_s, float(heights[row]), np.zeros(2)))
    return done + active


def _without_duplicates(rows: IntArray, body: FloatArray, heights: FloatArray, score: FloatArray) -> IntArray:
    """The surer one of each pair of skeletons that lie on one person."""
    kept: list[int] = []
    for row in rows[np.argsort(-score[rows].mean(axis=1), kind="stable")]:
        known = np.isfinite(body[row]).all(axis=-1).sum() >= 4
        if known and all(
            _distance(body[row], body[other]) > _DUPLICATE * max(heights[row], heights[other]) for other in kept
        ):
            kept.append(int(row))
    return np.array(sorted(kept), dtype=np.intp)


def _assign(
    active: list[_Piece], rows: IntArray, body: FloatArray, heights: FloatArray, time_s: float
) -> dict[int, _Piece]:
    """Which piece each of `rows` continues, by position in `rows`."""
    if not active or rows.size == 0:
        return {}
    predicted = np.stack([piece.predicted(time_s) for piece in active])
    scale = np.array([piece.height_px for piece in active])[:, None]
    miss = _distance(predicted[:, None], body[rows][None]) / scale
    cost = miss + _SIZE_WEIGHT * np.abs(np.log(heights[rows][None] / scale))
    waited = np.array([time_s - piece.time_s for piece in active])[:, None]
    allowed = _STEP_BASE + _STEP_PER_S * waited
    cost = np.where(miss <= allowed, np.minimum(cost, 50.0), 1e3)
    chosen = zip(*linear_sum_assignment(cost), strict=True)
    return {int(n): active[m] for m, n in chosen if cost[m, n] < 1e3}


@dataclass(frozen=True, slots=True, eq=False)
class _End:
    """How a piece begins or ends."""

    time_s: float
    place: FloatArray
    speed: FloatArray
    """(2,) pixels, pixels a second, from a straight line through the last quarter of a second"""
    height_px: float


def _end(piece: _Piece, poses: ClipPoses, body: FloatArray, heights: FloatArray, first: bool) -> _End:
    rows = np.array(piece.rows if first else piece.rows[::-1])
    time = poses.time_s[poses.frame[rows]]
    count = max(4, int((np.abs(time - time[0]) <= _END_S).sum()))
    rows, time = rows[:count], time[:count] - time[0]
    centre = np.array([np.median(points[np.isfinite(points).all(axis=-1)], axis=0) for points in body[rows]])
    place, speed = centre[0], np.zeros(2)
    if time.size >= 3:
        place, speed = np.polynomial.polynomial.polyfit(time, centre, 1)
    # A squat seen from the front shortens the legs: the whole piece tells the size.
    size = float(np.percentile(heights[piece.rows], 90))
    return _End(float(poses.time_s[poses.frame[rows[0]]]), place, speed, size)


def _joined(pieces: list[_Piece], poses: ClipPoses, body: FloatArray, heights: FloatArray) -> list[list[int]]:
    """Rows of each person. Pieces are joined end to beginning, best pairs of the whole clip first."""
    if not pieces:
        return []
    begins = [_end(piece, poses, body, heights, True) for piece in pieces]
    ends = [_end(piece, poses, body, heights, False) for piece in pieces]
    cost = np.array([[_join_cost(end, begin) for begin in begins] for end in ends])
    follower = {
        int(m): int(n) for m, n in zip(*linear_sum_assignment(cost), strict=True) if cost[m, n] < _JOIN_COST_MAX
    }
    people = []
    for n in sorted(set(range(len(pieces))) - set(follower.values())):
        chain = [n]
        while chain[-1] in follower:
            chain.append(follower[chain[-1]])
        people.append([row for link in chain for row in pieces[link].rows])
    return people


def _join_cost(end: _End, begin: _End) -> float:
    """How unlikely it is that the person who ended here begins there."""
    gap_s = begin.time_s - end.time_s
    if not 0 < gap_s <= _JOIN_GAP_S:
        return _JOIN_COST_MAX
    height = np.sqrt(end.height_px * begin.height_px)
    half_s = min(gap_s, 2 * _COAST_S) / 2
    place = np.linalg.norm(end.place + half_s * end.speed - (begin.place - half_s * begin.speed)) / height
    stay = np.linalg.norm(end.place - begin.place) / height  # or they stopped where we lost them
    speed = np.linalg.norm(end.speed - begin.speed) / height
    size = abs(np.log(end.height_px / begin.height_px))
    reach = _JOIN_PLACE + _JOIN_PLACE_PER_S * min(gap_s, 2.0)
    # After a long absence people come back at any speed.
    speed_cost = speed / (_JOIN_SPEED * (1 + 2 * gap_s))
    return float(min(place, stay) / reach + speed_cost + size / _JOIN_SIZE + _JOIN_COST_PER_S * gap_s)


def _without_takeovers(rows: list[int], poses: ClipPoses, body: FloatArray) -> list[int]:
    """Rows of one person, in order of time, without the stretches in which somebody nearer took their place.

    Nobody comes so much nearer and goes back within a second, and bending only shortens a body in the picture. Trunk
    and legs must both have grown, against the longest before and the longest after, and the feet have moved: who
    stands up between two slow squats is longer than before and after, too, but does so on the spot."""
    order = np.array(rows)
    row_s = poses.time_s[poses.frame[order]]
    known = np.isfinite(body[order]).all(axis=(1, 2))
    time_s, bodies = row_s[known], body[order[known]]
    lengths = _trunk_and_leg_px(bodies)
    taken = np.zeros(order.size, bool)
    n = 0
    while n < time_s.size:
        last = _takeover_end(n, time_s, lengths, bodies[:, 6:])
        if last is not None:
            taken |= (row_s >= time_s[n] - _TAKEN_WAY_S) & (row_s <= time_s[last] + _TAKEN_WAY_S)
        n = (n if last is None else last) + 1
    return [int(row) for row in order[~taken]]


def _jumped(pieces: list[_Piece], poses: ClipPoses) -> list[list[int]]:
    """For each piece, its sides at which a region may have jumped to or from it: 1 where another ended shortly before
    it begins, -1 where another begins shortly after it ends."""
    begins, ends = (np.array([poses.time_s[poses.frame[piece.rows[at]]] for piece in pieces]) for at in (0, -1))
    waits_s = begins[:, None] - ends[None]
    shortly = (waits_s > 0) & (waits_s <= _TAKEN_JUMP_S)
    return [
        [sign for sign, found in ((1, before), (-1, after)) if found]
        for before, after in zip(shortly.any(axis=1), shortly.any(axis=0), strict=True)
    ]


def _without_taken_ends(rows: list[int], sides: list[int], poses: ClipPoses, body: FloatArray) -> list[int]:
    """Rows of one piece, in order of time, without a takeover that it begins (side 1) or ends with (-1): where the way
    there was a jump and the way back was not, or the other way round."""
    kept = np.array(rows)
    for sign in sides:
        order = kept[::sign]
        row_s = sign * poses.time_s[poses.frame[order]]
        known = np.isfinite(body[order]).all(axis=(1, 2))
        until_s = _taken_until_s(row_s[known], body[order[known]])
        kept = order[row_s > until_s][::sign]
    return [int(row) for row in kept]


def _taken_until_s(time_s: FloatArray, bodies: FloatArray) -> float:
    """Until when a piece of bodies (P, 8, 2) that begins with somebody nearer does not show its own person; before the
    first row where it does not begin so."""
    lengths = _trunk_and_leg_px(bodies)
    soon = int(np.searchsorted(time_s, time_s[:1].sum() + _TAKEN_MAX_S, side="right"))
    for last in range(soon):
        end_s = time_s[last] + _TAKEN_WAY_S
        later = slice(*np.searchsorted(time_s, (end_s, end_s + _TAKEN_AROUND_S)))
        after = _longest(lengths[later])
        if after is None:
            break
        at_once = (lengths[last + 1 : later.start + 1] <= _TAKEN_STILL * after).any()
        larger = (np.median(lengths[: last + 1], axis=0) > _TAKEN_LONGER * after).all()
        far_px = _TAKEN_FEET * float(after.sum()) / _CHAIN_OF_STATURE
        place = np.median(bodies[later, 6:][:_TAKEN_FRAMES_AROUND], axis=0)
        if at_once and larger and (lengths[last] > _TAKEN_LONGER * after).all():
            return end_s if _feet_apart_px(bodies[: last + 1, 6:], place) > far_px else -np.inf
    return -np.inf


def _trunk_and_leg_px(body: FloatArray) -> FloatArray:
    """(P, 2) length of the trunk and of the longer leg from (P, 8, 2)."""
    chain = body.reshape(body.shape[0], 4, 2, 2)
    trunk = np.linalg.norm(chain[:, 1].mean(axis=1) - chain[:, 0].mean(axis=1), axis=-1)
    legs = np.linalg.norm(np.diff(chain[:, 1:], axis=1), axis=-1).sum(axis=1)
    return np.stack([trunk, legs.max(axis=1)], axis=1)


def _takeover_end(first: int, time_s: FloatArray, lengths: FloatArray, ankles: FloatArray) -> int | None:
    """The last row of the takeover that begins with row `first` of time_s (P,), lengths (P, 2) and ankles (P, 2, 2);
    None: none does."""
    start_s = time_s[first] - _TAKEN_WAY_S
    earlier = slice(*np.searchsorted(time_s, (start_s - _TAKEN_AROUND_S, start_s)))
    before = _longest(lengths[earlier])
    if before is None or not (lengths[first] > _TAKEN_LONGER * before).all():
        return None
    back = np.flatnonzero((lengths[first:] <= _TAKEN_STILL * before).any(axis=1))
    if not back.size or time_s[first + back[0] - 1] - time_s[first] > _TAKEN_MAX_S:
        return None
    last = first + int(back[0]) - 1
    end_s = time_s[last] + _TAKEN_WAY_S
    later = slice(*np.searchsorted(time_s, (end_s, end_s + _TAKEN_AROUND_S)))
    after = _longest(lengths[later])
    between = slice(first, last + 1)
    if after is None or not (np.median(lengths[between], axis=0) > _TAKEN_LONGER * after).all():
        return None
    far_px = _TAKEN_FEET * float(before.sum()) / _CHAIN_OF_STATURE
    places = ankles[earlier][-_TAKEN_FRAMES_AROUND:], ankles[later][:_TAKEN_FRAMES_AROUND]
    return last if all(_feet_apart_px(ankles[between], np.median(place, axis=0)) > far_px for place in places) else None


def _longest(lengths: FloatArray) -> FloatArray | None:
    """(2,) 95th percentile, safe against single wild rows; None where there are too few to say."""
    if lengths.shape[0] < _TAKEN_FRAMES_AROUND:
        return None
    place = int(0.95 * (lengths.shape[0] - 1))
    longest: FloatArray = np.partition(lengths, place, axis=0)[place]
    return longest


def _feet_apart_px(ankles: FloatArray, place: FloatArray) -> float:
    """How far both ankles (P, 2, 2) are from `place` (2, 2), also with left and right exchanged; median over rows."""
    both = [np.linalg.norm(ankles - there, axis=-1).mean(axis=-1) for there in (place, place[::-1])]
    return float(np.median(np.minimum(*both)))


def _numbered(people: list[list[int]], poses: ClipPoses) -> IntArray:
    ids = np.full(poses.frame.size, -1, dtype=np.intp)
    if not people:
        return ids
    people = sorted(people, key=lambda rows: (-len(rows), rows[0]))
    step_s = float(np.median(np.diff(poses.time_s))) if poses.time_s.size > 1 else 0.0
    longest = len(people[0])
    kept = [rows for rows in people if len(rows) * step_s >= _SPURIOUS_S or len(rows) >= _SPURIOUS_SHARE * longest]
    for n, rows in enumerate(kept):
        ids[rows] = n
    return ids


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    presence: float
    """share of the analysed frames"""
    size: float
    """median stature, as a share of the picture's height"""
    centrality: float
    """1 in the middle of the picture's width, 0 at its edges; mean over frames, so passing makes it small"""
    movement: float
    """how fast knees and ankles move against the hips, and the hips up and down, in body heights a second"""
    staying: float
    """1 on the spot, 1/2 for somebody who moves across the picture by their own height"""


def choose_athlete(poses: ClipPoses, person_ids: IntArray, rule: str) -> tuple[int, str]:
    """The person to analyse, and in a sentence why.

    `rule`: `largest`, `central`, `moving`, a person's number, or `auto`, which weighs size, presence, centrality and
    leg movement. Raises NoPersonError where nobody was found and SettingsError for a number that is not there."""
    people = [_person(poses, person_ids, int(n)) for n in np.unique(person_ids[person_ids >= 0])]
    if not people:
        raise NoPersonError("Nobody was found in the video.", "Film the whole body, from head to feet, in good light.")
    if rule.isdecimal():
        chosen = next((person for person in people if person.id == int(rule)), None)
        if chosen is None:
            present = ", ".join(str(person.id) for person in people)
            raise SettingsError(f"There is no person {rule} in this video.", f"People found: {present}.")
        return chosen.id, f"Person {chosen.id}, as asked{_others(chosen, people)}"
    if rule not in {"auto", "largest", "central", "moving"}:
        raise SettingsError(f"Unknown rule '{rule}' for the person.", "Use auto, largest, central, moving or a number.")
    if len(people) == 1:
        return people[0].id, "The only person seen."
    chosen = max(people, key=lambda person: _merit(person, people, rule))
    return chosen.id, _reasons(chosen, people, rule) + _others(chosen, people)


def _person(poses: ClipPoses, person_ids: IntArray, person: int) -> _Person:
    rows = np.flatnonzero(person_ids == person)
    body = poses.xy_px[rows][:, poses.skeleton.indices(*_BODY)]
    height = float(np.median(_heights_px(body)))
    size = np.array(poses.size_px, float)
    hips = body[:, 2:4].mean(axis=1)
    away = float(np.nanmean(np.abs(hips[:, 0] / (size[0] / 2) - 1)))
    travel = float(np.nanpercentile(hips[:, 0], 95) - np.nanpercentile(hips[:, 0], 5)) / height
    return _Person(
        id=person,
        presence=rows.size / max(1, poses.time_s.size),
        size=height / size[1],
        centrality=1 - min(1.0, away),
        movement=_movement(poses.time_s[poses.frame[rows]], body, hips, height),
        staying=1 / (1 + travel),
    )


def _movement(time_s: FloatArray, body: FloatArray, hips: FloatArray, height_px: float) -> float:
    """Travel over spans of a fifth of a second, so that jitter does not count as movement."""
    later = np.searchsorted(time_s, time_s + 0.2)
    first = np.flatnonzero(later < time_s.size)
    first = first[time_s[later[first]] - time_s[first] < 0.4]
    if first.size == 0:
        return 0.0
    last = later[first]
    legs = body[:, 4:] - hips[:, None]
    limbs = np.linalg.norm(legs[last] - legs[first], axis=-1).mean(axis=-1)
    rise = np.abs(hips[last, 1] - hips[first, 1])
    return float(np.nanmean((limbs + rise) / (time_s[last] - time_s[first])) / height_px)


def _of(person: _Person, name: str) -> float:
    return float(getattr(person, name))


def _merit(person: _Person, people: list[_Person], rule: str) -> float:
    best = {name: max(_of(other, name) for other in people) or 1.0 for name in _WEIGHTS}
    share = {name: _of(person, name) / best[name] for name in _WEIGHTS}
    if rule == "auto":
        # Moving counts more than moving fast: somebody who squats should not lose to somebody who walks past.
        share["movement"] = person.movement / (person.movement + _MOVING)
        return sum(weight * share[name] for name, weight in _WEIGHTS.items())
    # A glimpse of somebody does not make an athlete, whatever the rule.
    seen = 1.0 if share["presence"] >= 0.2 else 0.0
    wanted = {"largest": "size", "central": "centrality", "moving": "movement"}[rule]
    return seen + share[wanted]


def _reasons(chosen: _Person, people: list[_Person], rule: str) -> str:
    words = {"size": "the largest", "centrality": "the most central", "movement": "the one whose legs move most"}
    if rule != "auto":
        name = {"largest": "size", "central": "centrality", "moving": "movement"}[rule]
        return f"Person {chosen.id}: {words[name]}, as asked"
    leads = [text for name, text in words.items() if _of(chosen, name) >= max(_of(person, name) for person in people)]
    listed = ", ".join(leads) or "the best in size, time in the picture, place and movement together"
    return f"Person {chosen.id}: {listed}, in {100 * chosen.presence:.0f} % of the frames"


def _others(chosen: _Person, people: list[_Person]) -> str:
    rest = [person for person in people if person.id != chosen.id]
    if not rest:
        return "."
    listed = ", ".join(f"{person.id} ({100 * person.presence:.0f} %)" for person in rest)
    noun = "person was" if len(rest) == 1 else "people were"
    return f". {len(rest)} other {noun} seen and left out: {listed} of the frames."


def build_track(poses: ClipPoses, person_ids: IntArray, person: int) -> Track:
    """The raw track of one person over the whole clip, NaN where they were not seen."""
    rows = np.flatnonzero(person_ids == person)
    if person < 0 or rows.size == 0:
        raise NoPersonError(f"Person {person} is not in this video.")
    frames, count = poses.frame[rows], len(poses.skeleton.keypoints)
    xy = np.full((poses.time_s.size, count, 2), np.nan)
    score = np.zeros((poses.time_s.size, count))
    xy[frames] = poses.xy_px[rows]
    score[frames] = np.where(np.isfinite(poses.xy_px[rows]).all(axis=-1), poses.score[rows], 0.0)
    world = None
    if poses.xyz_m is not None:
        world = np.full((poses.time_s.size, count, 3), np.nan)
        world[frames] = poses.xyz_m[rows]
    return Track(poses.time_s, xy, score, world, poses.skeleton)


def mirror_poses(poses: ClipPoses) -> ClipPoses:
    """The poses of the picture flipped left to right: x becomes (width - 1) - x, because pixel centres lie at whole
    numbers 0 .. width - 1; left and right keypoints change places; world x changes its sign. Twice gives the
    original."""
    order = poses.skeleton.mirror_order()
    xy = poses.xy_px[:, order].copy()
    xy[..., 0] = (poses.size_px[0] - 1) - xy[..., 0]
    world = None
    if poses.xyz_m is not None:
        world = poses.xyz_m[:, order] * np.array([-1.0, 1.0, 1.0])
    return replace(poses, xy_px=xy, score=poses.score[:, order], xyz_m=world)
