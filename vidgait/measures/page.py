"""The catalogue as a page to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidgait.measures.catalogue import CATALOGUE
from vidgait.measures.model_error import model_error

if TYPE_CHECKING:
    from vidgait.measures.catalogue import MeasureSpec

__all__ = ["catalogue_markdown"]

_HEAD = """# Every number vidgait can say

Made by `vidgait measures` from the catalogue in `vidgait/measures/`.

Each number comes with its *error*: the 95 % half-width against the truth, made of the keypoint noise, camera angle and
scale of the clip, of what the view adds, of the calibrated error of the pose network, and of what studies on real
people add to it. How wide the bands must be was calibrated on synthetic and rendered people, not on real ones
(`benchmarks/error_coverage.md`). *Noise* is the first part alone. Neither says which repetitions of one clip can be
told apart, for much of both is the same in all of them: that is the ± of the *largest difference in the set*, which is
narrower. *mdc*, the smallest detectable change, is for two clips; it is a published figure and only given for the
movements in which it was measured. A number is given for each repetition and, as the median, for the set, unless it
says "set". On one leg and in lunges, what has a side is read in the repetitions of that leg only. A *reference* is what
a study found in its people by its own method, to be cited and not to be judged by. Grades: A all is well, B something
minor is not, C a trend only, D no number.

| id | what | unit | positive | view | for | level |
|---|---|---|---|---|---|---|
"""

INSTANTS = {
    "bottom": "the bottom",
    "upright": "where the trunk is most upright after the repetition",
    "knee_45": "45 degrees of knee flexion on the way down",
    "knee_60": "60 degrees of knee flexion on the way down",
    "fastest_{side}": "where that knee extends fastest",
}


def catalogue_markdown() -> str:
    """The reference page of all measures, Markdown."""
    rows = [
        f"| `{spec.id}` | {spec.label} | {spec.unit} | {spec.sign} | {spec.views} | {', '.join(spec.movements)} | "
        f"{spec.level} |\n"
        for spec in CATALOGUE
    ]
    return _HEAD + "".join(rows) + "".join(_entry(spec) for spec in CATALOGUE)


def _entry(spec: MeasureSpec) -> str:
    lines = [
        f"\n## {spec.id}\n",
        f"> {spec.says.format(side='left', value='…', error='…')}\n",
        f"**Means:** {spec.means}  ",
        f"**Does not mean:** {spec.does_not_mean}  ",
    ]
    if spec.instant:
        instant = INSTANTS.get(spec.instant, spec.instant)
        lines.append(f"**Read at:** {instant}, mean of ±{1000 * spec.half_window_s:.0f} ms  ")
    lines += _terms(spec)
    if spec.published:
        lines.append(f"**Published:** {spec.published}  ")
    if spec.mdc is not None:
        where = ", ".join(spec.mdc_movements)
        lines.append(f"**Smallest change between clips:** {spec.mdc:g} {spec.unit} in {where} ({spec.mdc_source})  ")
    for norm in spec.norms:
        found = f"{norm.value:g} ± {norm.sd:g} {spec.unit} in the {norm.movement.replace('_', ' ')}"
        lines.append(f"**Reference:** {found}: {norm.who} ({norm.source}); {norm.method}  ")
    if spec.bands is not None:
        lines.append(f"**Bands:** good from {spec.bands.good:g}, poor from {spec.bands.poor:g} ({spec.bands.source})  ")
    if spec.reps_min > 1:
        lines.append(f"**Needs:** {spec.reps_min} repetitions  ")
    return "\n".join(lines) + "\n"


def _terms(spec: MeasureSpec) -> list[str]:
    entry = model_error(spec.id)
    if entry is None:
        return []
    share = f" and {100 * entry.share:.0f} % of the value" if entry.share else ""
    own = [(name, one) for name in spec.movements if (one := model_error(spec.id, name)) not in (None, entry)]
    others = "".join(f"; SD {one.sd:g} {spec.unit} in {name}" for name, one in own if one)
    lines = [f"**Model term of the error:** SD {entry.sd:g} {spec.unit}{share}{others} ({entry.source})  "]
    if entry.published_sd:
        words = f"SD {entry.published_sd:g} {spec.unit} ({entry.published})"
        lines.append(f"**Beyond that, on real people:** {words}  ")
    return lines
