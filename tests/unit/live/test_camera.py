"""Cameras and streams that break off, hang, deliver garbage, or are not there. The thread's work is run in the test's
own thread, on a simulated clock."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import pytest

from tests.support.live_fakes import picture
from vidgait.errors import CameraError
from vidgait.live import camera as room
from vidgait.live.camera import CAMERA_PATIENCE, Grabber, camera, is_picture
from vidgait.live.clock import SimulatedClock
from vidgait.live.stream import STREAM_PATIENCE, is_address, shown_address, stream
from vidgait.types import Frame

Step = Any
"""A picture, None for a grab that fails, an exception to raise, or a number of seconds to hang."""


class Device:
    """Plays steps, one a grab, `step_s` apart; then fails for ever, or, where it is finite, ends."""

    def __init__(self, clock: SimulatedClock, steps: list[Step], step_s: float = 1 / 30, finite: bool = False) -> None:
        self.clock, self.steps, self.step_s, self.finite = clock, list(steps), step_s, finite
        self.released = False
        self.current: Step = None
        self.grabbed = 0

    def grab(self) -> bool:
        if not self.finite:
            self.clock.advance(self.step_s)
        self.current = self.steps.pop(0) if self.steps else None
        self.grabbed += 1
        return self.current is not None

    def retrieve(self) -> Any:
        if isinstance(self.current, Exception):
            raise self.current
        return self.current

    def position_s(self) -> float:
        return (self.grabbed - 1) * self.step_s

    def release(self) -> None:
        self.released = True


def opener(*devices: Device | CameraError) -> Callable[[], Device]:
    """Opens one after the other; the last error again and again."""
    left = list(devices)

    def open_device() -> Device:
        device = left.pop(0) if len(left) > 1 or isinstance(left[0], Device) else left[0]
        if isinstance(device, CameraError):
            raise device
        return device

    return open_device


def grabber(clock: SimulatedClock, *devices: Device | CameraError, **options: Any) -> Grabber:
    patience = options.pop("patience", STREAM_PATIENCE)
    return Grabber(opener(*devices), patience, clock, wait=clock.advance, **options)


GONE = CameraError("Nothing can be seen there.")


def test_the_newest_picture_wins_and_the_others_are_counted() -> None:
    clock, taped = SimulatedClock(), list[Frame]()
    source = grabber(clock, Device(clock, [picture(level) for level in range(10)]), GONE, tap=taped.append)
    source.run()
    captured = source.newest(0.0)
    assert captured is not None
    assert captured.frame.image[0, 0, 0] == 9
    assert captured.frame.time_s == pytest.approx(9 / 30)
    assert (source.counts.captured, source.counts.dropped) == (10, 9)
    assert [frame.index for frame in taped] == list(range(10))
    with pytest.raises(CameraError, match="did not come back"):
        source.newest(0.0)


def test_a_stream_that_breaks_off_is_opened_again_and_time_goes_on() -> None:
    clock, taped = SimulatedClock(), list[Frame]()
    notices: list[str | None] = []
    first = Device(clock, [picture()] * 5)
    second = Device(clock, [picture()] * 5)

    def tap(frame: Frame) -> None:
        taped.append(frame)
        notices.append(source.notice)

    source = grabber(clock, first, GONE, GONE, second, GONE, tap=tap)
    source.run()
    assert first.released
    assert second.released
    times_s = [frame.time_s for frame in taped]
    assert len(times_s) == 10
    assert times_s == sorted(times_s)
    assert times_s[5] - times_s[4] > 2 * STREAM_PATIENCE.again_s, "the gap is real time"
    assert notices == [None] * 10, "the notice goes with the first picture"
    assert source.notice == "The stream broke off: trying again"


def test_patience_ends() -> None:
    clock = SimulatedClock()
    source = grabber(clock, Device(clock, [picture()] * 3), GONE)
    source.run()
    assert clock.now_s() == pytest.approx(STREAM_PATIENCE.give_up_s, abs=5.0)
    assert source.newest(0.0) is not None, "what came before is still there"
    with pytest.raises(CameraError, match="broke off and did not come back") as caught:
        source.newest(0.0)
    assert "network" in caught.value.hint


def test_a_camera_that_is_unplugged_says_so() -> None:
    clock = SimulatedClock()
    source = grabber(clock, Device(clock, [picture()]), GONE, patience=CAMERA_PATIENCE)
    source.run()
    source.newest(0.0)
    with pytest.raises(CameraError, match="sends no pictures any more") as caught:
        source.newest(0.0)
    assert "unplugged" in caught.value.hint


def test_what_never_opened_fails_at_once_with_its_own_words() -> None:
    clock = SimulatedClock()
    source = grabber(clock, CameraError("Camera 3 does not open."))
    source.run()
    assert clock.now_s() == 0.0
    with pytest.raises(CameraError, match="Camera 3 does not open"):
        source.newest(0.0)


def test_garbage_is_counted_and_not_shown() -> None:
    clock = SimulatedClock()
    garbage = [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((48, 64), np.uint8),
        np.zeros((8, 8, 3), np.uint8),
        np.zeros((48, 64, 3), np.float32),
        picture(size_px=(128, 96)),
        cv2.error("broken JPEG"),
    ]
    source = grabber(clock, Device(clock, [picture(), *garbage, picture(7)]), GONE)
    source.run()
    assert source.counts.garbage == len(garbage)
    assert source.counts.captured == 2
    captured = source.newest(0.0)
    assert captured is not None
    assert captured.frame.image[0, 0, 0] == 7


def test_nothing_but_garbage_is_said_in_other_words() -> None:
    clock = SimulatedClock()
    source = grabber(clock, Device(clock, [np.zeros((8, 8, 3), np.uint8)] * 2000), patience=CAMERA_PATIENCE)
    source.run()
    assert clock.now_s() == pytest.approx(CAMERA_PATIENCE.give_up_s, abs=1.0)
    with pytest.raises(CameraError, match="no picture that can be read"):
        source.newest(0.0)


def test_a_driver_that_hangs_is_noticed_from_outside() -> None:
    """The thread is stuck in the driver: only whoever waits can tell."""
    clock = SimulatedClock()
    source = grabber(clock, GONE, patience=CAMERA_PATIENCE)
    assert source.newest(0.0) is None
    clock.advance(CAMERA_PATIENCE.open_s + 0.1)
    with pytest.raises(CameraError, match="no picture that can be read"):
        source.newest(0.0)


def test_silence_is_said_before_it_is_an_error() -> None:
    clock = SimulatedClock()
    noticed: list[str | None] = []
    device = Device(clock, [picture(), None, None, picture()], step_s=0.4)
    source = grabber(clock, device, GONE, patience=CAMERA_PATIENCE)
    grab = device.grab

    def watching() -> bool:
        result = grab()
        noticed.append(source.notice)
        return result

    device.grab = watching  # type: ignore[method-assign]
    source.run()
    assert noticed[:2] == [None, None]
    assert noticed[3] == CAMERA_PATIENCE.silent


def test_a_recording_on_the_network_is_played_at_its_own_pace_and_ends() -> None:
    clock = SimulatedClock()
    source = grabber(clock, Device(clock, [picture()] * 30, step_s=0.1, finite=True))
    source.run()
    assert clock.now_s() == pytest.approx(2.9)
    assert source.newest(0.0) is not None
    assert source.ended
    assert source.newest(0.0) is None


def test_a_bug_in_the_thread_is_told_and_does_not_hang() -> None:
    clock = SimulatedClock()
    source = grabber(clock, Device(clock, [RuntimeError("boom")]))
    source.run()
    with pytest.raises(CameraError, match="RuntimeError: boom"):
        source.newest(0.0)


def test_closing_ends_the_thread() -> None:
    clock = SimulatedClock()

    def forever() -> Iterator[Any]:
        while True:
            yield picture()

    device = Device(clock, [])
    device.steps = forever()  # type: ignore[assignment]
    device.grab = lambda: setattr(device, "current", picture()) is None  # type: ignore[method-assign]
    source = Grabber(lambda: device, CAMERA_PATIENCE, clock).start()
    source.close()
    assert device.released
    assert source._thread is not None
    assert not source._thread.is_alive()


def test_a_missing_camera_is_named_before_anything_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.sys, "platform", "linux")  # type: ignore[attr-defined]
    with pytest.raises(CameraError, match="There is no camera 87") as caught:
        camera(87, SimulatedClock())
    assert "doctor" in caught.value.hint


def test_a_camera_in_use_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy:
        def __init__(self, *_: object) -> None:
            self.released = False

        def isOpened(self) -> bool:  # noqa: N802
            return False

        def release(self) -> None:
            self.released = True

    monkeypatch.setattr(room.sys, "platform", "other")  # type: ignore[attr-defined]
    monkeypatch.setattr(room.cv2, "VideoCapture", Busy)  # type: ignore[attr-defined]
    source = camera(0, SimulatedClock())
    assert source._thread is not None
    source._thread.join(5.0)
    with pytest.raises(CameraError, match="Camera 0 does not open") as caught:
        source.newest(0.0)
    assert "Another program may be using it" in caught.value.hint


def test_only_real_pictures_are_pictures() -> None:
    assert is_picture(picture())
    assert not is_picture(np.zeros((480, 640, 4), np.uint8))
    assert not is_picture(np.zeros((480, 16, 3), np.uint8))


def test_addresses_are_told_from_files_and_shown_without_passwords() -> None:
    assert is_address("rtsp://camera/live")
    assert not is_address("C:\\clips\\squat.mp4")
    assert not is_address("clips/squat.mp4")
    assert shown_address("rtsp://me:secret@10.0.0.7:554/live?x=1") == "rtsp://10.0.0.7:554/live"


def test_an_address_of_another_kind_is_refused_at_once() -> None:
    with pytest.raises(CameraError, match="ftp:// addresses"):
        stream("ftp://camera/live", SimulatedClock())


def test_a_camera_without_a_first_picture_says_for_how_long() -> None:
    clock = SimulatedClock()
    source = grabber(clock, GONE)
    assert source.notice is None
    clock.advance(3.0)
    assert source.notice == "Waiting for the stream: 3 s"


def test_a_stream_that_comes_back_in_another_size_goes_on_in_the_first_one() -> None:
    clock, taped = SimulatedClock(), list[Frame]()
    first, second = picture(90, (64, 48)), picture(200, (128, 128))
    source = grabber(clock, Device(clock, [first] * 3), Device(clock, [second, first, second]), GONE, tap=taped.append)
    source.run()
    assert [frame.image.shape for frame in taped] == [(48, 64, 3)] * 5
    assert source.counts.garbage == 1  # within one connection the size does not change
    after = taped[-1].image[:, :, 0]
    assert (after[:, 8:56] == 200).all() and not after[:, :8].any() and not after[:, 56:].any()
    assert all(late.time_s > early.time_s for early, late in itertools.pairwise(taped))
