"""What may be concluded from how somebody stands and moves on one leg, and what to check next.

Sources: biomechanics specification, sections 3.1 and 3.2. A posture is never read as the strength of a muscle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidgait.kinematics.series import off_frontal_deg
from vidgait.outputs.facts import TREND_ONLY
from vidgait.outputs.leg_page import leg_table, legs_shown
from vidgait.outputs.legs import counted_reps, is_frontal, standing_legs
from vidgait.outputs.words import counted, listed
from vidgait.store import main_segment

if TYPE_CHECKING:
    from vidgait.types import Analysis, Side

__all__ = ["EVIDENCE", "evidence", "next_checks", "permitted"]

FOR = (
    "For a link: people who do the single-leg squat well switch the gluteus medius on earlier and have stronger hip "
    "abductors than people who do it poorly (Crossley 2011, 9 against 12 people), and over many studies stronger "
    "abductors, tested in motion, go with less hip adduction (r −0.52; Garcia 2024)."
)
AGAINST = (
    "Against reading strength from posture: strength tested without motion hardly goes with how people move on one leg "
    "(41 studies, r −0.33 to 0.45; Garcia 2024), and a nerve block that took away half of the abductors’ strength "
    "changed neither pelvis nor trunk in standing on one leg (Kendall 2013, 9 people) nor in walking (Pohl 2015, 8 "
    "people)."
)
EVIDENCE = (FOR, AGAINST)

HIP_PATTERNS = ("drop", "lean", "combined")
PERMITTED = (
    "{legs}: the pattern is compatible with reduced frontal-plane hip control; hip-abductor strength should be tested "
    "(dynamometer) before concluding weakness. Trunk muscles, foot and ankle, pain, balance, practice and the shape of "
    "the bones take part too."
)

REPS_MIN = {"single_leg_squat": 3, "step_down": 5, "lunge": 3}
"""Fewer repetitions of a leg are thin ground (specification 4.4)."""

YAW_STRAIGHT_DEG = 3.0


def evidence(analysis: Analysis) -> tuple[str, ...]:
    """The two sentences for and against, where pelvis and trunk on one leg were looked at from front or behind."""
    return EVIDENCE if standing_legs(analysis) and is_frontal(analysis) else ()


def permitted(analysis: Analysis) -> str:
    """What may be said of the hip where a pattern points to it; nothing otherwise."""
    legs = [side for side in standing_legs(analysis) if _label(analysis, side) in HIP_PATTERNS]
    return PERMITTED.format(legs=f"{listed(legs).capitalize()} leg{'s' * (len(legs) > 1)}") if legs else ""


def _label(analysis: Analysis, side: Side) -> str | None:
    return next((p.label for p in analysis.patterns if (p.side, p.rep) == (side, None)), None)


def next_checks(analysis: Analysis) -> tuple[str, ...]:
    """What to look at or film next, what this clip suggests first."""
    if not legs_shown(analysis):
        return ()
    said = [*_of_the_person(analysis), *_of_the_posture(analysis), *_of_the_clip(analysis)]
    return tuple(filter(None, said))


def _of_the_person(analysis: Analysis) -> list[str]:
    labels = {side: _label(analysis, side) for side in standing_legs(analysis)}
    said = []
    if any(label in HIP_PATTERNS for label in labels.values()):
        said.append("Hip-abductor strength of both sides with a dynamometer; ask about pain in hip, knee and back.")
    if "knee_led" in labels.values():
        said.append(
            "Where the knee leads: the foot, how far the ankle bends under load, rotation of the thigh, and whether "
            "the tested foot pointed at the camera."
        )
    apart = [row for row in leg_table(analysis).rows if row.differs]
    if apart:
        said.append("Whether the difference between the legs is there again on another day, filmed from the same spot.")
    return said


def _of_the_posture(analysis: Analysis) -> list[str]:
    """What was held differently changes the numbers by itself (Khuu 2016)."""
    legs = standing_legs(analysis)
    said = []
    for name, what in (("free_leg", "The free leg"), ("arms", "The arms")):
        kinds = [{rep.posture.get(name) for rep in counted_reps(analysis, side)} - {None} for side in legs]
        if len(legs) == 2 and all(kinds) and kinds[0] != kinds[1]:
            verb = "was" if name == "free_leg" else "were"
            said.append(
                f"{what} {verb} held differently on the two legs, which changes the numbers by itself: film both the "
                "same way."
            )
    return said


def _of_the_clip(analysis: Analysis) -> list[str]:
    legs = standing_legs(analysis)
    said = [_other_leg(legs), _more(analysis, legs), _straight(analysis, legs)]
    if any(row.trend_only for row in leg_table(analysis).rows):
        said.append(f"Knee position (FPPA): {TREND_ONLY[0].lower()}{TREND_ONLY[1:]}; compare clips, not with a table.")
    return said


def _other_leg(legs: Sequence[Side]) -> str:
    if len(legs) != 1:
        return ""
    other = "right" if legs[0] == "left" else "left"
    return f"The {other} leg, filmed from the same spot: there is nothing to compare with."


def _more(analysis: Analysis, legs: Sequence[Side]) -> str:
    least = REPS_MIN.get(analysis.movement.label or "", 0)
    found = {side: len(counted_reps(analysis, side)) for side in legs}
    if all(count >= least for count in found.values()):
        return ""
    has = listed([f"{count} on the {side}" for side, count in found.items()])
    return f"At least {counted(least, 'repetition')} on each leg: this clip has {has}."


def _straight(analysis: Analysis, legs: Sequence[Side]) -> str:
    segment = main_segment(analysis)
    if segment is None or not is_frontal(analysis):
        return "The same from the front, for pelvis and knees." if legs else ""
    off_deg = off_frontal_deg(segment)
    if off_deg is None or off_deg <= YAW_STRAIGHT_DEG:
        return ""
    foot = "the tested foot" if legs else "both feet"
    return f"Film again with {foot} pointing straight at the lens, the camera at knee height, 3 to 4 m away."
