"""What may be laid side by side: the same number, of the same test, filmed from the same direction.

A *test* is what the manifest or the names call it; where clips of one name show different movements, or were filmed
from different directions, each is a test of its own. Of several clips of one athlete in one test the newest counts (by
date, then by path); the others stay in the tables.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.measures.spec import UNILATERAL
from vidgait.outputs.facts import fact_of
from vidgait.outputs.findings import movement_name

if TYPE_CHECKING:
    from vidgait.team.results import ClipResult, TeamResult
    from vidgait.types import Measure, Side

__all__ = [
    "FAMILIES",
    "LEFT_RIGHT",
    "NOT_RANKED",
    "TIMES",
    "Entry",
    "Family",
    "Group",
    "TeamTest",
    "athlete_of",
    "by_name",
    "entries_of",
    "family_of",
    "groups_of",
    "is_far",
    "is_trend",
    "is_usable",
    "team_tests",
]


@dataclass(frozen=True, slots=True)
class Family:
    """Numbers that tell the same thing. Of each family one number a test is compared, so that one deep squat is not
    counted three times."""

    name: str
    topic: str
    """Families of one topic go together in a body: who goes less deep folds less at hips and ankles too."""
    more: str
    """What a larger number is, in words a coach reads, after a name."""
    less: str
    ids: tuple[str, ...]
    """The first that most athletes of the test have."""


FAMILIES = (
    Family(
        "depth",
        "depth",
        "goes deeper",
        "goes less deep",
        (
            "knee_flexion_bottom",
            "thigh_inclination_bottom",
            "knee_flexion_vertical_bottom",
            "thigh_inclination_vertical_bottom",
        ),
    ),
    Family("trunk forward", "trunk forward", "leans further forward", "stays more upright", ("trunk_lean_bottom",)),
    Family("hips folded", "depth", "folds more at the hips", "folds less at the hips", ("hip_flexion_bottom",)),
    Family(
        "ankle",
        "depth",
        "brings the knee further over the foot",
        "keeps the shin more upright",
        ("ankle_dorsiflexion_bottom", "shank_inclination_bottom"),
    ),
    Family("heels", "heels", "lifts the heels more", "keeps the heels lower", ("heel_rise_bottom",)),
    Family("lockout", "lockout", "stays more bent at the top", "stands straighter at the top", ("hip_flexion_top",)),
    Family(
        "knee inwards",
        "knees",
        "brings the knee further in",
        "keeps the knee further out",
        (
            "fppa_change_60_degrees",
            "fppa_change_45_degrees",
            "fppa_change",
            "fppa_bottom",
            "knee_medial_displacement_bottom",
            "fppa_both_legs_change",
        ),
    ),
    Family(
        "thigh inwards",
        "knees",
        "brings the thigh further in",
        "keeps the thigh further out",
        ("hip_adduction_change", "hip_adduction_bottom", "dynamic_valgus_index_bottom"),
    ),
    Family(
        "knees apart",
        "knees",
        "keeps the knees wider apart",
        "keeps the knees closer together",
        ("knee_separation_ankles", "knee_separation_hips"),
    ),
    Family(
        "pelvis",
        "pelvis",
        "lets the free side of the pelvis sink further",
        "keeps the free side of the pelvis higher",
        ("pelvic_drop_bottom", "pelvic_drop_change", "pelvic_drop_hold"),
    ),
    Family(
        "pelvis sinking",
        "pelvis",
        "lets the pelvis sink faster during the hold",
        "keeps the pelvis steadier in the hold",
        ("pelvic_drop_slope_hold",),
    ),
    Family(
        "pelvis level",
        "pelvis",
        "lowers the right side of the pelvis more",
        "lowers the left side of the pelvis more",
        ("pelvic_obliquity_bottom",),
    ),
    Family(
        "trunk over the leg",
        "trunk sideways",
        "leans further over the standing leg",
        "leans less over the standing leg",
        ("trunk_lean_stance_bottom", "trunk_lean_stance_hold"),
    ),
    Family(
        "trunk sideways",
        "trunk sideways",
        "leans further to the right",
        "leans further to the left",
        ("trunk_lateral_lean_bottom",),
    ),
    Family(
        "hip shift",
        "hip shift",
        "moves the hips further to the right",
        "moves the hips further to the left",
        ("hip_shift_bottom",),
    ),
    Family("steadiness", "steadiness", "sways more", "sways less", ("knee_sway", "pelvis_sway_hold")),
)
"""What is compared between athletes, in the order in which it is told."""

TIMES = frozenset({"time"})
"""How fast somebody moves is chosen or told, and a pause is no fault: times never put anybody on the list."""

NOT_RANKED = {
    "knee_velocity_peak_concentric": "speed follows from effort and from what was asked",
    "stance_length": "how the person stood, not how they moved",
    "frontal_control_index": "is made of the other numbers, and for comparing with oneself only",
    "time_to_stabilise": "depends on how the leg was lifted",
}
"""Numbers that are shown and never ranked by, besides times, left-right differences and what speaks about other
numbers (spread, drift)."""

LEFT_RIGHT = ("left_right", "legs")
PLANES = {"front": "from the front", "back": "from behind", "left": "from the side", "right": "from the side"}
AT_AN_ANGLE = "at an angle"


@dataclass(frozen=True, slots=True)
class Entry:
    """One athlete's number."""

    athlete: str
    clip: ClipResult
    measure: Measure


