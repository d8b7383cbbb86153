"""What the command line prints at the end: the findings of the report, short enough for a terminal."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidgait.outputs.facts import without_video
from vidgait.outputs.findings import findings, how_sure
from vidgait.store import analysis_to_mapping

if TYPE_CHECKING:
    from vidgait.types import Analysis

__all__ = ["bullet", "summary_mapping", "summary_text"]

WIDTH = 78


def summary_text(folder: Path, analysis: Analysis) -> str:
    """The findings in sentences, what not to trust, and where the files are."""
    lines = [Path(analysis.video.path).name, ""]
    unfilmed = without_video(analysis)
    for sentence in (*([f"{unfilmed}."] if unfilmed else []), *findings(analysis), how_sure(analysis)):
        lines += bullet(sentence)
    warnings = [issue.message for issue in analysis.issues if issue.severity != "info"]
    for message in warnings:
        lines += bullet(message, "! ")
    lines += ["", f"Report: {folder / 'report.html'}"]
    if (folder / "report.pdf").exists():
        lines += [f"PDF:    {folder / 'report.pdf'}"]
    if (folder / "annotated.mp4").exists():
        lines += [f"Video:  {folder / 'annotated.mp4'}"]
    return "\n".join(lines)


def bullet(sentence: str, mark: str = "- ") -> list[str]:
    """The lines of one sentence in a terminal, with a mark before it."""
    return textwrap.wrap(sentence, WIDTH, initial_indent=f"  {mark}", subsequent_indent="    ")


def summary_mapping(video: Path, folder: Path, analysis: Analysis | None) -> dict[str, Any]:
    """What `--json` prints for one video; `analysis` is null where it failed."""
    result = None if analysis is None else analysis_to_mapping(analysis)
    return {"video": str(video), "folder": str(folder), "analysis": result}
