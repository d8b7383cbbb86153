"""What is said of a team, in a coach's words: why somebody is on the list, what failed and what to film again.

A difference is said with its ±, and with what it is against. Nothing is called good, bad, weak or risky.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidgait.outputs.facts import fact_of, is_estimated, sentence
from vidgait.outputs.words import (
    NO_BREAK,
    counted,
    full_stop,
    number,
    plus_minus,
    quantity,
    short_unit,
    unit_after,
)
from vidgait.team.comparing import GROUP_MIN, SPREAD_MIN
from vidgait.team.groups import athlete_of, by_name

if TYPE_CHECKING:
    from vidgait.team.comparing import Comparison
    from vidgait.team.groups import Group
    from vidgait.team.ranking import Ranking
    from vidgait.team.results import ClipResult, TeamResult

__all__ = [
    "Again",
    "AgainClip",
    "film_again",
    "finding_title",
    "finding_words",
    "group_side",
    "how_ranked",
    "how_sure",
    "looked_at",
    "none_stand_out",
    "test_name",
    "told_once",
    "trend_words",
]

CAUSES = {
    "no_person": "Nobody was found",
    "too_short": "Too short to hold a movement",
    "video_open": "The file could not be read",
    "no_frames": "No picture in the file",
    "timeout": "It took too long and was stopped",
    "crashed": "The program stopped at this file",
    "worker_lost": "The program stopped at this file",
    "out_of_memory": "Not enough memory",
    "memory": "Not enough memory",
    "output": "The results could not be written",
    "empty_file": "The file is empty",
    "empty": "The file is empty",
    "live_photo": "The moving part of a Live Photo",
    "duplicate": "The same recording twice",
    "interrupted": "Stopped before its turn",
}
"""Headings of causes; a code that is not here is said in its own words."""

NOT_MEASURED = {
    "no_movement": (
        "The movement was not recognised",
        "Film the whole repetition, or name the movement with --movement.",
    ),
    "no_reps": ("No whole repetition was counted", "Film from standing to standing, the whole body in the picture."),
    "no_numbers": (
        "No number good enough to compare",
        "Film straight from the side or the front, closer, and with more light.",
    ),
    "serious_issue": (
        "Measured, but part of it is not to be trusted",
        "Read what the report says of it before acting on the numbers.",
    ),
}
"""Clips that were analysed and that say little: heading and what to do."""


@dataclass(frozen=True, slots=True)
class AgainClip:
    """One video to film again, or to look at."""

    athlete: str
    test: str
    path: str
    reason: str
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Again:
    """Videos with one cause."""

    code: str
    cause: str
    hint: str
    clips: tuple[AgainClip, ...]
    reason: str
    """What all of them say; empty where they differ, and each says its own."""
    kind: str
    """`failed`, `little` (analysed, but it says little) or `skipped` (left out on purpose)."""


# ---------------------------------------------------------------------------------------------------- who to look at


def finding_title(one: Comparison) -> str:
    """`Left and right differ`, `Goes less deep than the others`."""
    if one.kind == "legs":
        return "Left and right differ"
    if one.kind == "band":
        return "Outside a published range"
    words = one.family.more if one.difference > 0 else one.family.less
    return full_stop(f"{words} than the others").rstrip(".")


def told_once(findings: Sequence[Comparison]) -> list[tuple[Comparison, ...]]:
    """What both legs show in one test is one thing to tell: the larger first, then the other."""
    found: dict[tuple[str, str, str, bool], list[Comparison]] = {}
    for one in findings:
        found.setdefault((one.kind, one.test, one.family.name, one.difference > 0), []).append(one)
    return [tuple(same) for same in found.values()]


def finding_words(one: Comparison, *also: Comparison) -> str:
    """What was measured, against what, and in how many repetitions it shows; of the other leg only the size."""
    said = [_measured(one)]
    unit = short_unit(one.entry.measure.unit)
    if one.kind == "group":
        size = f"{number(abs(one.difference), one.error)}{unit_after(unit)}"
        which = "more" if one.difference > 0 else "less"
        said.append(
            f"{_signed(one)}he middle of the other {one.others} is {number(one.middle or 0.0, one.error)}"
            f"{unit_after(unit)}: "
            f"{size} {which}, where the error of such a difference is {plus_minus(one.error, unit)}."
        )
    if one.kind == "band":
        fact = fact_of(one.entry.measure.id)
        source = fact.bands.source if fact is not None and fact.bands is not None else ""
        said.append(f"Rated “{one.entry.measure.verdict}” by {source}.")
    others = [f"The same on the {other.side}: {_size(other)}." for other in also if other.side]
    return " ".join([*said, _repeated(one), *others]).strip()


def _signed(one: Comparison) -> str:
    """Begins the sentence about the others; where one number is negative, with the sign that both are meant by."""
    measure = one.entry.measure
    fact = fact_of(measure.id)
    if min(measure.value or 0.0, one.middle or 0.0) >= 0 or fact is None or not fact.sign:
        return "T"
    unit = unit_after(short_unit(measure.unit))
    return f"As a number {number(measure.value or 0.0, one.error)}{unit} ({fact.sign}); t"


def _size(one: Comparison) -> str:
    return quantity(one.entry.measure.value, one.entry.measure.error, short_unit(one.entry.measure.unit))


def looked_at(ranking: Ranking) -> str:
    """Under the list: what it takes to be on it."""
    if not ranking.compared:
        return ""
    return (
        f"{counted(ranking.compared, 'difference')} looked at; on the list is what is at least "
        f"{number(ranking.limit, 1.0)} times its ±, so that in 19 of 20 teams none of it is chance."
    )


def trend_words(one: Comparison) -> str:
    """Why it is not on the list, after what was measured."""
    reasons = one.entry.measure.reasons
    why = f" Not on the list: {reasons[0]}." if reasons else ""
    return f"{finding_words(one)}{why}"


def _measured(one: Comparison) -> str:
    measure = one.entry.measure
    fact = fact_of(measure.id)
    between_clips = one.kind == "legs" and fact is not None and fact.reading not in ("left_right", "legs")
    if between_clips:
        unit = short_unit(measure.unit)
        more = "left" if one.difference > 0 else "right"
        size = quantity(abs(one.difference), one.error, unit)
        return f"{measure.label.removesuffix(', left less right')}: {size} more on the {more}, from a clip of each leg."
    words = sentence(measure)
    if one.kind == "group" and fact is not None and fact.sided and measure.side and measure.side not in words:
        words = f"{words.rstrip('.')} ({measure.side})."
    return f"{words.rstrip('.')} (estimated)." if is_estimated(measure) else words


def _repeated(one: Comparison) -> str:
    if one.reps < 2:
        return "Seen in one hold."
    return f"Seen in {one.reps_agreeing} of {counted(one.reps, 'repetition')}."


def group_side(group: Group) -> str:
    """`left`, `right`, `near leg`, or nothing."""
    return "near leg" if group.near else group.side or ""


def none_stand_out(ranking: Ranking) -> str:
    """What an empty list means."""
    if not ranking.compared:
        return (
            "Nothing could be compared: no athlete has a number on both legs, and no test has a good number of "
            f"{GROUP_MIN} athletes. Each report still says what was measured."
        )
    looked_at = (
        f"none of the {ranking.compared} differences that were looked at is"
        if ranking.compared > 1
        else "the one difference that could be looked at is not"
    )
    return (
        f"Nobody stands out: {looked_at} larger than its error by enough. That does not say that all move alike: "
        "smaller differences cannot be seen in these videos."
    )


def how_ranked(ranking: Ranking) -> list[str]:
    """The rule, in plain words."""
    limit = number(ranking.limit, 1.0)
    return [
        "Three kinds of difference are looked at: left against right of one athlete; an athlete against the middle of "
        f"all others in the same test, where at least {GROUP_MIN} have the number; and numbers that a published range "
        "rates. Of numbers that tell the same thing, one a test is compared. Times, the leg behind the other one, and "
        "trends (grade C) put nobody on the list.",
        f"Here {counted(ranking.compared, 'difference')} {'was' if ranking.compared == 1 else 'were'} looked at. Each "
        "± holds 19 times out of 20 or more, so if nobody differed from anybody, up to about "
        f"{ranking.expected_by_chance:.0f} would exceed it by chance; {ranking.beyond_error} "
        f"{'does' if ranking.beyond_error == 1 else 'do'}. To be on the list a difference must therefore be {limit} "
        "times its ±: then 19 of 20 teams in which nobody differs have an empty list.",
        "It must also show in more than half of the repetitions, of which there must be two, or in a hold. Against the "
        "group it must lie apart from it, by more than one and a half times the width of the middle half of the others "
        f"beyond that half. Groups below {SPREAD_MIN} have no such middle half (a quarter of them is not even two "
        "people): there only the error decides, and only dots are drawn, no shares of a group.",
        "In order of how many different things stand out (depth at knee, hip and ankle is one), then of how large the "
        "largest is against its ±. Being "
        "different is neither good nor bad: it is where to look first.",
    ]


def how_sure(result: TeamResult) -> list[str]:
    """What is not in the ±, and what the page cannot say."""
    said = [
        "Every ± is that of the report: the true value is within it 19 times out of 20. Against the group it is the "
        "root of the sum of both squares: the athlete’s own ± and the typical one of the others. What the pose network "
        "errs by in everybody alike cancels in a difference and is counted all the same, so the ± is rather too wide.",
        "Who was not filmed, or filmed badly, is not on the list: look at what to film again.",
        "One session is one day. A difference that comes back on another day is worth acting on.",
    ]
    if any(clip.who.athlete is None for clip in result.done):
        said.append("Videos without a known athlete stand for themselves, under their file names.")
    if len(_repeats(result)):
        said.append(
            "Where an athlete has several videos of a test, the newest (by date, then by name) counts here; all are in "
            "the tables."
        )
    return said


def _repeats(result: TeamResult) -> list[tuple[str, str | None, str | None]]:
    seen = [(athlete_of(clip), clip.who.test, clip.who.side) for clip in result.done]
    return [one for one in set(seen) if seen.count(one) > 1 and one[1]]


def test_name(clip: ClipResult) -> str:
    """What was to be filmed, or a dash."""
    text = (clip.who.test or "").replace("_", " ").strip()
    said = f"{text[:1].upper()}{text[1:]}" or "–"
    return f"{said} ({clip.who.side})" if clip.who.side and text else said


# ---------------------------------------------------------------------------------------------------- film again


def film_again(result: TeamResult) -> tuple[Again, ...]:
    """Causes, those with the most videos first: what failed, then what says little, then what was left out."""
    found: list[Again] = []
    for kind, state in (("failed", "failed"), ("little", "done"), ("skipped", "skipped")):
        groups: dict[tuple[str, str, str], list[ClipResult]] = {}
        for clip in result.clips:
            cause = _cause(clip) if clip.state == state else None
            if cause is not None:
                groups.setdefault(cause, []).append(clip)
        ordered = sorted(groups, key=lambda cause: (-len(groups[cause]), cause))
        found += [_again(cause, groups[cause], kind) for cause in ordered]
    return tuple(found)


def _cause(clip: ClipResult) -> tuple[str, str, str] | None:
    """Code, heading and hint."""
    if clip.state != "done":
        code = clip.code or "unknown"
        heading = CAUSES.get(code, code.replace("_", " ").capitalize())
        return code, heading, clip.hint or ""
    little = _says_little(clip)
    return None if little is None else (little, *NOT_MEASURED[little])


def _says_little(clip: ClipResult) -> str | None:
    if clip.movement is None or clip.movement.label is None:
        return "no_movement"
    if not any(rep.is_used for rep in clip.reps):
        return "no_reps"
    known = [m for m in clip.measures if m.rep is None and m.value is not None]
    if not any(m.grade in ("A", "B") for m in known):
        return "no_numbers"
    return "serious_issue" if any(issue.severity == "serious" for issue in clip.issues) else None


def _again(cause: tuple[str, str, str], clips: Sequence[ClipResult], kind: str) -> Again:
    listed = sorted(clips, key=lambda clip: (by_name(athlete_of(clip)), clip.path))
    rows = tuple(
        AgainClip(clip.who.athlete or "–", test_name(clip), clip.path, _reason(clip), clip.attempts) for clip in listed
    )
    reasons = {row.reason for row in rows}
    shared = reasons.pop() if len(reasons) == 1 else ""
    return Again(*cause, rows, shared, kind)


def _reason(clip: ClipResult) -> str:
    if clip.state != "done":
        return (clip.reason or "").replace(" ± ", f"{NO_BREAK}±{NO_BREAK}")
    serious = [issue.message for issue in clip.issues if issue.severity != "info"]
    basis = clip.movement.basis if clip.movement is not None and clip.movement.label is None else ""
    return " ".join([*([full_stop(basis)] if basis else []), *serious])