@dataclass(frozen=True, slots=True, eq=False)
class TeamTest:
    """One test: clips that may be compared with each other, one an athlete, in order of the athletes' names."""

    title: str
    clips: tuple[ClipResult, ...]
    movement: str
    """Id of the movement, or empty where it was not recognised."""
    numbers: Mapping[tuple[str, Side | None], tuple[Entry, ...]]
    """By id and side, the numbers of sets that have a value and an error and are not of the leg behind."""


@dataclass(frozen=True, slots=True)
class Group:
    """The same number of everybody who did a test."""

    test: str
    measure_id: str
    label: str
    unit: str
    side: Side | None
    """None also where each athlete's near leg is meant."""
    near: bool
    """The leg nearer to the camera, whichever that is: of a movement on both legs that was filmed from the side."""
    entries: tuple[Entry, ...]


def athlete_of(clip: ClipResult) -> str:
    """Who is meant; a clip of nobody's stands for itself."""
    return clip.who.athlete or clip.path


def by_name(name: str) -> tuple[str, str]:
    """Order of names: `Çelik` stands among the Cs."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return plain.casefold(), name


def is_far(clip: ClipResult, side: Side | None) -> bool:
    """The leg behind the other one: shown with its error, never compared."""
    return side is not None and clip.view in ("left", "right") and side != clip.view


def is_usable(measure: Measure) -> bool:
    """Graded A or B, with a value and an error. C is a trend at best, and is drawn but never ranked by."""
    return measure.grade in ("A", "B") and measure.value is not None and bool(measure.error)


def is_trend(measure: Measure) -> bool:
    """Graded C, with a value and an error."""
    return measure.grade == "C" and measure.value is not None and bool(measure.error)


def family_of(measure_id: str) -> Family | None:
    """Of a left-right difference that of its parent."""
    fact = fact_of(measure_id)
    if fact is not None and fact.reading in LEFT_RIGHT:
        measure_id = fact.parent
    return next((family for family in FAMILIES if measure_id in family.ids), None)


def team_tests(result: TeamResult) -> tuple[TeamTest, ...]:
    """Every test that was analysed, in order of its name."""
    kinds: dict[str, dict[tuple[str, str], list[ClipResult]]] = {}
    for clip in result.done:
        kinds.setdefault(_name(clip), {}).setdefault(_kind(clip), []).append(clip)
    found = []
    for name in sorted(kinds, key=by_name):
        own = kinds[name]
        usual = max(sorted(own), key=lambda kind: len(own[kind]))
        for kind in sorted(own, key=lambda kind: (kind != usual, kind)):
            title = _told_apart(name, kind, usual)
            found.append(_test(title, own[kind]))
    return tuple(found)


def _test(title: str, clips: Sequence[ClipResult]) -> TeamTest:
    chosen = _one_each(clips)
    numbers: dict[tuple[str, Side | None], list[Entry]] = {}
    for clip in chosen:
        for measure in clip.measures:
            known = measure.value is not None and measure.error is not None and measure.grade != "D"
            if known and measure.rep is None and not is_far(clip, measure.side):
                numbers.setdefault((measure.id, measure.side), []).append(Entry(athlete_of(clip), clip, measure))
    return TeamTest(title, chosen, _label(clips), {key: tuple(found) for key, found in numbers.items()})


def _name(clip: ClipResult) -> str:
    said = clip.who.test or (movement_name(clip.movement) if clip.movement else "") or "movement not recognised"
    text = said.replace("_", " ").strip()
    return f"{text[:1].upper()}{text[1:]}"


def _kind(clip: ClipResult) -> tuple[str, str]:
    movement = movement_name(clip.movement) if clip.movement else ""
    return movement or "movement not recognised", PLANES.get(clip.view or "", AT_AN_ANGLE)


def _told_apart(name: str, kind: tuple[str, str], usual: tuple[str, str]) -> str:
    """The name alone for what most clips of it show; else with what is different."""
    return ", ".join([name, *(own for own, theirs in zip(kind, usual, strict=True) if own != theirs)])


def _label(clips: Sequence[ClipResult]) -> str:
    return next((clip.movement.label or "" for clip in clips if clip.movement), "")


def _one_each(clips: Sequence[ClipResult]) -> tuple[ClipResult, ...]:
    """The newest of each athlete and leg; somebody who filmed the legs one by one has two."""
    newest: dict[tuple[str, str], ClipResult] = {}
    for clip in sorted(clips, key=lambda one: (one.who.date or "", one.path)):
        newest[athlete_of(clip), _legs(clip)] = clip
    return tuple(newest[key] for key in sorted(newest, key=lambda key: (by_name(key[0]), key)))


def _legs(clip: ClipResult) -> str:
    """`left`, `right`, `both`, or nothing where the movement has no leg of its own."""
    if clip.movement is None or clip.movement.label not in UNILATERAL:
        return ""
    sides = sorted({rep.side for rep in clip.reps if rep.is_used and rep.side})
    return sides[0] if len(sides) == 1 else "both"


def entries_of(test: TeamTest, measure_id: str, side: Side | None, near: bool = False) -> tuple[Entry, ...]:
    """Everybody's number of the set, one an athlete: the usable one where two clips have it. `near`: of the leg nearer
    to the camera, whichever that is."""
    sides: tuple[Side | None, ...] = ("left", "right") if near else (side,)
    found: dict[str, Entry] = {}
    for entry in (entry for one in sides for entry in test.numbers.get((measure_id, one), ())):
        if near and entry.clip.view != entry.measure.side:
            continue
        before = found.get(entry.athlete)
        if before is None or (is_usable(entry.measure) and not is_usable(before.measure)):
            found[entry.athlete] = entry
    return tuple(found[athlete] for athlete in sorted(found, key=by_name))


def groups_of(test: TeamTest) -> tuple[Group, ...]:
    """One number of each family, each leg by itself; of movements on both legs from the side the near leg."""
    found: list[Group] = []
    for family in FAMILIES:
        id = _chosen(test, family)
        if id:
            found += _of_sides(test, id)
    return tuple(found)


def _chosen(test: TeamTest, family: Family) -> str:
    """The number of a family that most athletes have well, or at least as a trend; the earlier one on a tie."""
    counts: dict[str, tuple[int, int]] = {}
    for id in family.ids:
        groups = _of_sides(test, id)
        usable = sum(is_usable(entry.measure) for group in groups for entry in group.entries)
        counts[id] = usable, sum(len(group.entries) for group in groups)
    best = max(family.ids, key=lambda id: counts[id])
    return best if counts[best][1] else ""


def _of_sides(test: TeamTest, measure_id: str) -> list[Group]:
    fact = fact_of(measure_id)
    if fact is None:
        return []
    pooled = fact.sided and test.movement not in UNILATERAL and _from_the_side(test)
    sides: tuple[Side | None, ...] = ("left", "right") if fact.sided and not pooled else (None,)
    made = []
    for side in sides:
        entries = entries_of(test, measure_id, side, pooled)
        if entries:
            made.append(Group(test.title, measure_id, fact.label, fact.unit, side, pooled, entries))
    return made


def _from_the_side(test: TeamTest) -> bool:
    views = Counter(clip.view in ("left", "right") for clip in test.clips)
    return views[True] > views[False]
