"""What page and process say, there and back."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import replace

import numpy as np
import pytest

from tests.support.web_client import KEY, picture
from tests.support.web_live import Scripted
from vidgait.live.state import Advice, LiveCue, LiveRep, LiveView
from vidgait.live.web.greeting import make_greeting
from vidgait.live.web.limits import BadMessageError, Limits
from vidgait.live.web.protocol import Choice, Order, encode, read_order, read_shot, view_message
from vidgait.types import BLAZEPOSE, Frame, Measure

SIZE_PX = (640, 480)
GREETING = make_greeting(recording=False)


def order_of(text: str) -> Order:
    return read_order(text, Limits(), GREETING.movements, GREETING.views)


def live_view(time_s: float = 5.0) -> LiveView:
    session = Scripted(SIZE_PX, Choice(), 1)
    return session.push(Frame(0, time_s, time_s, np.zeros((480, 640, 3), np.uint8)))


def message_of(view: LiveView) -> dict[str, object]:
    answer: dict[str, object] = json.loads(encode(view_message(view, SIZE_PX, 1, 7, 1234.5, 0.3)))
    return answer


def test_a_picture_arrives_as_it_was_sent() -> None:
    shot = read_shot(picture(4_294_967_295, 123.456, b"jpeg"), Limits())
    assert (shot.number, shot.capture_ms, shot.data) == (4_294_967_295, 123.456, b"jpeg")


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"VG",
        picture(1, 1.0, b""),
        b"XX" + picture(1, 1.0)[2:],
        b"VG\x02" + picture(1, 1.0)[3:],
        picture(1, math.nan),
        picture(1, math.inf),
        picture(1, -1.0),
        picture(1, 1e13),
        picture(1, 1.0, b"x" * 1_500_000),
    ],
)
def test_bad_pictures_are_refused(message: bytes) -> None:
    with pytest.raises(BadMessageError):
        read_shot(message, Limits())


def test_the_header_has_sixteen_bytes_little_endian() -> None:
    assert picture(1, 2.0, b"") == b"VG\x01\x00" + struct.pack("<I", 1) + struct.pack("<d", 2.0)


def test_orders() -> None:
    start = order_of(json.dumps({"do": "start", "key": KEY, "movement": "squat", "view": "left"}))
    assert start == Order("start", KEY, Choice("squat", "left"))
    assert order_of('{"do":"choose"}') == Order("choose", "", Choice("auto", "auto"))
    assert order_of('{"do":"pause"}') == Order("pause")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pause",
        "[]",
        "{}",
        "null",
        '{"do":"delete"}',
        '{"do":["pause"]}',
        '{"do":"start"}',
        '{"do":"start","key":"short"}',
        '{"do":"start","key":"../../../../etc/passwd"}',
        '{"do":"start","key":12345678901234567890}',
        '{"do":"choose","movement":"dance"}',
        '{"do":"choose","movement":{"a":1}}',
        '{"do":"choose","view":["front"]}',
        "[" * 2000,
        '{"do":"pause","x":"' + "y" * 3000 + '"}',
        '{"do":"pause"' + "}" * 3,
    ],
)
def test_bad_orders_are_refused(text: str) -> None:
    with pytest.raises(BadMessageError):
        order_of(text)


def test_a_view_says_what_the_state_says() -> None:
    view = live_view()
    said = message_of(view)
    assert said["n"] == 7
    assert said["t"] == 1234.5
    assert said["count"] == len(view.state.reps) == 2
    assert said["stage"] == "working"
    points = said["points"]
    assert isinstance(points, list)
    assert len(points) == 2 * len(BLAZEPOSE.keypoints)
    k = BLAZEPOSE.index("left_knee")
    assert view.state.points_px is not None
    x_px, y_px = view.state.points_px[k]
    assert points[2 * k] / 10_000 * 640 == pytest.approx(x_px, abs=0.05)
    assert points[2 * k + 1] / 10_000 * 480 == pytest.approx(y_px, abs=0.05)


def test_what_is_missing_is_null() -> None:
    view = live_view()
    assert view.state.points_px is not None
    points_px = view.state.points_px.copy()
    points_px[0] = np.nan
    score = np.ones(len(BLAZEPOSE.keypoints))
    knee = BLAZEPOSE.index("left_knee")
    score[knee] = 0.1
    said = message_of(replace(view, state=replace(view.state, points_px=points_px, score=score)))
    points = said["points"]
    assert isinstance(points, list)
    assert points[:2] == [None, None]
    assert points[2 * knee : 2 * knee + 2] == [None, None], "too unsure to draw"
    readings = said["readings"]
    assert isinstance(readings, list)
    assert readings[2]["value"] is None
    assert readings[2]["why"] == "not measurable from the front"


def test_numbers_that_are_none_become_null_not_nan() -> None:
    view = live_view()
    reading = replace(view.state.readings[0], value=math.nan, error=math.inf)
    said = message_of(replace(view, state=replace(view.state, readings=(reading,), depth_share=math.nan)))
    assert said["readings"] == [
        {
            "name": "knee_flexion_deg",
            "label": "Knee bend",
            "side": "left",
            "value": None,
            "error": None,
            "unit": "deg",
            "why": None,
        }
    ]
    assert said["depth"] is None
    with pytest.raises(ValueError, match="JSON"):
        encode({"x": math.nan})


def test_nobody_has_no_points() -> None:
    view = live_view()
    said = message_of(replace(view, state=replace(view.state, points_px=None, score=None, stage="looking")))
    assert said["points"] is None


def test_a_repetition_cue_and_advice() -> None:
    measure = Measure("knee_flexion_bottom", "Knee bend", 101.23, "deg", "left", 2, error=6.04)
    none = replace(measure, value=None, why_none="not from here")
    rep = LiveRep(3, "left", 4.0, 5.0, 6.0, 6.1, (measure, none))
    view = live_view()
    view = replace(
        view,
        state=replace(view.state, reps=(rep,), announced=rep),
        cue=LiveCue("knee_in", "Left knee out", "change", "left", 5.5),
        advice=(Advice("turn", "Turn a little", "Your side is seen at an angle"),),
    )
    said = message_of(view)
    announced = said["announced"]
    assert isinstance(announced, dict)
    assert announced["measures"] == [
        {"label": "Knee bend", "side": "left", "value": 101.2, "error": 6.0, "unit": "deg"}
    ]
    assert said["sides"] == {"left": 1, "right": 0}
    assert said["cue"] == {"id": "knee_in", "text": "Left knee out", "tone": "change", "side": "left", "since": 5.5}
    assert said["advice"] == [{"id": "turn", "text": "Turn a little", "why": "Your side is seen at an angle"}]


def test_a_view_is_small() -> None:
    assert len(encode(view_message(live_view(), SIZE_PX, 1, 7, 1234.5, 0.3))) < 2_500


def test_the_greeting_joins_known_points_and_offers_what_is_accepted() -> None:
    said = json.loads(encode(GREETING.message))
    assert all(0 <= k < len(said["keypoints"]) for edge in said["edges"] for k in edge)
    for movement, _ in said["movements"]:
        for view, _ in said["views"]:
            order_of(json.dumps({"do": "choose", "movement": movement, "view": view}))
