"""What is painted: the right numbers at the right time and place, and nothing where there is nothing to say."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest

from tests.support.analyses import synthetic_squat
from vidgait.outputs.canvas import Box, Canvas
from vidgait.outputs.faces import Faces, heads_px
from vidgait.outputs.overlay import OverlayPainter, title_of, trace_lines
from vidgait.outputs.overlay_angles import Angle, draw_angles, inward, number
from vidgait.outputs.overlay_layout import occupancy, place
from vidgait.outputs.overlay_panels import TraceLine, TracePanel
from vidgait.outputs.style import COLOURS, LEFT, RIGHT, Style
from vidgait.settings import Settings
from vidgait.types import Analysis, FloatArray, ImageArray, Movement, PlanarFrame, Rep, Series

OUT_LEFT = np.array([-1.0, 0.0])
BONES = ("shoulder", "hip", "knee", "ankle", "toe")
SIZE = (360, 640)


def planes_of(size_px: tuple[int, int] = SIZE, value: int = 90) -> ImageArray:
    planes = np.full((size_px[1] * 3 // 2, size_px[0]), 128, np.uint8)
    planes[: size_px[1]] = value
    return planes


def painted(
    painter: OverlayPainter, media_time_s: float, size_px: tuple[int, int] = SIZE, index: int = 0
) -> ImageArray:
    planes = planes_of(size_px)
    painter.paint(PlanarFrame(index, media_time_s, media_time_s, planes))
    return planes


def angles_in(painter: OverlayPainter) -> dict[str, str]:
    """Name and value of every number at a joint, by what was written."""
    found = (re.fullmatch(r"(.*?) (−?\d+°.*)", words) for words in painter.written)
    return {match[1]: match[2] for match in found if match and not match[1].startswith("Knee bends")}


@pytest.fixture(scope="module")
def side() -> Analysis:
    return synthetic_squat("left", reps=4, size_px=(720, 1280))


@pytest.fixture(scope="module")
def front() -> Analysis:
    return synthetic_squat("front", reps=2, size_px=(720, 1280))


def refused(analysis: Analysis, *names: str) -> Analysis:
    """The same, with some series refused by the view."""
    nothing = np.full(len(analysis.clean.time_s), np.nan)
    series = tuple(
        replace(one, value=nothing, why_none="not measurable here") if not names or one.name in names else one
        for one in analysis.series
    )
    return replace(analysis, series=series)


def test_pictures_outside_the_analysis_stay_as_they_are(side: Analysis) -> None:
    painter = OverlayPainter(side, SIZE)
    for media_time_s in (-0.5, -0.02, side.poses.media_time_s[-1] + 0.02, 99.0):
        assert (painted(painter, media_time_s) == planes_of()).all()
        assert painter.written == []


def test_a_picture_inside_is_drawn_on_and_says_the_numbers_of_its_instant(side: Analysis) -> None:
    painter = OverlayPainter(side, SIZE)
    row = 70
    assert (painted(painter, side.poses.media_time_s[row]) != planes_of()).any()
    wanted = {
        label: number(next(s for s in side.series if s.name == name and s.side in ("left", None)).value[row])
        for label, name in (
            ("knee", "knee_flexion_deg"),
            ("trunk", "trunk_lean_deg"),
            ("ankle", "ankle_dorsiflexion_deg"),
        )
    }
    assert angles_in(painter) == wanted


def test_from_the_front_each_knee_says_in_or_out(front: Analysis) -> None:
    painter = OverlayPainter(front, SIZE)
    row = 20
    painted(painter, front.poses.media_time_s[row])
    shown = {s.side: inward(s.value[row]) for s in front.series if s.name == "fppa_deg"}
    assert angles_in(painter) == {"L knee": shown["left"], "R knee": shown["right"]}


def test_no_knee_angle_from_the_front_where_the_thigh_points_at_the_camera(front: Analysis) -> None:
    points = front.clean.xy_px.copy()
    names = front.clean.skeleton
    points[:, names.indices("left_hip", "right_hip"), 1] = points[:, names.indices("left_knee", "right_knee"), 1] - 5
    painter = OverlayPainter(replace(front, clean=front.clean.replace(xy_px=points)), SIZE)
    painted(painter, 1.0)
    assert angles_in(painter) == {}


@pytest.mark.parametrize("view", ["left", "front", "back", "oblique"])
def test_no_numbers_where_the_view_refuses_them(view: str) -> None:
    analysis = refused(synthetic_squat(view, reps=1))  # type: ignore[arg-type]
    painter = OverlayPainter(analysis, SIZE)
    for media_time_s in analysis.poses.media_time_s[::7]:
        painted(painter, float(media_time_s))
        assert not any("°" in words for words in painter.written)


def test_one_refused_series_leaves_the_others(side: Analysis) -> None:
    painter = OverlayPainter(refused(side, "trunk_lean_deg"), SIZE)
    painted(painter, 2.0)
    assert set(angles_in(painter)) == {"knee", "ankle"}


def test_nothing_of_a_missing_person_is_drawn() -> None:
    analysis = synthetic_squat("left", lost=(1.9, 2.6))
    painter = OverlayPainter(analysis, SIZE)
    planes = painted(painter, 2.2)
    middle = Box(130, 200, 300, 480)
    assert (Canvas(planes).planes[0][middle.top : middle.bottom, middle.left : middle.right] == 90).all()
    assert angles_in(painter) == {}
    assert "knee flexion" in painter.written, "panels stay"
    painted(painter, 1.5)
    assert "knee" in angles_in(painter)


def test_missing_points_take_only_their_own_bones_and_angles(side: Analysis) -> None:
    points = side.clean.xy_px.copy()
    points[:, side.clean.skeleton.index("left_ankle")] = np.nan
    series = tuple(
        replace(one, value=np.full_like(one.value, np.nan)) if one.name.startswith(("knee", "ankle")) else one
        for one in side.series
    )
    painter = OverlayPainter(replace(side, clean=side.clean.replace(xy_px=points), series=series), SIZE)
    painted(painter, 2.0)
    assert set(angles_in(painter)) == {"trunk"}


def irregular() -> Analysis:
    """A variable frame rate, slow motion by two, and a media clock that starts late."""
    rng = np.random.default_rng(4)
    time_s = np.cumsum(rng.uniform(0.02, 0.06, 120))
    analysis = synthetic_squat("left", reps=1, time_s=time_s)
    media_time_s = 3.0 + 2.0 * time_s
    return replace(analysis, poses=replace(analysis.poses, media_time_s=media_time_s))


def test_pictures_are_joined_by_media_time_and_never_by_index() -> None:
    analysis = irregular()
    painter = OverlayPainter(analysis, SIZE)
    knee = next(s for s in analysis.series if s.name == "knee_flexion_deg" and s.side == "left")
    for row in (100, 3, 60, 61):
        painted(painter, float(analysis.poses.media_time_s[row]), index=7)
        assert angles_in(painter)["knee"] == number(knee.value[row])


def test_a_picture_between_two_far_apart_gets_no_numbers() -> None:
    analysis = irregular()
    media_time_s = analysis.poses.media_time_s.copy()
    media_time_s[60:] += 1.0
    painter = OverlayPainter(replace(analysis, poses=replace(analysis.poses, media_time_s=media_time_s)), SIZE)
    painted(painter, float(media_time_s[59]) + 0.5)
    assert angles_in(painter) == {}
    painted(painter, float(media_time_s[59]) + 0.3 * float(np.median(np.diff(media_time_s))))
    assert "knee" in angles_in(painter)


def test_the_same_picture_comes_out_the_same_whatever_was_painted_before(side: Analysis) -> None:
    one, other = OverlayPainter(side, SIZE), OverlayPainter(side, SIZE)
    for media_time_s in (4.0, 1.0, 8.0, 2.5):
        painted(other, media_time_s)
    times = [float(time) for time in side.poses.media_time_s[::29]]
    assert all((painted(one, time) == painted(other, time)).all() for time in times)


@pytest.mark.parametrize("view", ["left", "front"])
@pytest.mark.parametrize(
    "size_px", [(64, 36), (36, 64), (2, 2), (240, 136), (136, 240), (640, 640), (1080, 1920), (3840, 2160)]
)
def test_any_size_of_picture_works(view: str, size_px: tuple[int, int]) -> None:
    analysis = synthetic_squat(view, reps=3, size_px=(720, 1280))  # type: ignore[arg-type]
    painter = OverlayPainter(analysis, size_px)
    for media_time_s in (0.0, 2.3, 3.3, 7.3):
        painted(painter, media_time_s, size_px)


def test_points_follow_the_scale_of_the_picture(side: Analysis) -> None:
    """A bone keeps its colour at the middle of the shank at every size."""
    ankle, knee = (side.clean.point(f"left_{part}")[0] for part in ("ankle", "knee"))
    for size_px in (SIZE, (720, 1280)):
        canvas = Canvas(painted(OverlayPainter(side, size_px), 0.0, size_px))
        x, y = (0.6 * ankle + 0.4 * knee) * (size_px[0] / 720)
        pixel = [int(p[round(y) // half, round(x) // half]) for p, half in zip(canvas.planes, (1, 2, 2), strict=True)]
        assert pixel == pytest.approx(COLOURS[LEFT], abs=12)


def test_left_is_blue_and_right_is_orange_from_the_front(front: Analysis) -> None:
    canvas = Canvas(painted(OverlayPainter(front, (720, 1280)), 0.0, (720, 1280)))
    for side_name, colour in (("left", LEFT), ("right", RIGHT)):
        ankle, knee = (front.clean.point(f"{side_name}_{part}")[0] for part in ("ankle", "knee"))
        x, y = 0.75 * ankle + 0.25 * knee
        pixel = [int(plane[round(y) // 2, round(x) // 2]) for plane in canvas.planes[1:]]
        assert pixel == pytest.approx(COLOURS[colour][1:], abs=12)


def test_unsure_points_are_faint_and_have_no_joint(side: Analysis) -> None:
    score = side.clean.score.copy()
    score[:, side.clean.skeleton.index("left_knee")] = 0.35
    faint = OverlayPainter(replace(side, clean=side.clean.replace(score=score)), (720, 1280))
    sure = OverlayPainter(side, (720, 1280))
    x, y = (round(number) for number in side.clean.point("left_knee")[0])
    values = [int(Canvas(painted(one, 0.0, (720, 1280))).planes[0][y, x]) for one in (sure, faint)]
    assert values[0] > 220, "a bright joint"
    assert 90 < values[1] < values[0] - 30, "half way between the picture and the bone"


def test_numbers_and_words() -> None:
    assert number(118.4) == "118°"
    assert number(-0.4) == "0°"
    assert number(-7.6) == "−8°"
    assert inward(8.2) == "8° in"
    assert inward(-8.2) == "8° out"
    assert inward(0.3) == "0°"


# --- layout ---------------------------------------------------------------------------------------------------------


def test_panels_keep_out_of_the_athletes_way(side: Analysis) -> None:
    share = occupancy(side.clean, (720, 1280))
    assert share.sum() > 0
    assert share.max() <= 1
    moved = side.clean.replace(xy_px=side.clean.xy_px - np.array([240, 300]))
    box = place(occupancy(moved, (720, 1280)), (720, 1280), (340, 170), 20, (), 1.0)
    assert box is not None
    assert (box.left, box.top) != (20, 20)


def test_a_panel_that_fits_nowhere_or_hides_too_much_is_left_out(side: Analysis) -> None:
    share = occupancy(side.clean, (720, 1280))
    assert place(share, (720, 1280), (900, 100), 20, (), 1.0) is None
    assert place(share, (720, 1280), (680, 1240), 20, (), 0.2) is None
    taken = [Box(0, 0, 720, 300), Box(0, 1000, 720, 1280)]
    assert place(share, (720, 1280), (200, 100), 20, taken, 1.0) is None


def test_labels_never_lie_on_one_another_nor_outside(side: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes: list[Box] = []
    sprite = Canvas.sprite

    def watched(self: Canvas, *args: object) -> Box:
        boxes.append(sprite(self, *args))  # type: ignore[arg-type]
        return boxes[-1]

    monkeypatch.setattr(Canvas, "sprite", watched)
    painter = OverlayPainter(side, SIZE)
    for media_time_s in side.poses.media_time_s[::9]:
        boxes.clear()
        painted(painter, float(media_time_s))
        labels = boxes[-len(angles_in(painter)) :]
        panels = [painter._boxes[0], painter._boxes[1]]
        for at, one in enumerate(labels):
            assert one.left >= 0
            assert one.top >= 0
            assert one.right <= SIZE[0]
            assert one.bottom <= SIZE[1]
            assert not any(one.overlaps(other) for other in [*labels[:at], *panels])


def test_a_label_moves_away_from_the_body_where_the_picture_ends() -> None:
    """The right knee's label has no room on its outward side; above it lies the thigh, below it is free."""
    style, size_px = Style.of(SIZE), SIZE
    knee = np.array([80.0, 300.0])
    angle = Angle("knee_flexion_deg", "right", "knee", "106°", knee, *(np.array([0.0, 1.0]),) * 2, 40.0, OUT_LEFT)
    points = {f"{side}_{part}": np.array([300.0, 500.0]) for side in ("left", "right") for part in BONES}
    points |= {"right_hip": np.array([10.0, 268.0]), "right_shoulder": np.array([10.0, 100.0]), "right_knee": knee}
    written: list[str] = []
    planes = np.full((size_px[1] * 3 // 2, size_px[0]), 128, np.uint8)
    draw_angles(Canvas(planes), [angle], style, (), written, points)
    changed = np.argwhere(planes[: size_px[1]] < 100)
    assert written == ["knee 106°"]
    assert changed[:, 0].min() > 300, "not over the thigh"


def test_somebody_who_stands_still_has_a_flat_trace(side: Analysis) -> None:
    still = np.tile([10.0, 11.0], len(side.clean.time_s))[: len(side.clean.time_s)]
    box, style = Box(0, 0, 270, 104), Style.of(SIZE)
    lines = [TraceLine(still, LEFT)]
    heights = []
    for span in (30.0, 1e-6):
        trace = TracePanel("knee flexion", side.clean.time_s, lines, (), style, box, span)
        heights.append(np.ptp(trace._y(still)))
    assert heights[0] < 3 < 20 < heights[1]


def test_letters_are_large_enough_for_a_phone() -> None:
    for size_px in ((720, 1280), (1280, 720), (1080, 1920), (3840, 2160)):
        assert Style.of(size_px).text_px >= 0.022 * max(size_px)


def test_titles_say_movement_and_view_as_far_as_there_is_room(side: Analysis) -> None:
    style = Style.of((720, 1280))
    assert title_of(side, style, 400) == "Squat · left side"
    assert title_of(side, style, 130) == "Squat"
    unknown = replace(side, movement=Movement(None, 0.0, "not recognised"))
    assert title_of(unknown, style, 400) == "left side"
    assert title_of(replace(unknown, segments=()), style, 400) == ""


# --- counter, trace -------------------------------------------------------------------------------------------------


def test_the_counter_runs_with_the_repetitions(side: Analysis) -> None:
    painter = OverlayPainter(side, SIZE)
    shown = []
    for rep in (None, *side.reps):
        painted(painter, 0.0 if rep is None else rep.instants["bottom"] + 0.2)
        shown.append(painter.written[1:4])
    assert [words[:2] for words in shown] == [[str(count), "of 4"] for count in range(5)]
    assert [words[2] for words in shown] == ["standing"] + 4 * ["coming up"]


@pytest.mark.parametrize("size_px", [(720, 1280), (608, 1080), (960, 1280), (1280, 720)])
def test_no_panel_covers_head_or_feet_of_somebody_in_the_middle(front: Analysis, size_px: tuple[int, int]) -> None:
    """They fill three quarters of the height."""
    head = heads_px(front.poses)
    top, bottom = np.nanmin(head[:, 1] - head[:, 2]), np.nanmax(front.clean.xy_px[..., 1])
    scale = 0.75 * size_px[1] / (bottom - top)
    middle = np.array([np.nanmean(head[:, 0]), 0.5 * (top + bottom)])

    def moved(points: FloatArray) -> FloatArray:
        placed: FloatArray = (points - middle) * scale + np.array(size_px) / 2
        return placed

    video = replace(front.video, size_px=size_px)
    poses = replace(front.poses, xy_px=moved(front.poses.xy_px), size_px=size_px)
    clean = front.clean.replace(xy_px=moved(front.clean.xy_px))
    boxes = OverlayPainter(replace(front, video=video, poses=poses, clean=clean), size_px)._boxes
    feet = clean.xy_px[:, clean.skeleton.indices("left_heel", "left_toe", "right_heel", "right_toe")].reshape(-1, 2)
    assert len(boxes) == 2
    for box in boxes:
        low, high = np.array([box.left, box.top]), np.array([box.right, box.bottom])
        assert not ((feet > low) & (feet < high)).all(axis=1).any()
        for x, y, radius_px in heads_px(poses):
            nearest = np.clip((x, y), low, high)
            assert np.hypot(*(nearest - (x, y))) > radius_px


def test_the_phase_always_fits_beside_the_number(side: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    rights = []
    sprite = Canvas.sprite

    def watched(self: Canvas, *args: object) -> Box | None:
        rights.append(sprite(self, *args))  # type: ignore[arg-type]
        return rights[-1]

    monkeypatch.setattr(Canvas, "sprite", watched)
    partial = tuple(replace(rep, index=0, kind="partial") for rep in side.reps)
    painter = OverlayPainter(replace(side, reps=partial), SIZE)
    painter._counter.paint(Canvas(textured()), side.reps[0].start_s + 0.2, painter.written)  # type: ignore[union-attr]
    assert "going down (partial)" in painter.written
    assert all(box.right <= painter._boxes[0].right for box in rights if box)


def test_an_unrecognised_movement_has_no_counter_and_still_its_angles(side: Analysis) -> None:
    painter = OverlayPainter(replace(side, movement=Movement(None, 0.0, "none"), reps=(), measures=()), SIZE)
    painted(painter, 2.0)
    assert painter.written[:2] == ["left side", "knee flexion"]
    assert set(angles_in(painter)) == {"knee", "trunk", "ankle"}


def test_the_trace_takes_the_near_knee_or_else_the_hips(side: Analysis, front: Analysis) -> None:
    title, lines = trace_lines(side) or ("", [])
    assert (title, [line.colour for line in lines]) == ("knee flexion", [LEFT])
    height = Series("hip_height_leg_lengths", "leg lengths", None, np.linspace(0, 1, len(front.clean.time_s)))
    title, lines = trace_lines(replace(front, series=(*front.series, height))) or ("", [])
    assert (title, len(lines)) == ("hip height", 1)
    assert trace_lines(replace(front, series=())) is None


def test_long_clips_turn_the_page_of_their_trace() -> None:
    analysis = synthetic_squat("left", reps=20, rate_hz=10)
    painter = OverlayPainter(analysis, SIZE)
    assert analysis.clean.time_s[-1] > 48
    pictures = [painted(painter, at) for at in (1.0, 30.0, float(analysis.poses.media_time_s[-1]))]
    assert not any((one == other).all() for one, other in itertools.pairwise(pictures))


# --- cues -----------------------------------------------------------------------------------------------------------


def test_a_cue_stands_under_its_repetition(side: Analysis) -> None:
    painter = OverlayPainter(side, SIZE)
    painted(painter, side.reps[3].end_s)
    assert any("than at first" in words for words in painter.written)
    painted(painter, side.reps[0].end_s)
    assert not any("than at first" in words for words in painter.written)


# --- faces ----------------------------------------------------------------------------------------------------------


def textured() -> ImageArray:
    return np.random.default_rng(1).integers(40, 220, (SIZE[1] * 3 // 2, SIZE[0])).astype(np.uint8)


def roughness(planes: ImageArray, x: float, y: float) -> float:
    part = planes[round(y) - 5 : round(y) + 6, round(x) - 5 : round(x) + 6].astype(float)
    return float(np.abs(np.diff(part, axis=1)).mean())


def with_a_second_person(analysis: Analysis, rows: slice) -> Analysis:
    """Somebody 150 px to the left of the athlete in some pictures; only the nose and an eye of them are sure."""
    poses = analysis.poses
    other = poses.xy_px[rows] - (150, 0)
    frame = np.concatenate([poses.frame, poses.frame[rows]])
    order = np.argsort(frame, kind="stable")
    ids = np.concatenate([analysis.person_ids, np.ones(len(other), int)])[order]
    merged = replace(
        poses,
        frame=frame[order],
        xy_px=np.concatenate([poses.xy_px, other])[order],
        score=np.concatenate([poses.score, np.full_like(poses.score[rows], 0.05)])[order],
    )
    return replace(analysis, poses=merged, person_ids=ids)


@pytest.mark.parametrize("blur", [True, False])
def test_faces_of_everybody_are_hidden_when_asked(blur: bool) -> None:
    settings = Settings().merged({"output": {"blur_faces": blur}})
    analysis = with_a_second_person(synthetic_squat("front", reps=1, settings=settings), slice(0, None))
    planes = textured()
    OverlayPainter(analysis, SIZE).paint(PlanarFrame(0, 0.5, 0.5, planes))
    for moved in (0, -150):
        x, y = (analysis.clean.point("nose")[15] + (moved, 0)) * 0.5
        assert (roughness(planes, x, y) < 12) is blur


def test_a_face_stays_hidden_over_a_short_gap_and_not_for_ever() -> None:
    settings = Settings().merged({"output": {"blur_faces": True}})
    plain = synthetic_squat("front", reps=1, settings=settings)
    analysis = with_a_second_person(plain, slice(0, 30))
    painter = OverlayPainter(analysis, SIZE)
    x, y = (analysis.clean.point("nose")[29] - (150, 0)) * 0.5
    hidden = []
    for media_time_s in (0.5, 1.3, 2.9):
        planes = textured()
        painter.paint(PlanarFrame(0, media_time_s, media_time_s, planes))
        hidden.append(roughness(planes, x, y) < 12)
    assert hidden == [True, True, False]


def test_a_face_is_led_over_a_gap_of_two_seconds() -> None:
    settings = Settings().merged({"output": {"blur_faces": True}})
    plain = synthetic_squat("front", reps=2, settings=settings)
    points, time_s = plain.poses.xy_px.copy(), plain.poses.media_time_s
    points[time_s > 1.0] += (200, 0)
    gap = (time_s[plain.poses.frame] > 1.0) & (time_s[plain.poses.frame] < 2.8)
    kept = replace(
        plain.poses,
        frame=plain.poses.frame[~gap],
        xy_px=points[~gap],
        score=plain.poses.score[~gap],
        xyz_m=None if plain.poses.xyz_m is None else plain.poses.xyz_m[~gap],
    )
    faces = Faces(kept, plain.person_ids[~gap])
    before, after = heads_px(kept)[[np.flatnonzero(time_s <= 1.0)[-1], np.flatnonzero(time_s <= 1.0)[-1] + 1]]
    (led,) = faces.at(1.9, 0.01)
    assert before[0] + 60 < led[0] < after[0] - 60
    assert led[2] > 1.5 * min(before[2], after[2])
    assert len(faces.at(1.2, 0.01)) == 2, "near the last sighting it is also held there"


@pytest.mark.parametrize("missing", [("hip",), ("left_shoulder", "hip"), ("left_shoulder",), ()])
def test_a_head_that_shows_no_face_is_hidden_above_the_shoulders(missing: tuple[str, ...], front: Analysis) -> None:
    points = front.poses.xy_px.copy()
    expected = points[:, 0].copy()
    points[:, :11] = np.nan
    for row, keypoint in enumerate(front.poses.skeleton.keypoints):
        if any(keypoint.endswith(part) for part in missing):
            points[:, row] = np.nan
    heads = heads_px(replace(front.poses, xy_px=points))
    if missing == ("left_shoulder", "hip"):
        assert np.isnan(heads[:, 2]).all(), "one point alone says nothing of size"
        return
    away_px = np.hypot(*(heads[:, :2] - expected).T)
    assert (away_px < heads[:, 2])[:20].all(), "the nose lies in the disc of somebody who stands"


def test_the_head_is_found_even_from_the_shoulders_alone() -> None:
    settings = Settings().merged({"output": {"blur_faces": True}})
    analysis = synthetic_squat("front", reps=1, settings=settings)
    points = analysis.poses.xy_px.copy()
    points[:, :11] = np.nan
    planes = textured()
    painter = OverlayPainter(replace(analysis, poses=replace(analysis.poses, xy_px=points)), SIZE)
    painter.paint(PlanarFrame(0, 0.5, 0.5, planes))
    assert roughness(planes, *(analysis.clean.point("nose")[15] * 0.5)) < 12


def test_partial_repetitions_are_called_so(side: Analysis) -> None:
    partial = Rep(0, "partial", 0.2, 1.2, None, {"bottom": 0.8})
    painter = OverlayPainter(replace(side, reps=(partial, *side.reps)), SIZE)
    painted(painter, 0.5)
    assert painter.written[1:4] == ["0", "of 4", "going down (partial)"]


def test_the_picture_does_not_say_what_the_report_refuses(side: Analysis) -> None:
    measures = tuple(
        replace(one, value=None, why_none="the knee is hidden") if one.id == "knee_flexion_bottom" else one
        for one in side.measures
    )
    painter = OverlayPainter(replace(side, measures=measures), SIZE)
    painted(painter, 2.0)
    assert set(angles_in(painter)) == {"trunk", "ankle"}


def test_half_a_body_is_drawn_without_the_other_half(front: Analysis) -> None:
    """One knee seen and the other not: nothing knows which way is outward."""
    points = front.clean.xy_px.copy()
    points[:, front.clean.skeleton.indices("right_knee", "right_hip", "right_toe")] = np.nan
    painter = OverlayPainter(replace(front, clean=front.clean.replace(xy_px=points)), SIZE)
    painted(painter, 0.5)
    assert set(angles_in(painter)) == {"L knee"}


def test_a_side_view_without_facing_or_toes_still_works(side: Analysis) -> None:
    points = side.clean.xy_px.copy()
    points[:, side.clean.skeleton.index("left_toe")] = np.nan
    segments = tuple(replace(one, facing="unknown") for one in side.segments)
    painter = OverlayPainter(replace(side, clean=side.clean.replace(xy_px=points), segments=segments), SIZE)
    painted(painter, 2.0)
    assert set(angles_in(painter)) == {"knee", "trunk"}


def test_a_refused_instant_leaves_the_angle_at_others(front: Analysis) -> None:
    measures = tuple(
        replace(one, value=None, why_none="the thigh points at the camera") if one.id == "fppa_bottom" else one
        for one in front.measures
    )
    other = replace(next(one for one in front.measures if one.id == "fppa_bottom" and one.rep == 1), value=4.0)
    measures += tuple(replace(other, id="fppa_change_60_degrees", side=side) for side in ("left", "right"))
    painter = OverlayPainter(replace(front, measures=measures), SIZE)
    painted(painter, 0.5)
    assert set(angles_in(painter)) == {"L knee", "R knee"}


def test_an_oblique_view_says_about_how_far_the_knee_bends() -> None:
    analysis = synthetic_squat("oblique", reps=1)
    segments = tuple(replace(one, near_side="left") for one in analysis.segments)
    coarse = Series("knee_flexion_vertical_deg", "deg", "left", np.full(len(analysis.clean.time_s), 63.0))
    analysis = replace(refused(analysis), segments=segments)
    painter = OverlayPainter(replace(analysis, series=(*analysis.series, coarse)), SIZE)
    painted(painter, 1.0)
    assert angles_in(painter) == {"knee about": "63°"}
    painter = OverlayPainter(
        replace(analysis, series=(*analysis.series, replace(coarse, value=coarse.value * np.nan))), SIZE
    )
    painted(painter, 1.0)
    assert angles_in(painter) == {}
