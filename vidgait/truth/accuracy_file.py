"""`accuracy.json`: the table as programs read it, clip by clip, and whether a new one is worse than an old one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidgait.errors import ReferenceFileError
from vidgait.truth.accuracy import Reps, Row, by_view, reps_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidgait.truth.results import ClipCheck, Validation
    from vidgait.types import Side

__all__ = ["SCHEMA", "AccuracyTable", "ClipRows", "load_accuracy", "table_of", "to_json", "what_is_worse"]

SCHEMA = "vidgait-accuracy-1"

MAE_FLOOR = {"deg": 0.2, "deg/s": 2.0, "s": 0.01, "s/rep": 0.01, "ratio": 0.01, "leg lengths": 0.005}
"""A mean absolute error may grow by this, or by MAE_SHARE if that is more, before it counts as worse. 0.2 for units
that are not named."""
MAE_SHARE = 0.05
POINTS = 0.02
"""How much a share (answers, coverage, wrong signs) may lose: two points."""
DIGITS = 4


@dataclass(frozen=True, slots=True)
class ClipRows:
    """One clip of the table."""

    name: str
    movement: str | None
    movement_found: str | None
    view: str
    yaw_deg: float | None
    frames: int
    frame_s: float
    on_athlete: float | None
    reps: Reps
    rows: tuple[Row, ...]
    side: Side | None = None
    """The leg on which all of it is done; None for both legs, or one after the other."""


@dataclass(frozen=True, slots=True)
class AccuracyTable:
    """Everything of `accuracy.json`."""

    made_with: Mapping[str, Any]
    clips: tuple[ClipRows, ...]

    def of(self, names: Iterable[str]) -> AccuracyTable:
        """Only these clips."""
        wanted = set(names)
        return AccuracyTable(self.made_with, tuple(clip for clip in self.clips if clip.name in wanted))

    @property
    def views(self) -> dict[str, tuple[Row, ...]]:
        return by_view((clip.view, clip.rows) for clip in self.clips)

    @property
    def reps(self) -> Reps:
        names = [field.name for field in fields(Reps)]
        return Reps(**{name: sum(getattr(clip.reps, name) for clip in self.clips) for name in names})


def table_of(validation: Validation) -> AccuracyTable:
    """The sums of a validation."""
    return AccuracyTable(validation.provenance, tuple(_clip_rows(clip) for clip in validation.clips))


def _clip_rows(clip: ClipCheck) -> ClipRows:
    return ClipRows(
        name=clip.name,
        movement=clip.movement,
        movement_found=clip.movement_found,
        view=clip.view,
        yaw_deg=clip.yaw_deg,
        frames=clip.frames,
        frame_s=clip.frame_s,
        on_athlete=clip.on_athlete,
        reps=reps_of(clip),
        rows=rows_of(clip),
        side=clip.side,
    )


# --- the file ---------------------------------------------------------------------------------------------------------


def to_json(table: AccuracyTable) -> str:
    """The same table gives the same text. Numbers have DIGITS decimals; empty fields of a row are left out."""
    stored = {
        "schema": SCHEMA,
        "made_with": dict(table.made_with),
        "reps": asdict(table.reps),
        "clips": [_clip_out(clip) for clip in table.clips],
        "views": {view: [_row_out(row) for row in rows if _says(row)] for view, rows in table.views.items()},
    }
    return _one_row_a_line(stored)


def _says(row: Row) -> bool:
    """Not only that something was refused as it should be: the clips' own rows say that."""
    return bool(row.n or row.asked_inside)


def _one_row_a_line(stored: Mapping[str, Any]) -> str:
    """JSON whose rows take one line each, so that a change of one number is a change of one line."""
    rows: list[str] = []

    def placed(value: Any) -> Any:
        if isinstance(value, dict) and "kind" in value:
            rows.append(json.dumps(value, ensure_ascii=False))
            return f"@row{len(rows) - 1}@"
        if isinstance(value, dict):
            return {name: placed(one) for name, one in value.items()}
        return [placed(one) for one in value] if isinstance(value, list) else value

    text = json.dumps(placed(stored), indent=1, ensure_ascii=False, allow_nan=False)
    for number, row in enumerate(rows):
        text = text.replace(f'"@row{number}@"', row, 1)
    return text + "\n"


