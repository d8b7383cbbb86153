"""The script people write today: OpenCV in, MediaPipe's legacy Pose, landmarks drawn, OpenCV out.

It is the yardstick of `scripts/benchmark.py speed` and is never edited. It needs an environment of its own:

    python -m venv baseline && baseline/bin/pip install mediapipe==0.10.21
    baseline/bin/python scripts/baseline_plain.py squat.mp4 annotated.mp4
"""

import sys

import cv2
import mediapipe as mp


def main(source: str, target: str) -> None:
    capture = cv2.VideoCapture(source)
    rate = capture.get(cv2.CAP_PROP_FPS)
    size = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    writer = cv2.VideoWriter(target, cv2.VideoWriter_fourcc(*"mp4v"), rate, size)
    with mp.solutions.pose.Pose(model_complexity=1) as pose:
        while True:
            ok, image = capture.read()
            if not ok:
                break
            result = pose.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            mp.solutions.drawing_utils.draw_landmarks(image, result.pose_landmarks, mp.solutions.pose.POSE_CONNECTIONS)
            writer.write(image)
    capture.release()
    writer.release()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
