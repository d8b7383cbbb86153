"""A real stream over the loopback: MJPEG by HTTP, as cheap network cameras send it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

from vidgait.live.capture import Captured
from vidgait.live.clock import RealClock
from vidgait.live.stream import stream


class Pictures(BaseHTTPRequestHandler):
    """Sends `count` pictures and breaks off."""

    count = 20

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            for number in range(self.count):
                image = np.full((240, 320, 3), 40 + number * 5, np.uint8)
                data = cv2.imencode(".jpg", image)[1].tobytes()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                self.wfile.write(head.encode() + data + b"\r\n")
                self.wfile.flush()
                time.sleep(0.03)
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/live.mjpg"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_pictures_come_and_a_broken_stream_is_opened_again() -> None:
    with served() as address:
        source = stream(address, RealClock())
        try:
            taken: list[Captured] = []
            ends_s = time.monotonic() + 20.0
            while time.monotonic() < ends_s and source.counts.captured < 45:
                captured = source.newest(0.1)
                if captured is not None:
                    taken.append(captured)
            assert source.counts.captured >= 45, "more than one connection has"
            times_s = [one.frame.time_s for one in taken]
            assert times_s == sorted(set(times_s))
            assert taken[0].frame.image.shape == (240, 320, 3)
            assert not source.ended
        finally:
            source.close()


NOBODY_THERE = """
from vidgait.errors import CameraError
from vidgait.live.clock import RealClock
from vidgait.live.stream import stream

source = stream("http://me:secret@127.0.0.1:9/live", RealClock())
try:
    for _ in range(200):
        source.newest(0.1)
except CameraError as error:
    print(error)
source.close()
"""


def test_nobody_there_is_said_in_one_line_without_the_password() -> None:
    """In a process of its own: OpenCV asks only once how much FFmpeg may say, and another test may have been first."""
    said = subprocess.run([sys.executable, "-c", NOBODY_THERE], capture_output=True, text=True, timeout=120)
    assert "Nothing can be seen at http://127.0.0.1:9/live" in said.stdout
    assert "secret" not in said.stdout
    assert said.stderr == "", "FFmpeg keeps its words to itself"
