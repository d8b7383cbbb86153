"""Everything that is not a video is one clear line, and FFmpeg itself stays silent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.clips import Sound, beep, corner_patches, flat, make_clip
from vidgait.errors import NoFramesError, VideoError, VideoOpenError
from vidgait.settings import VideoSettings
from vidgait.video import content_hash, open_video
from vidgait.video.libav import av


def missing(folder: Path) -> Path:
    return folder / "squat.mp4"


def folder(folder: Path) -> Path:
    (folder / "squat.mp4").mkdir()
    return folder / "squat.mp4"


def empty(folder: Path) -> Path:
    (folder / "squat.mp4").touch()
    return folder / "squat.mp4"


def text(folder: Path) -> Path:
    (folder / "squat.mp4").write_text("Dear diary, today I squatted.\n" * 50, encoding="utf-8")
    return folder / "squat.mp4"


def noise(folder: Path) -> Path:
    (folder / "squat.mp4").write_bytes(bytes(range(256)) * 40)
    return folder / "squat.mp4"


def sound_only(folder: Path) -> Path:
    path = folder / "squat.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(beep(0.5)[None].astype("float32"), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 44100, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def no_frames(folder: Path) -> Path:
    path = folder / "squat.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        out.start_encoding()
    return path


def two_pixels(folder: Path) -> Path:
    return make_clip(folder / "squat.mp4", [flat((2, 2), (9, 9, 9))] * 3)


def cover_only(folder: Path) -> Path:
    path = folder / "squat.mp3"
    with av.open(str(path), "w") as out:
        sound = out.add_stream("libmp3lame", rate=44100, layout="mono")
        cover = out.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        out.mux(cover.encode(av.VideoFrame.from_ndarray(flat((64, 64), (9, 9, 9)), format="bgr24")))
        out.mux(cover.encode(None))
        frame = av.AudioFrame.from_ndarray(beep(0.5)[None].astype("float32"), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 44100, 0
        for piece in av.AudioResampler("fltp", "mono", 44100, frame_size=1152).resample(frame):
            out.mux(sound.encode(piece))
        out.mux(sound.encode(None))
    return path


CASES = [
    (missing, VideoOpenError, "There is no file"),
    (folder, VideoOpenError, "is a folder"),
    (empty, VideoOpenError, "is empty"),
    (text, VideoOpenError, "is not a video"),
    (noise, VideoOpenError, "is not a video"),
    (sound_only, VideoOpenError, "holds sound but no video"),
    (cover_only, VideoOpenError, "holds sound but no video"),
    (no_frames, VideoError, "squat.mp4"),
    (two_pixels, VideoOpenError, "2 by 2 pixels: too small"),
]


@pytest.mark.parametrize(("make", "kind", "words"), CASES, ids=[case[0].__name__ for case in CASES])
def test_bad_input_is_one_clear_line(tmp_path: Path, make: object, kind: type[VideoError], words: str) -> None:
    with pytest.raises(kind) as caught:
        open_video(make(tmp_path), VideoSettings())  # type: ignore[operator]
    assert words in caught.value.message
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    assert "Errno" not in str(caught.value)


def test_kinds_are_also_builtin_errors(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no file"):
        open_video(tmp_path / "none.mp4", VideoSettings())
    assert issubclass(NoFramesError, VideoError)


def test_nothing_leaks_onto_the_terminal(tmp_path: Path) -> None:
    """A real process, since FFmpeg writes to the file descriptor."""
    clip = make_clip(tmp_path / "clip.mp4", [corner_patches((160, 120))] * 60, sound=Sound(beep(1.0)))
    content = bytearray(clip.read_bytes())
    middle = content.index(b"mdat") + 400
    content[middle : middle + 800] = bytes(800)
    (tmp_path / "broken.mp4").write_bytes(content)
    script = """
import sys
from pathlib import Path
from vidgait.errors import VidgaitError
from vidgait.settings import VideoSettings
from vidgait.video import VideoWriter, open_video
for name in ("broken.mp4", "text.mp4"):
    path = Path(sys.argv[1]) / name
    try:
        reader = open_video(path, VideoSettings())
        with VideoWriter(path.with_name("out.mp4"), (160, 120), path) as writer:
            for frame in reader.planar_frames((160, 120)):
                writer.write(frame)
    except VidgaitError:
        pass
"""
    (tmp_path / "text.mp4").write_text("no video", encoding="utf-8")
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(tmp_path)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_opencv_comes_before_pyav() -> None:
    """The other order hangs every OpenCV window on Linux."""
    script = "import sys, vidgait.video; names = list(sys.modules); print(names.index('cv2') < names.index('av'))"
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "True", done.stderr


def test_content_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1.
    assert content_hash(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
