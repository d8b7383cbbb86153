"""Ids instead of names, everywhere: in what is shown, in links, in file names and in tables.

An id is made of the name and a secret (HMAC-SHA256), so that the same person has the same id in every run. Without a
secret of one's own anybody who has a list of the names can find out which id is whose: then the ids only keep names out
of sight. Dates, height and mass stay; so do the videos themselves, in which people can be recognised.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from vidgait.store import write_atomically
from vidgait.team.csv_text import csv_text

if TYPE_CHECKING:
    from vidgait.team.results import ClipResult, TeamResult, Who

__all__ = ["anonymised", "anonymous_folder", "anonymous_id", "anonymous_path", "write_key"]

ID_LETTERS = 8
"""Forty bits: two of ten thousand people share an id once in twenty thousand teams."""

PART_LETTERS_MIN = 3
"""Shorter parts of a name are words of their own too often to be taken out of a sentence."""


def anonymous_id(name: str, secret: str = "", kind: str = "A") -> str:
    """`A-7F3K2QXM` of an athlete. The same for `Anna`, `anna ` and other spellings of the same letters."""
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    digest = hmac.new(secret.encode(), f"{kind}:{plain}".encode(), hashlib.sha256).digest()
    return f"{kind}-{base64.b32encode(digest).decode()[:ID_LETTERS]}"


def anonymous_path(clip: ClipResult, secret: str = "") -> str:
    """`A-7F3K2QXM/V-QZ5HHX2A.mp4`: tells clips apart and keeps those of one athlete together, without a name."""
    path = PurePosixPath(clip.path)
    video = anonymous_id(clip.path, secret, "V")
    person = anonymous_id(clip.who.athlete, secret) if clip.who.athlete else ""
    return str(PurePosixPath(person, f"{video}{path.suffix.lower()}"))


def anonymous_folder(clip: ClipResult, secret: str = "") -> str:
    """The folder in which an anonymous batch puts the results of a clip: its anonymous path without the ending."""
    return str(PurePosixPath(anonymous_path(clip, secret)).with_suffix(""))


def anonymised(result: TeamResult, secret: str = "") -> TeamResult:
    """The same results without a name in them. A link stays where the folder's own name is anonymous already; others
    are left out, for they would tell the name. Applied twice it changes nothing more."""
    if all(_is_anonymous(clip) for clip in result.clips):
        return replace(result, anonymous=True)
    clips = [_anonymised(clip, secret) for clip in result.clips]
    return replace(result, clips=tuple(sorted(clips, key=lambda clip: clip.path)), anonymous=True)


def write_key(path: Path, result: TeamResult, secret: str = "") -> None:
    """Which id is whose, as CSV, to be kept apart from the results. `result` is the one with names. Raises
    OutputError."""
    names = sorted(
        {clip.who.athlete for clip in result.clips if clip.who.athlete}, key=lambda name: (name.casefold(), name)
    )
    rows = [(anonymous_id(name, secret), name, "") for name in names]
    rows += [(anonymous_path(clip, secret), clip.who.athlete or "", clip.path) for clip in result.clips]
    write_atomically(path, csv_text(("id", "athlete", "path"), rows).encode("utf-8-sig"))


_ID = re.compile(r"[AV]-[A-Z2-7]{8}")


def _is_anonymous(clip: ClipResult) -> bool:
    parts = PurePosixPath(clip.path).with_suffix("").parts
    known = clip.who.athlete is None or _ID.fullmatch(clip.who.athlete)
    return bool(known) and all(_ID.fullmatch(part) for part in parts)


def _anonymised(clip: ClipResult, secret: str) -> ClipResult:
    path = anonymous_path(clip, secret)
    person = anonymous_id(clip.who.athlete, secret) if clip.who.athlete else None
    hide = _hider(clip, person or "the athlete", PurePosixPath(path).name)
    folder = clip.folder if clip.folder == anonymous_folder(clip, secret) else None
    issues = tuple(replace(issue, message=hide(issue.message)) for issue in clip.issues)
    return replace(
        clip,
        path=path,
        who=_without_name(clip.who, person, hide),
        folder=folder,
        reason=clip.reason and hide(clip.reason),
        hint=clip.hint and hide(clip.hint),
        issues=issues,
        provenance=_hidden(clip.provenance, hide),
    )


def _without_name(who: Who, person: str | None, hide: _Hide) -> Who:
    return replace(who, athlete=person, test=who.test and hide(who.test))


class _Hide:
    """Takes the parts of a name and of a path out of a text."""

    def __init__(self, replacements: Iterable[tuple[str, str]]) -> None:
        known = {old.casefold(): new for old, new in replacements if old}
        self._known = known
        longest_first = sorted(known, key=lambda old: (-len(old), old))
        self._find = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if known else None

    def __call__(self, text: str) -> str:
        if self._find is None:
            return text
        composed = unicodedata.normalize("NFC", text)
        return self._find.sub(lambda match: self._known.get(match.group().casefold(), "…"), composed)


def _hider(clip: ClipResult, person: str, video: str) -> _Hide:
    path = PurePosixPath(unicodedata.normalize("NFC", clip.path))
    replacements = [(str(path), video), (path.name, video)]
    if clip.who.athlete:
        name = unicodedata.normalize("NFC", clip.who.athlete)
        parts = [part for part in re.split(r"[\s_.\-]+", name) if len(part) >= PART_LETTERS_MIN]
        joined = [joint.join(re.split(r"[\s_.\-]+", name)) for joint in ("_", "-", ".", "", " ")]
        replacements += [(word, person) for word in (name, *joined, *parts)]
    return _Hide(replacements)


def _hidden(value: Any, hide: _Hide) -> Any:
    """Every text within a mapping or a list."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {key: _hidden(one, hide) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(one, hide) for one in value]
    return value
