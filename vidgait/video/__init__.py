"""Open a video file as pictures with real times, and write one. The only room where FFmpeg is used."""

from __future__ import annotations

from vidgait.video.hashing import content_hash
from vidgait.video.lasting import LastingWriter
from vidgait.video.reader import VideoReader, open_video
from vidgait.video.reel import Reel
from vidgait.video.writer import VideoWriter, output_size

__all__ = ["LastingWriter", "Reel", "VideoReader", "VideoWriter", "content_hash", "open_video", "output_size"]
