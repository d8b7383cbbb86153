"""A report made again without the video keeps pictures that still show its numbers, and says which it removed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.analyses import synthetic_squat
from vidgait.known_poses import analyze_poses
from vidgait.outputs.summary import summary_text
from vidgait.pipeline import report

PICTURE = Path(__file__).parents[2] / "docs/images/squat.jpg"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "squat"
    analyze_poses(synthetic_squat(reps=3).poses, name="squat.mp4", out=folder)
    return folder


@pytest.fixture
def drawn(made: Path, tmp_path: Path) -> Path:
    """Stand-ins for what pass two would have drawn: they are carried over as they are or not at all."""
    folder = shutil.copytree(made, tmp_path / "squat")
    (folder / "annotated.mp4").write_bytes(b"video")
    (folder / "key_frames" / "first.jpg").write_bytes(PICTURE.read_bytes())
    return folder


def test_what_changes_no_number_keeps_the_pictures(drawn: Path) -> None:
    for choice in ({"exclude_reps": (9,)}, {"mass_kg": 80.0}, {"exclude_reps": ()}):
        again = report(drawn, **choice)
        assert (drawn / "annotated.mp4").read_bytes() == b"video"
        assert [path.name for path in (drawn / "key_frames").iterdir()] == ["first.jpg"]
        assert "annotated.mp4" in (drawn / "report.html").read_text("utf-8")
        assert not any(issue.code == "pictures_left_out" for issue in again.issues)


def test_removed_pictures_are_said_in_the_terminal_with_the_way_back(drawn: Path) -> None:
    again = report(drawn, exclude_reps=(2,))
    assert not (drawn / "annotated.mp4").exists()
    assert not list((drawn / "key_frames").iterdir())
    said = " ".join(summary_text(drawn, again).split())
    assert "annotated video and the key frames" in said and "were removed" in said
    assert "--video squat.mp4" in said


@pytest.mark.parametrize("choice", [{"blur_faces": True}, {"mirrored": True}, {"view": "front"}])
def test_what_would_be_drawn_otherwise_is_removed(drawn: Path, choice: dict[str, object]) -> None:
    report(drawn, **choice)  # type: ignore[arg-type]
    assert not (drawn / "annotated.mp4").exists()


def test_where_nothing_was_drawn_nothing_is_said_to_be_removed(made: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made, tmp_path / "squat")
    again = report(folder, exclude_reps=(2,))
    assert not any(issue.code == "pictures_left_out" for issue in again.issues)


def test_a_repetition_that_is_not_there_is_said_in_grammar(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    analyze_poses(synthetic_squat(reps=1).poses, name="one.mp4", out=folder)
    said = [issue.message for issue in report(folder, exclude_reps=(9,)).issues]
    assert "There is no repetition 9 to leave out: 1 was counted." in said
