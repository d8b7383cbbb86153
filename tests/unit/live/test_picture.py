"""What the live picture shows: everything inside it, words upright, old numbers gone, the person's left theirs."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest

from vidgait.live.picture import KEYS, Extras, banner_of, better_column, paint
from vidgait.live.picture_layout import Layout, lay_out
from vidgait.live.picture_paper import Ink, Paper, bgr_of, count_ink, fitted, width_px_of
from vidgait.live.state import Advice, LiveCue, LiveReading, LiveRep, LiveState, LiveStats, LiveView, Phase, Stage
from vidgait.outputs.canvas import Box
from vidgait.outputs.style import LEFT, RIGHT, WATCH
from vidgait.types import BLAZEPOSE, FloatArray, ImageArray

SIZES = [(320, 240), (240, 320), (240, 426), (640, 480), (720, 1280), (1280, 720), (1920, 1080), (500, 500), (321, 243)]
LEGS = ("hip", "knee", "ankle", "heel", "toe")
HEIGHTS = {"eye": 0.06, "ear": 0.06, "mouth": 0.09, "shoulder": 0.2, "elbow": 0.36, "wrist": 0.5, "hip": 0.5}
HEIGHTS |= {"pinky": 0.54, "index": 0.54, "thumb": 0.53, "knee": 0.74, "ankle": 0.95, "heel": 0.98, "toe": 0.99}


def standing(size_px: tuple[int, int], middle: float = 0.5) -> FloatArray:
    """(33, 2) somebody who faces the camera, four fifths of the picture tall: their left is at the picture's right."""
    width, height = size_px
    tall = 0.8 * height
    points = np.zeros((33, 2))
    for row, name in enumerate(BLAZEPOSE.keypoints):
        side, _, part = name.partition("_")
        part = part.split("_")[0]
        beside = {"left": 1, "right": -1}.get(side, 0) * (0.11 if part in ("shoulder", "elbow", "wrist") else 0.055)
        points[row] = middle * width + beside * tall, 0.15 * height + HEIGHTS.get(part, 0.05) * tall
    return points


def reading(name: str, value: float | None, **changes: Any) -> LiveReading:
    return LiveReading(name, "Knee", "left", value, 4.6, "deg", **changes)


def view_of(size_px: tuple[int, int], **changes: Any) -> LiveView:
    """Four repetitions done; `changes` of the state, or of the view where it has the field."""
    state = LiveState(
        time_s=10.0,
        stage="working",
        points_px=standing(size_px),
        score=np.ones(33),
        roll_deg=0.0,
        view="front",
        facing="camera",
        near_side=None,
        yaw_deg=0.0,
        movement="squat",
        phase="down",
        depth_share=0.6,
        readings=(reading("knee_flexion_deg", 92.0), reading("hip_flexion_deg", 72.0)),
        reps=tuple(LiveRep(index, None, index, index, index, index) for index in range(1, 5)),
    )
    view = LiveView(state, (), None, LiveStats(400, 388, 12, 29.8, 61.2, 90.4, (("pose", 21.3),)))
    of_view = {name: value for name, value in changes.items() if hasattr(view, name)}
    of_state = {name: value for name, value in changes.items() if name not in of_view}
    return replace(view, state=replace(state, **of_state), **of_view)


def lost(size_px: tuple[int, int], **changes: Any) -> LiveView:
    return view_of(size_px, points_px=None, score=None, lost_s=0.6, **changes)


def plain(size_px: tuple[int, int], shade: int = 120) -> ImageArray:
    return np.full((size_px[1], size_px[0], 3), shade, np.uint8)


def noisy(size_px: tuple[int, int]) -> ImageArray:
    return np.random.default_rng(1).integers(0, 256, (size_px[1], size_px[0], 3), np.uint8)


ADVICE = Advice("feet_cut_off", "Step back: show your feet", "Your feet are cut off at the bottom of the picture.")
CUE = LiveCue("knee_in", "Left knee out over toes", "watch", "left", 9.0)
BUSY: dict[str, Any] = {"recording": True, "notice": "The stream broke off: trying again"}


def states(size_px: tuple[int, int]) -> list[LiveView]:
    """Every stage with and without what may come with it."""
    found = [
        view_of(size_px, stage=stage, phase=phase, reps=(), **more)
        for stage, phase in zip(get_args(Stage), itertools.cycle(get_args(Phase)), strict=False)
        for more in ({}, {"advice": (ADVICE,)}, {"cue": CUE}, {"paused": True}, BUSY)
    ]
    many = tuple(LiveRep(i, "left" if i % 2 else "right", i, i, i, 9.9) for i in range(1, 129))
    refused = tuple(reading(str(at), None, why_none="not measurable from the front") for at in range(3))
    found += [lost(size_px), lost(size_px, stage="looking", reps=(), advice=(ADVICE,)), view_of(size_px, **BUSY)]
    found += [view_of(size_px, reps=many, readings=refused, cue=CUE), view_of(size_px, movement=None, readings=())]
    return [*found, view_of(size_px, movement="no_such_movement", depth_share=float("nan"))]


