"""MediaPipe's own answer for a stream of frames, in an environment of its own: needs mediapipe >= 1.2 and numpy only.

    python reference_poses.py TASK FRAMES OUT.npz

FRAMES is a file of raw BGR frames that the other side fills again and again; standard input says what is in it. First
a line of JSON ({"width", "height", "stills_every"}), then for each filling a line with the list of its frames' times in
milliseconds; each is answered by a line when it has been read. (Frames through a pipe would come in hundreds of small
pieces, each of which waits for a processor.) OUT holds `time_ms (T,)`, `xy_px (T, 33, 2)`, `score (T, 33)` and
`world_m (T, 33, 3)` of the video mode with one person, NaN where nobody was found, `still_index (S,)` and
`still_xy_px (S, 33, 2)` of the image mode on every so many frames, and `version`.
"""

import json
import sys

import mediapipe
import numpy as np
from mediapipe.tasks import python as tasks
from mediapipe.tasks.python import vision


def landmarker(task, mode):
    base = tasks.BaseOptions(model_asset_path=task)
    options = vision.PoseLandmarkerOptions(base_options=base, running_mode=mode, num_poses=1)
    return vision.PoseLandmarker.create_from_options(options)


def arrays(result, width, height):
    """(33, 3) x y visibility and (33, 3) world, NaN without a person."""
    if not result.pose_landmarks:
        return np.full((33, 3), np.nan), np.full((33, 3), np.nan)
    points = [(p.x * width, p.y * height, p.visibility) for p in result.pose_landmarks[0]]
    world = [(p.x, p.y, p.z) for p in result.pose_world_landmarks[0]]
    return np.array(points), np.array(world)


def main(task, frames, out):
    header = json.loads(sys.stdin.readline())
    width, height, every = header["width"], header["height"], header["stills_every"]
    times, video, stills, still_index = [], [], [], []
    with landmarker(task, vision.RunningMode.VIDEO) as moving, landmarker(task, vision.RunningMode.IMAGE) as still:
        for line in sys.stdin:
            filling = json.loads(line)
            pictures = np.fromfile(frames, np.uint8, len(filling) * width * height * 3)
            for time_ms, bgr in zip(filling, pictures.reshape(-1, height, width, 3), strict=True):
                data = np.ascontiguousarray(bgr[:, :, ::-1])
                picture = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=data)
                if every and len(times) % every == 0:
                    stills.append(arrays(still.detect(picture), width, height)[0])
                    still_index.append(len(times))
                video.append(arrays(moving.detect_for_video(picture, time_ms), width, height))
                times.append(time_ms)
            print("read", flush=True)
    points = np.array([one for one, _ in video]).reshape(-1, 33, 3)
    np.savez(
        out,
        time_ms=np.array(times, np.int64),
        xy_px=points[..., :2],
        score=points[..., 2],
        world_m=np.array([world for _, world in video]).reshape(-1, 33, 3),
        still_index=np.array(still_index, np.int64),
        still_xy_px=np.array(stills).reshape(-1, 33, 3)[..., :2],
        version=mediapipe.__version__,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
