"""`analyze` and `report` on a shipped sample: every file, and everything made again without inference."""

from __future__ import annotations

import csv
import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import numpy as np
import pyarrow.parquet
import pytest

# isort: off
import cv2  # noqa: F401
import av
# isort: on

import vidgait
from vidgait.errors import OutputError, SettingsError, StoreError
from vidgait.store import analysis_schema

if TYPE_CHECKING:
    from vidgait import Analysis

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_videos" / "squat_front.mp4"
TRUTH = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    folder = tmp_path_factory.mktemp("analysed") / "squat_front"
    return folder, vidgait.analyze(SAMPLE, out=folder)


@pytest.fixture
def copy(done: tuple[Path, Analysis], tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    shutil.copytree(done[0], folder)
    return folder


def test_repetitions_are_those_of_the_truth(done: tuple[Path, Analysis]) -> None:
    _, analysis = done
    counted = [rep for rep in analysis.reps if rep.kind == "rep"]
    assert analysis.movement.label == "squat"
    assert len(counted) == len(TRUTH["reps"])
    for rep, true in zip(counted, TRUTH["reps"], strict=True):
        assert rep.instants["bottom"] == pytest.approx(true["bottom_s"], abs=0.15)


def test_numbers_hold_the_truth_within_their_error(done: tuple[Path, Analysis]) -> None:
    """FPPA at the bottom, both knees, every repetition."""
    _, analysis = done
    time_s = np.array(TRUTH["time_s"])
    checked = 0
    for side in ("left", "right"):
        true_deg = np.array(TRUTH["angles_deg"][side]["fppa_deg"])
        for rep, true in zip((rep for rep in analysis.reps if rep.index), TRUTH["reps"], strict=True):
            found = analysis.find("fppa_bottom", side=side, rep=rep.index)
            assert found is not None
            if found.value is not None and found.error is not None:
                at_bottom = float(np.interp(true["bottom_s"], time_s, true_deg))
                assert abs(found.value - at_bottom) <= found.error
                checked += 1
    assert checked >= 4, "refusing every number must not pass"


def test_the_annotated_video_has_the_frames_and_times_of_the_source(done: tuple[Path, Analysis]) -> None:
    folder, _ = done

    def times(path: Path) -> list[Fraction]:
        with av.open(str(path)) as container:
            return [frame.pts * frame.time_base for frame in container.decode(video=0)]

    source, annotated = times(SAMPLE), times(folder / "annotated.mp4")
    assert len(annotated) == len(source)
    assert max(abs(a - b) for a, b in zip(source, annotated, strict=True)) < Fraction(1, 1000)
    with av.open(str(folder / "annotated.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"


def test_json_follows_the_published_schema_and_tables_agree(done: tuple[Path, Analysis]) -> None:
    folder, analysis = done
    written = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
    jsonschema.validate(written, analysis_schema())
    assert str(ROOT) not in (folder / "analysis.json").read_text(encoding="utf-8")
    with (folder / "measures.csv").open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == len(analysis.measures) == len(written["measures"])
    with (folder / "frames.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    table = pyarrow.parquet.read_table(folder / "frames.parquet")
    assert table.column_names == list(rows[0])
    assert table.num_rows == len(rows) == len(analysis.clean.time_s)


def test_a_report_made_again_is_the_same_to_the_byte(done: tuple[Path, Analysis], copy: Path) -> None:
    vidgait.report(copy)
    for path in sorted(done[0].rglob("*")):
        if path.is_file():
            assert (copy / path.relative_to(done[0])).read_bytes() == path.read_bytes(), path.name


def test_leaving_out_a_repetition_moves_the_set_and_drops_stale_pictures(
    done: tuple[Path, Analysis], copy: Path
) -> None:
    before = done[1].find("rep_time")
    after = vidgait.report(copy, exclude_reps=(3,))
    assert [rep.excluded is not None for rep in after.reps if rep.index] == [False, False, True]
    changed = after.find("rep_time")
    assert before is not None
    assert changed is not None
    assert changed.n == before.n - 1
    assert not (copy / "annotated.mp4").exists()
    assert any(issue.code == "pictures_left_out" for issue in after.issues)


def test_with_the_video_everything_is_drawn_again(copy: Path) -> None:
    vidgait.report(copy, video=SAMPLE, exclude_reps=(3,))
    assert (copy / "annotated.mp4").stat().st_size > 100_000
    assert list((copy / "key_frames").glob("*.jpg"))


def test_mirrored_exchanges_left_and_right(done: tuple[Path, Analysis], copy: Path) -> None:
    """The same numbers with the sides exchanged, from the saved joints alone."""
    plain, flipped = done[1], vidgait.report(copy, mirrored=True)
    for side, other in (("left", "right"), ("right", "left")):
        mine = plain.find("knee_flexion_vertical_bottom", side=side)
        theirs = flipped.find("knee_flexion_vertical_bottom", side=other)
        assert mine is not None
        assert theirs is not None
        assert mine.value == pytest.approx(theirs.value, abs=0.5)


def test_a_report_of_another_video_is_refused(copy: Path) -> None:
    with pytest.raises(StoreError, match="not the video"):
        vidgait.report(copy, video=ROOT / "sample_videos" / "squat_side.mp4")


def test_what_needs_inference_is_refused_by_report(copy: Path) -> None:
    with pytest.raises(SettingsError, match="saved poses"):
        vidgait.report(copy, start=1.0)


def test_existing_results_are_kept(done: tuple[Path, Analysis]) -> None:
    with pytest.raises(OutputError, match="exists already"):
        vidgait.analyze(SAMPLE, out=done[0])


def test_two_inputs_with_one_name_get_two_folders(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        shutil.copy(SAMPLE, tmp_path / name / "clip.mp4")
    with (tmp_path / "b" / "clip.mp4").open("ab") as file:
        file.write(b"\0" * 8)
    outcomes = list(
        vidgait.analyze_all(
            [tmp_path / "a" / "clip.mp4", tmp_path / "b" / "clip.mp4"], tmp_path / "out", end=1.2, write_video=False
        )
    )
    assert [outcome.error for outcome in outcomes] == [None, None]
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 2
    assert all(name.startswith("clip-") and len(name) == len("clip-123456") for name in names)