class Recorder:
    """What is laid over the picture and which words are written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.boxes: list[tuple[Box, tuple[int, int]]] = []
        self.words: list[str] = []
        lay, write, write_number = Paper.lay, Paper.write, Paper.write_number

        def laid(paper: Paper, ink: Ink, left_px: float, top_px: float) -> Box:
            box = lay(paper, ink, left_px, top_px)
            if box.width > 2 and bool(ink.colour.any()):
                shown = np.flatnonzero((ink.through < 255).any(axis=(0, 2)))
                low, high = np.flatnonzero((ink.through < 255).any(axis=(1, 2)))[[0, -1]]
                ends = Box(box.left + int(shown[0]), box.top + int(low), box.left + int(shown[-1]), box.top + int(high))
                self.boxes.append((ends, paper.size_px))
            return box

        def written(paper: Paper, words: str, *rest: Any, **named: Any) -> float:
            self.words.append(words)
            return write(paper, words, *rest, **named)

        def numbered(paper: Paper, number: str, *rest: Any, **named: Any) -> float:
            self.words.append(number)
            return write_number(paper, number, *rest, **named)

        def counted(count: str, *rest: Any) -> Ink:
            self.words.append(count)
            return count_ink(count, *rest)

        monkeypatch.setattr("vidgait.live.picture_panels.count_ink", counted)
        monkeypatch.setattr(Paper, "lay", laid)
        monkeypatch.setattr(Paper, "write", written)
        monkeypatch.setattr(Paper, "write_number", numbered)

    @property
    def text(self) -> str:
        return " ".join(self.words)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    return Recorder(monkeypatch)


@pytest.mark.parametrize("size_px", SIZES, ids=str)
def test_every_state_is_painted_at_every_size_and_nothing_leaves_the_picture(
    size_px: tuple[int, int], recorder: Recorder
) -> None:
    for view, mirror in itertools.product(states(size_px), (False, True)):
        shown = paint(plain(size_px), view, mirror, extras=Extras(stats=True, help=True))
        assert (shown.shape, shown.dtype) == ((size_px[1], size_px[0], 3), np.uint8)
    assert recorder.boxes
    for box, (width, height) in recorder.boxes:
        assert box.left >= 0 and box.top >= 0 and box.right < width and box.bottom < height, (box, width, height)


@pytest.mark.parametrize("source_px", [(480, 640), (640, 480), (1280, 720), (404, 720)], ids=str)
@pytest.mark.parametrize("size_px", [(1280, 720), (960, 720), (700, 900), (1280, 400)], ids=str)
def test_a_picture_of_another_shape_is_shown_whole(
    source_px: tuple[int, int], size_px: tuple[int, int], recorder: Recorder
) -> None:
    image = plain(source_px, 255)
    for column in ("left", "right"):
        shown = paint(
            image, view_of(source_px, readings=(), points_px=None), size_px=size_px, extras=Extras(column=column)
        )
        layout = lay_out(source_px, size_px, column)
        assert shown.shape == (size_px[1], size_px[0], 3)
        assert layout.picture.width / layout.picture.height == pytest.approx(source_px[0] / source_px[1], rel=0.01)
        beyond = shown.copy()
        beyond[layout.picture.top : layout.picture.bottom, layout.picture.left : layout.picture.right] = 0
        assert not (beyond == 255).all(axis=2).mean() > 0.2, "the ground beside the picture is dark"
    for box, (width, height) in recorder.boxes:
        assert box.left >= 0 and box.top >= 0 and box.right < width and box.bottom < height


@pytest.mark.parametrize("size_px", SIZES, ids=str)
@pytest.mark.parametrize("column", ["left", "right"])
def test_boxes_stay_inside_and_do_not_overlap(size_px: tuple[int, int], column: Any) -> None:
    layout: Layout = lay_out(size_px, size_px, column)
    boxes = [layout.banner, layout.counter, layout.readings, layout.bar]
    for box in (*boxes, layout.guide, layout.checks, layout.foot, layout.notice, layout.recording):
        assert 0 <= box.left < box.right <= size_px[0] and 0 <= box.top < box.bottom <= size_px[1]
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    assert not layout.guide.overlaps(layout.checks)


@pytest.mark.parametrize("size_px", [(1280, 720), (1920, 1080), (640, 480), (720, 1280), (480, 640)], ids=str)
@pytest.mark.parametrize("mirror", [False, True])
def test_the_legs_of_somebody_in_the_middle_stay_free(
    size_px: tuple[int, int], mirror: bool, recorder: Recorder
) -> None:
    for stage in ("setting_up", "working"):
        advice = (ADVICE,) if stage == "setting_up" else ()
        reps = () if stage == "setting_up" else view_of(size_px).state.reps
        view = view_of(size_px, stage=stage, advice=advice, cue=CUE, reps=reps, recording=True)
        paint(plain(size_px), view, mirror, extras=Extras(stats=stage == "working"))
    legs = standing(size_px)[[BLAZEPOSE.index(f"{side}_{part}") for side in ("left", "right") for part in LEGS]]
    for box, _ in recorder.boxes:
        over = (legs >= (box.left, box.top)).all(axis=1) & (legs <= (box.right, box.bottom)).all(axis=1)
        assert not over.any(), box


def test_words_are_never_mirrored() -> None:
    """On a plain ground and without a skeleton a mirror changes nothing."""
    size_px = (640, 480)
    for view in (lost(size_px), lost(size_px, stage="looking", reps=(), advice=(ADVICE,)), lost(size_px, **BUSY)):
        upright, mirrored = (paint(plain(size_px), view, mirror) for mirror in (False, True))
        assert np.array_equal(upright, mirrored)
        assert not np.array_equal(upright, upright[:, ::-1])


def test_the_picture_is_mirrored_and_the_given_one_is_left_alone() -> None:
    size_px = (640, 480)
    image = noisy(size_px)
    before = image.copy()
    view = lost(size_px, stage="working", reps=(), readings=())
    layout = lay_out(size_px, size_px)
    free = slice(layout.counter.right + 4, layout.bar.left - 4)
    rows = slice(layout.banner.bottom + 4, layout.foot.top - 4)
    upright, mirrored = paint(image, view), paint(image, view, True)
    assert np.array_equal(upright[rows, free], image[rows, free])
    assert np.array_equal(mirrored[rows, free], image[:, ::-1][rows, free])
    assert np.array_equal(image, before)
    assert np.array_equal(paint(image, view), upright)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("shown_px", [(1280, 720), (960, 540)])
def test_the_left_leg_of_the_person_is_blue_on_either_side(mirror: bool, shown_px: tuple[int, int]) -> None:
    size_px = (1280, 720)
    shown = paint(plain(size_px), view_of(size_px), mirror, size_px=shown_px)
    scale = shown_px[0] / size_px[0]
    for side, colour in (("left", LEFT), ("right", RIGHT)):
        knee, ankle = (standing(size_px)[BLAZEPOSE.index(f"{side}_{part}")] for part in ("knee", "ankle"))
        x, y = 0.5 * (knee + ankle) * scale
        x = shown_px[0] - 1 - x if mirror else x
        assert shown[round(y), round(x)] == pytest.approx(bgr_of(colour), abs=3)


@pytest.mark.parametrize("mirror", [False, True])
def test_a_cue_about_the_left_knee_rings_the_left_knee(mirror: bool) -> None:
    size_px = (1280, 720)
    rings = []
    for side in ("left", "right", None):
        shown = paint(plain(size_px), view_of(size_px, cue=replace(CUE, side=side)), mirror)
        yellow = (shown == bgr_of(WATCH)).all(axis=2)
        yellow[: lay_out(size_px, size_px).banner.bottom] = False
        rings.append(float(np.nonzero(yellow)[1].mean()) if yellow.any() else None)
    left, right = (standing(size_px)[BLAZEPOSE.index(f"{side}_knee"), 0] for side in ("left", "right"))
    wanted = [size_px[0] - 1 - x if mirror else x for x in (left, right)]
    assert rings[:2] == pytest.approx(wanted, abs=2)
    assert rings[2] is None


@pytest.mark.parametrize("how", ["lost", "paused"])
def test_old_numbers_are_gone_at_once(how: str, recorder: Recorder) -> None:
    """Not one pixel depends on them, nor on the depth, the phase or an old pose."""
    size_px = (640, 480)
    change: dict[str, Any] = {"paused": True} if how == "paused" else {"points_px": None}
    other = standing(size_px, 0.3) if how == "paused" else None
    shown = [
        paint(plain(size_px), view_of(size_px, **{"readings": (reading("a", value),), **change, **more}))
        for value, more in ((92.0, {}), (None, {}), (11.0, {"depth_share": 1.0, "phase": "up", "points_px": other}))
    ]
    assert np.array_equal(shown[0], shown[1]) and np.array_equal(shown[0], shown[2])
    assert "92" not in recorder.text and "11" not in recorder.text
    assert {"lost": "not seen", "paused": "paused"}[how] in recorder.text
    assert "4" in recorder.words, "the repetitions that were counted stay"
    seen = [paint(plain(size_px), view_of(size_px, readings=(reading("a", value),))) for value in (92.0, 11.0)]
    assert not np.array_equal(*seen)


def test_readings_have_their_error_and_refused_ones_their_reason(recorder: Recorder) -> None:
    size_px = (1280, 720)
    refused = reading("b", None, why_none="not measurable from the side")
    silent = replace(reading("c", 7.0), error=None, side=None, label="Trunk lean")
    paint(plain(size_px), view_of(size_px, readings=(reading("a", -12.4), refused, silent, reading("d", float("nan")))))
    assert {"−12°", "±\u00a05°", "–", "7°"} <= set(recorder.words)
    assert "not measurable from the side" in recorder.text and "not seen" in recorder.text
    assert "Left knee" in recorder.text and "Trunk lean" in recorder.text
    assert "nan" not in recorder.text.lower()


def test_the_number_of_repetitions_and_the_legs_they_were_of(recorder: Recorder) -> None:
    size_px = (1280, 720)
    reps = tuple(LiveRep(i, "left" if i < 3 else "right", i, i, i, i) for i in range(1, 13))
    paint(plain(size_px), view_of(size_px, reps=reps))
    assert {"12", "L 2", "R 10", "Squat"} <= set(recorder.words)


def test_a_new_repetition_lights_up_the_number() -> None:
    size_px = (640, 480)
    rep = LiveRep(1, None, 8.0, 9.0, 9.8, 9.9)
    new, old = (paint(plain(size_px), view_of(size_px, reps=(rep,), time_s=time_s)) for time_s in (10.0, 12.0))
    box = lay_out(size_px, size_px).counter
    assert not np.array_equal(new[box.top : box.bottom], old[box.top : box.bottom])


def test_the_bar_fills_downwards_and_not_where_the_depth_is_unknown() -> None:
    size_px = (640, 480)
    box = lay_out(size_px, size_px).bar
    column = (box.left + box.right) // 2
    filled = []
    for depth in (0.0, 0.5, 1.0, 3.0, float("nan")):
        shown = paint(plain(size_px), view_of(size_px, depth_share=depth))[box.top : box.bottom, column]
        filled.append(int((shown == bgr_of("#b9a5ff")).all(axis=1).sum()))
    assert filled[0] == filled[4] < filled[1] < filled[2] < filled[3] < box.height


def test_the_most_urgent_sentence_is_shown() -> None:
    size_px = (640, 480)
    cases = [
        (view_of(size_px, paused=True, advice=(ADVICE,), cue=CUE), "Paused"),
        (view_of(size_px, advice=(ADVICE,), cue=CUE), ADVICE.text),
        (lost(size_px, cue=CUE), "I cannot see you"),
        (lost(size_px, cue=CUE, notice="The camera is silent"), "The camera is silent"),
        (view_of(size_px, cue=CUE, notice="The camera is silent"), CUE.text),
        (view_of(size_px, cue=CUE), CUE.text),
        (view_of(size_px, cue=CUE, stage="ready"), CUE.text),
        (view_of(size_px, stage="ready", reps=()), "Ready: begin"),
        (view_of(size_px, stage="setting_up", cue=CUE), "One moment"),
    ]
    assert banner_of(view_of(size_px, points_px=None, score=None, lost_s=0.1)) is None, "not seen in a picture or two"
    for view, words in cases:
        banner = banner_of(view)
        assert banner is not None and banner.words == words
    assert banner_of(view_of(size_px)) is None


@pytest.mark.parametrize(("tone", "colour"), [("good", "#5fe3b2"), ("watch", WATCH), ("change", "#b9a5ff")])
def test_a_cue_stands_on_the_colour_of_its_tone(tone: Any, colour: str) -> None:
    size_px = (1280, 720)
    shown = paint(plain(size_px), view_of(size_px, cue=replace(CUE, tone=tone, side=None)))
    box = lay_out(size_px, size_px).banner
    near = np.abs(shown[box.top : box.bottom, box.left : box.right].astype(int) - bgr_of(colour)).max(axis=2) < 16
    assert near.mean() > 0.4


def test_the_guide_says_what_to_do_why_and_what_is_in_order(recorder: Recorder) -> None:
    size_px = (1280, 720)
    paint(plain(size_px), view_of(size_px, stage="setting_up", reps=(), advice=(ADVICE,)))
    assert ADVICE.text in recorder.text and ADVICE.why in recorder.text and KEYS in recorder.text
    assert (recorder.words.count("×"), recorder.words.count("✓"), recorder.words.count("·")) == (1, 4, 1)
    assert recorder.words[recorder.words.index("×") + 1] == "Whole body"
    assert recorder.words[recorder.words.index("·") + 1] == "Standing still", "it is looked at last"
    recorder.words.clear()
    still = Advice("stand_still", "Stand still for a moment")
    paint(plain(size_px), view_of(size_px, stage="setting_up", reps=(), advice=(still,)))
    assert (recorder.words.count("×"), recorder.words.count("✓")) == (1, 5)
    recorder.words.clear()
    nobody = Advice("nobody", "Step into the picture")
    paint(plain(size_px), lost(size_px, stage="looking", reps=(), advice=(nobody,)))
    assert (recorder.words.count("×"), recorder.words.count("✓"), recorder.words.count("·")) == (1, 1, 4)


def test_small_print_is_shown_when_asked_for(recorder: Recorder) -> None:
    size_px = (1280, 720)
    paint(plain(size_px), view_of(size_px))
    assert "pictures/s" not in recorder.text and "pause" not in recorder.text and "REC" not in recorder.text
    paint(plain(size_px), view_of(size_px, **BUSY), extras=Extras(stats=True, help=True))
    for words in ("29.8 pictures/s, lag 61 ms", "12 of 400 dropped", "pose 21.3 ms", KEYS, "REC", BUSY["notice"]):
        assert words in recorder.text


@pytest.mark.parametrize("size_px", SIZES, ids=str)
def test_no_word_is_left_out_for_want_of_room(size_px: tuple[int, int], recorder: Recorder) -> None:
    view = view_of(size_px, stage="setting_up", reps=(), advice=(ADVICE,), notice="The stream broke off")
    paint(plain(size_px), view, extras=Extras(stats=True))
    for words in (ADVICE.text, ADVICE.why, "The stream broke off", KEYS, "12 of 400 dropped, pose 21.3 ms"):
        for word in words.split():
            assert word in recorder.text, words


def test_a_silent_camera_is_told_once(recorder: Recorder) -> None:
    size_px = (1280, 720)
    paint(plain(size_px), lost(size_px, notice="Silent"))
    assert recorder.text.count("Silent") == 1 and "Step into" not in recorder.text


def test_words_stand_on_the_side_that_hides_less() -> None:
    size_px = (1280, 720)
    at_left, middle, at_right = (view_of(size_px, points_px=standing(size_px, x)) for x in (0.15, 0.5, 0.85))
    assert better_column(at_left, size_px, size_px, mirror=False) == "right"
    assert better_column(at_left, size_px, size_px, mirror=True) == "left"
    assert better_column(at_right, size_px, size_px, mirror=False, so_far="right") == "left"
    assert [better_column(middle, size_px, size_px, False, so_far=side) for side in ("left", "right")] == [
        "left",
        "right",
    ]
    assert better_column(lost(size_px), size_px, size_px, False, so_far="right") == "right"


def test_an_unsure_or_absurd_pose_does_not_stop_the_picture() -> None:
    size_px = (640, 480)
    points = standing(size_px)
    points[::3], points[1::5] = np.nan, 1e9
    view = view_of(size_px, points_px=points, score=np.linspace(0, 1, 33), view="left", near_side="left", cue=CUE)
    assert paint(plain(size_px), view).shape == (480, 640, 3)


@pytest.mark.parametrize(
    "words", ["Left knee out over toes", "Gut gemacht: tiefer gekommen", "x", "Ungewöhnlichlangeswort"]
)
@pytest.mark.parametrize("box_px", [(1200, 100), (300, 100), (180, 40)])
def test_words_are_made_to_fit(words: str, box_px: tuple[int, int]) -> None:
    size_px, lines = fitted(words, *box_px, 90, 3)
    assert " ".join(lines) == words
    assert 7 <= size_px <= 90
    assert all(width_px_of(line, size_px) <= box_px[0] for line in lines)
    assert len(lines) * 1.25 * size_px <= box_px[1] + 2


def test_the_digits_of_a_large_number_stand_close() -> None:
    widths = [count_ink(count, 200, "#ffffff").width_px for count in ("1", "11", "111")]
    assert widths[1] == 2 * widths[0] + 14 and widths[2] == 3 * widths[0] + 28
    assert widths[1] < width_px_of("11", 200)