def _clip_out(clip: ClipRows) -> dict[str, Any]:
    plain = {field.name: _rounded(getattr(clip, field.name)) for field in fields(clip)}
    return plain | {"reps": asdict(clip.reps), "rows": [_row_out(row) for row in clip.rows]}


def _row_out(row: Row) -> dict[str, Any]:
    default = Row(row.kind, row.id, row.unit)
    always = {"kind", "id", "unit"}
    return {
        field.name: _rounded(getattr(row, field.name))
        for field in fields(row)
        if field.name in always or getattr(row, field.name) != getattr(default, field.name)
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS) + 0.0
    return dict(value) if isinstance(value, Mapping) else value


def load_accuracy(path: Path) -> AccuracyTable:
    """A table that `to_json` wrote. Raises ReferenceFileError with one line that says what is wrong."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["schema"] != SCHEMA:
            raise ValueError(f"its schema is {stored['schema']}, not {SCHEMA}")
        return AccuracyTable(stored["made_with"], tuple(_clip_in(clip) for clip in stored["clips"]))
    except OSError as error:
        raise ReferenceFileError(f"{path.name} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ReferenceFileError(f"{path.name} is not an accuracy table: {error}.") from None


def _clip_in(stored: Mapping[str, Any]) -> ClipRows:
    rows = tuple(Row(**row) for row in stored["rows"])
    return ClipRows(**{**stored, "reps": Reps(**stored["reps"]), "rows": rows})


# --- worse? -----------------------------------------------------------------------------------------------------------


def what_is_worse(before: AccuracyTable, now: AccuracyTable) -> list[str]:
    """One line for each row that lost more than it may, over the clips that both tables have; empty where none did.

    A row that is gone is worse, too. A mean absolute error may grow by max(0.2 degrees, 5 %), a share of answers,
    of true values inside the band or of right signs may lose 2 points, and no repetition may be lost or invented.
    """
    names = {clip.name for clip in before.clips} & {clip.name for clip in now.clips}
    old, new = before.of(names), now.of(names)
    lines = list(_worse_reps(old, new))
    for view, rows in old.views.items():
        fresh = {row.key: row for row in new.views.get(view, ())}
        for row in rows:
            found = fresh.get(row.key)
            what = ["is gone"] if found is None else list(_worse(row, found))
            lines += [f"{view}, {row.kind} {row.id}{f' ({row.leg} leg)' if row.leg else ''}: {one}" for one in what]
    return lines


def _worse_reps(old: AccuracyTable, new: AccuracyTable) -> Iterator[str]:
    for name in ("missed", "extra"):
        was, now = getattr(old.reps, name), getattr(new.reps, name)
        if now > was:
            yield f"{name} repetitions: {was} before, {now} now"
    counted = {clip.name: clip.reps.true for clip in old.clips}
    for clip in new.clips:
        if clip.reps.true < counted[clip.name]:
            yield f"{clip.name}: repetitions are no longer counted"


def _worse(old: Row, new: Row) -> Iterator[str]:
    if old.mae is not None and new.mae is not None:
        allowed = max(MAE_FLOOR.get(old.unit, 0.2), MAE_SHARE * old.mae)
        if new.mae > old.mae + allowed:
            yield f"mean absolute error {old.mae:.2f} before, {new.mae:.2f} now ({old.unit})"
    for words, share, sign in _SHARES:
        was, now = getattr(old, share), getattr(new, share)
        if was is not None and now is not None and sign * (was - now) > POINTS + 1e-9:
            yield f"{words} {100 * was:.0f} % before, {100 * now:.0f} % now"


_SHARES: Sequence[tuple[str, str, int]] = (
    ("answered inside the gate", "answered_inside_share", 1),
    ("answered outside the gate", "answered_outside_share", -1),
    ("inside the band", "coverage", 1),
    ("wrong signs", "wrong_sign_share", -1),
)
"""Words, property of Row, and +1 where more is better."""
