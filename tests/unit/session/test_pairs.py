"""Two clips, one session: differences and offsets known by construction, and every pair that must be refused."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import jsonschema
import numpy as np
import pytest
from typer.testing import CliRunner

import vidgait
from vidgait.cli import app
from vidgait.errors import PairError, SettingsError
from vidgait.outputs.session_page import render_session
from vidgait.outputs.session_words import view_reps
from vidgait.session import join, pair, session_schema, session_to_mapping
from vidgait.session.files import session_json
from vidgait.settings import Settings
from vidgait.store import save_analysis
from vidgait.types import Analysis, ClipPoses

FEW_DRAWS = Settings.from_mapping({"error": {"draws": 50}})


@cache
def clip(name: str, start_s: float = 0.0, **recipe: Any) -> Analysis:
    made = vidgait.simulate(**recipe)
    return vidgait.analyze_poses(from_time(made.poses, start_s), settings=made.settings(FEW_DRAWS), name=name)


def from_time(poses: ClipPoses, start_s: float) -> ClipPoses:
    """As a camera that was started later saw it: its clock begins at its own first frame."""
    first = int(np.searchsorted(poses.time_s, start_s))
    rows = poses.frame >= first
    time_s = poses.time_s[first:] - poses.time_s[first]
    return replace(
        poses, time_s=time_s, media_time_s=time_s.copy(), frame=poses.frame[rows] - first, xy_px=poses.xy_px[rows],
        score=poses.score[rows], xyz_m=None if poses.xyz_m is None else poses.xyz_m[rows],
    )  # fmt: skip


def leg(side: str, fppa_deg: float = 0.0, **more: Any) -> Analysis:
    turned = {f"fppa_{side}_deg": fppa_deg}
    return clip(f"{side}.mp4", movement="single_leg_squat", side=side, reps=3, knee_deg=65, **turned, **more)


def squats(view: str, start_s: float = 0.0, **more: Any) -> Analysis:
    name = f"{view}-{start_s}.mp4"
    return clip(name, start_s, **{"movement": "squat", "view": view, "reps": 3, "knee_deg": 95} | more)


# ---------------------------------------------------------------------------------------------------- left and right


def test_a_known_difference_between_the_legs_is_found_with_its_sign():
    session = join(leg("left", 18.0, pelvic_drop_deg=8), leg("right", 0.0), "left-right")
    assert session.roles == ("left", "right")
    one = next(one for one in session.comparisons if one.left.id == "fppa_change_60_degrees")
    assert one.left.value is not None and one.right.value is not None and one.difference.error is not None
    assert one.difference.value == pytest.approx(one.left.value - one.right.value)
    assert one.difference.value == pytest.approx(16, abs=4)
    assert one.difference.error == pytest.approx(np.hypot(one.left.error, one.right.error))
    assert one.clear is (abs(one.difference.value) > one.difference.error)


def test_equal_legs_do_not_differ():
    session = join(leg("left", 5.0), leg("right", 5.0))
    known = [one for one in session.comparisons if one.clear is not None]
    assert len(known) > 8
    assert not any(one.clear for one in known)
    assert all(abs(one.difference.value or 0) < 1.5 for one in known if one.left.unit == "deg")


def test_the_leg_comes_from_the_movement_whatever_the_order_and_the_names():
    left = replace(leg("left"), video=replace(leg("left").video, path="right.mp4"))
    session = join(leg("right"), left)
    assert [{rep.side for rep in one.reps if rep.index} for one in session.analyses] == [{"left"}, {"right"}]


def test_exchanging_the_legs_changes_the_sign_of_every_difference():
    one = join(leg("left", 12.0), leg("right", 2.0))
    other = join(leg("left", 2.0), leg("right", 12.0))
    for a, b in zip(one.comparisons, other.comparisons, strict=True):
        if a.difference.value is not None and b.difference.value is not None and a.left.unit == "deg":
            assert a.difference.value == pytest.approx(-b.difference.value, abs=0.8)


def test_a_deeper_leg_is_said():
    session = join(leg("left"), clip("r.mp4", movement="single_leg_squat", side="right", reps=3, knee_deg=100))
    issues = {issue.code: issue.message for issue in session.issues}
    assert "right leg went deeper" in issues["depth_differs"]


# ---------------------------------------------------------------------------------------------------- two views


@pytest.mark.parametrize("start_s, view, seen", [(0.0, "left", "front"), (0.5, "right", "back")])
def test_a_known_offset_is_found_within_its_error(start_s, view, seen):
    session = join(squats(view, start_s, rate_hz=50.0), squats(seen), "views")
    assert session.roles == ("front", "side")
    assert session.link.reps == ((1, 1), (2, 2), (3, 3))
    assert session.link.offset_error_s is not None and session.link.offset_error_s < 0.04
    assert session.link.offset_s == pytest.approx(-start_s, abs=session.link.offset_error_s)


def test_frontal_angles_are_read_at_the_side_views_depth():
    """The simulated FPPA is a share of the depth, so its change at 60 degrees is known. The turn is stated, so that
    only the moment at which it is read can be wrong."""
    made = {"fppa_left_deg": 14.0, "fppa_right_deg": 0.0}
    shown = vidgait.simulate("squat", view="front", reps=3, knee_deg=95, **made)
    front = vidgait.analyze_poses(shown.poses, settings=shown.settings(FEW_DRAWS), name="front.mp4", yaw_deg=0.0)
    session = join(front, squats("left", 0.4, **made), "views")
    left = shown.truth["angles_deg"]["left"]
    knee, fppa = (np.array(left[name], float) for name in ("knee_flexion_deg", "fppa_deg"))
    stands = int(np.searchsorted(shown.truth["time_s"], front.reps[0].start_s - 0.3))
    for depth_deg in (45, 60):
        name, row = f"fppa_change_at_knee_{depth_deg}", int(np.flatnonzero(knee >= depth_deg)[0])
        there = np.interp(depth_deg, knee[row - 1 : row + 1], fppa[row - 1 : row + 1])
        change = {one.side: one for one in session.measures if one.id == name and one.rep is None}
        assert change["left"].value == pytest.approx(there - fppa[stands], abs=0.8)
        assert change["left"].value == pytest.approx(
            front.find(f"fppa_change_{depth_deg}_degrees", "left").value, abs=0.3
        )
        assert change["left"].n == 3
        assert change["right"].value == pytest.approx(0, abs=0.5)


def test_every_repetition_has_its_columns_of_both_views():
    heads = view_reps(join(squats("front"), squats("left"), "views"))["heads"]
    assert {head["label"] for head in heads if head["where"] == "front"} == {
        "Knee movement inward (FPPA change)", "Pelvic obliquity", "Trunk side lean", "Knee distance over hip distance"
    }  # fmt: skip


def test_a_depth_that_is_not_reached_has_no_number():
    session = join(squats("front", knee_deg=70), squats("left", knee_deg=70), "views")
    assert {one.id.rsplit("_", 1)[1] for one in session.measures} == {"45", "60"}


# ---------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "first, second, kind, says",
    [
        (lambda: leg("left"), lambda: leg("left", 9.0), "left-right", "Both clips show the left leg"),
        (lambda: leg("left"), lambda: leg("left"), "left-right", "same recording"),
        (lambda: leg("left"), lambda: squats("front"), "left-right", "different movements"),
        (lambda: squats("front"), lambda: squats("front", 0.2), "left-right", "both legs at once"),
        (lambda: leg("left"), lambda: leg("right", view="right"), "left-right", "different sides"),
        (lambda: squats("front"), lambda: squats("front", 0.2), "views", "from the front or behind"),
        (lambda: squats("left"), lambda: squats("left", 0.2), "views", "from the side"),
        (lambda: squats("front"), lambda: squats("left", yaw_deg=-45.0), "views", "at an angle"),
        (lambda: squats("front"), lambda: squats("left", reps=4), "views", "3 repetitions"),
        (lambda: squats("front"), lambda: squats("left", rest_s=3.5), "views", "not two views of one set"),
        (lambda: squats("front"), lambda: squats("left", down_s=2.4), "views", "not two views of one set"),
        (lambda: squats("front"), lambda: squats("left", knee_deg=70), "views", "not two views of one set"),
    ],
)  # fmt: skip
def test_what_does_not_belong_together_is_refused_in_one_line(first, second, kind, says):
    with pytest.raises(PairError, match=says) as caught:
        join(first(), second(), kind)
    assert "\n" not in caught.value.message


def test_no_movement_is_said_with_the_clips_name():
    nobody = clip("still.mp4", movement="standing")
    with pytest.raises(PairError, match=r"No movement was recognised in still\.mp4"):
        join(nobody, leg("left"))


def test_an_unknown_kind_is_refused():
    with pytest.raises(SettingsError, match="Unknown kind of pair"):
        pair("a.mp4", "b.mp4", "twins")  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("kind", ["left-right", "views"])
def test_the_file_follows_its_schema_and_the_page_shows_both(kind):
    made = (leg("left", 12.0), leg("right")) if kind == "left-right" else (squats("front"), squats("left", 0.4))
    session = join(*made, kind)
    mapping = json.loads(session_json(session, ("../left", None)))
    jsonschema.Draft202012Validator.check_schema(session_schema())
    jsonschema.validate(mapping, session_schema())
    assert mapping["clips"][0]["folder"] == "../left"
    assert session_to_mapping(session)["kind"] == session.link.kind
    page = render_session(session, folders=("../a b", None))
    assert "../a%20b/report.html" in page
    for one in session.analyses:
        assert one.video.path in page
    assert not any(word in page for word in ("diagnosed", "weak gluteus", "instability", "NaN", "None"))


def test_a_pair_of_analyses_is_written_whole(tmp_path):
    pair(leg("left"), leg("right"), out=tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["session.html", "session.json"]


def test_a_refused_pair_leaves_nothing_behind(tmp_path):
    with pytest.raises(PairError):
        pair(leg("left"), squats("front"), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_folders_are_joined_without_being_touched(tmp_path):
    folders = [tmp_path / side for side in ("left", "right")]
    for folder, one in zip(folders, (leg("left"), leg("right")), strict=True):
        folder.mkdir()
        save_analysis(folder, one)
    before = {path: path.stat().st_mtime_ns for folder in folders for path in folder.iterdir()}
    session = pair(*folders, out=tmp_path)
    assert session.link.kind == "left_right"
    mapping = json.loads((tmp_path / "left-and-right" / "session.json").read_text())
    assert [one["folder"] for one in mapping["clips"]] == ["../left", "../right"]
    assert before == {path: path.stat().st_mtime_ns for folder in folders for path in folder.iterdir()}


def test_a_bad_clip_is_named(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(vidgait.VidgaitError, match=r"^empty: "):
        pair(leg("left"), tmp_path / "empty", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_same_file_twice_is_refused_before_any_work(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).write_bytes(b"not even a video")
    with pytest.raises(PairError, match="same recording"):
        pair(tmp_path / "a.mp4", tmp_path / "b.mp4", out=tmp_path / "out")


# ---------------------------------------------------------------------------------------------------- the command


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["one.mp4", "--pair", "left-right"], "--pair joins two clips, not 1."),
        (["one.mp4", "two.mp4", "--pair", "twins"], "Unknown kind of pair 'twins'."),
        (["absent.mp4", "other.mp4", "--pair", "views"], "absent.mp4: "),
        (["one.mp4", "--yaw-deg", "much"], "--yaw-deg takes DEG, not 'much'."),
        (["one.mp4", "--floor-line", "1,2,3"], "--floor-line takes X1,Y1,X2,Y2, not '1,2,3'."),
    ],
)
def test_a_wrong_command_is_one_line_and_exit_code_1(arguments, says, tmp_path):
    result = CliRunner().invoke(app, ["analyze", *arguments, "--out", str(tmp_path / "out")])
    assert result.exit_code == 1
    assert result.stderr.startswith(says)
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_the_command_joins_folders_and_says_what_it_found(tmp_path):
    folders = []
    for side in ("left", "right"):
        made = vidgait.simulate("single_leg_squat", side=side, reps=3, knee_deg=65)
        folders.append(str(tmp_path / side))
        vidgait.analyze_poses(made.poses, settings=made.settings(FEW_DRAWS), name=f"{side}.mp4", out=folders[-1])
    result = CliRunner().invoke(app, ["analyze", *folders, "--pair", "left-right", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.stderr
    assert "3 repetitions on the left leg and 3 on the right were compared." in result.stdout
    assert (tmp_path / "left-and-right" / "session.html").is_file()
    again = CliRunner().invoke(app, ["analyze", *folders, "--pair", "left-right", "--out", str(tmp_path)])
    assert again.exit_code == 1
    assert "exists already" in again.stderr
    turned = CliRunner().invoke(app, ["report", folders[0], "--yaw-deg", "-4", "--quiet"])
    assert turned.exit_code == 0, turned.stderr
    assert vidgait.load_analysis(tmp_path / "left").segments[0].yaw_deg == -4.0
    back = CliRunner().invoke(app, ["report", folders[0], "--yaw-deg", "auto", "--quiet"])
    assert back.exit_code == 0
    assert vidgait.load_analysis(tmp_path / "left").segments[0].yaw_source == "picture"
