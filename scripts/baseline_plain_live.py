"""The live script people write today: OpenCV in, MediaPipe's legacy Pose, landmarks drawn, and round again.

It is the yardstick of `scripts/benchmark.py live` and is never edited. Its loop is the usual one. What it reads from
stands in for a webcam: a thread takes the clip's pictures at their own times into a driver's ring of four buffers, as
Video4Linux and OpenCV do by default. While all four are full the camera's pictures are lost; `read` gives the oldest.
Nothing is shown, so that a window costs neither program anything. It needs an environment of its own:

    python -m venv baseline && baseline/bin/pip install mediapipe==0.10.21
    baseline/bin/python scripts/baseline_plain_live.py squat.mp4 20

Prints JSON: when each picture was captured and when it was drawn, in seconds, and what the processor did meanwhile.
"""

import collections
import json
import sys
import threading
import time

import cv2
import mediapipe as mp

BUFFERS = 4


class Webcam:
    """`cv2.VideoCapture` as far as the script uses it, fed from a file at its own pace, over and over."""

    def __init__(self, source: str, duration_s: float) -> None:
        self.source, self.duration_s = source, duration_s
        self.changed = threading.Condition()
        self.buffers: collections.deque = collections.deque()
        self.captured = self.lost = 0
        self.captured_s = 0.0
        self.over = False
        self.thread = threading.Thread(target=self.film, daemon=True)
        self.thread.start()

    def film(self) -> None:
        began = time.perf_counter()
        base = 0.0
        while time.perf_counter() - began < self.duration_s:
            clip = cv2.VideoCapture(self.source)
            rate = clip.get(cv2.CAP_PROP_FPS)
            count = 0
            while True:
                ok, image = clip.read()
                due = began + base + count / rate
                if not ok or due - began >= self.duration_s:
                    break
                time.sleep(max(0.0, due - time.perf_counter()))
                self.put(due, image)
                count += 1
            clip.release()
            base += count / rate
        with self.changed:
            self.over = True
            self.changed.notify_all()

    def put(self, due: float, image) -> None:
        with self.changed:
            self.captured += 1
            if len(self.buffers) >= BUFFERS:
                self.lost += 1
                return
            self.buffers.append((due, image))
            self.changed.notify_all()

    def read(self):
        with self.changed:
            self.changed.wait_for(lambda: self.buffers or self.over)
            if not self.buffers:
                return False, None
            self.captured_s, image = self.buffers.popleft()
            return True, image


def main(source: str, duration_s: float) -> None:
    drawn = []
    with mp.solutions.pose.Pose(model_complexity=1) as pose:
        clip = cv2.VideoCapture(source)  # the first pictures warm the network up, outside of the count
        for _ in range(10):
            pose.process(cv2.cvtColor(clip.read()[1], cv2.COLOR_BGR2RGB))
        clip.release()
        used_s = time.process_time()
        capture = Webcam(source, duration_s)
        while True:
            ok, image = capture.read()
            if not ok:
                break
            result = pose.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            mp.solutions.drawing_utils.draw_landmarks(image, result.pose_landmarks, mp.solutions.pose.POSE_CONNECTIONS)
            drawn.append((capture.captured_s, time.perf_counter()))
    used_s = time.process_time() - used_s
    print(json.dumps({"captured": capture.captured, "lost": capture.lost, "drawn": drawn, "processor_s": used_s}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
