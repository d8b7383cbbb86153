"""A short tone for every repetition, played by what the system has, or the terminal's bell."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from vidgait.live.voice import Process, Start, start_process

__all__ = ["Bell", "Tone", "TonePlayer", "WindowsTone", "find_tone", "tone_wav"]

RATE_HZ = 44_100
PITCH_HZ = 880.0
LENGTH_S = 0.14
FADE_S = 0.02
LOUDNESS = 0.35
AT_ONCE = 2
"""Players that may run at the same time; a tone more is left out."""


class Tone(Protocol):
    def play(self) -> None:
        """Begins it and does not wait."""
        ...

    def close(self) -> None: ...


def tone_wav(pitch_hz: float = PITCH_HZ, length_s: float = LENGTH_S, loudness: float = LOUDNESS) -> bytes:
    """A WAV file, mono, 16 bits: a sine with soft edges, so that it does not click. `loudness` from 0 to 1."""
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    edge = np.clip(np.minimum(time_s, length_s - time_s) / FADE_S, 0, 1)
    samples = (loudness * 32_767 * np.sin(2 * np.pi * pitch_hz * time_s) * np.sin(np.pi / 2 * edge) ** 2).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(samples.tobytes())
    return file.getvalue()


@dataclass(slots=True)
class TonePlayer:
    """Plays through a program that takes the name of a file."""

    command: tuple[str, ...]
    start: Start = start_process
    _folder: tempfile.TemporaryDirectory[str] | None = field(default=None, init=False)
    _playing: list[Process] = field(default_factory=list, init=False)

    def play(self) -> None:
        self._playing = [one for one in self._playing if one.poll() is None]
        if len(self._playing) >= AT_ONCE:
            return
        with contextlib.suppress(OSError):
            player = self.start((*self.command, str(self._file())))
            self._playing.append(player)
            if player.stdin is not None:
                player.stdin.close()

    def _file(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="vidgait-tone-")
        file = Path(self._folder.name, "tone.wav")
        if not file.exists():
            file.write_bytes(tone_wav())
        return file

    def close(self) -> None:
        for one in self._playing:
            if one.poll() is None:
                one.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.wait(1.0)
        self._playing = []
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


@dataclass(slots=True)
class WindowsTone:
    """Windows' own: `beep` is winsound.PlaySound, which plays a file without waiting."""

    beep: Callable[[str, int], None]
    flags: int
    _folder: tempfile.TemporaryDirectory[str] | None = field(default=None, init=False)

    def play(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="vidgait-tone-", ignore_cleanup_errors=True)
                Path(self._folder.name, "tone.wav").write_bytes(tone_wav())
            self.beep(str(Path(self._folder.name, "tone.wav")), self.flags)

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


@dataclass(slots=True)
class Bell:
    """The terminal's bell, where nothing better is found. To standard error: standard output may be JSON."""

    write: Callable[[str], Any]

    def play(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self.write("\a")

    def close(self) -> None:
        pass


def find_tone(
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
    start: Start = start_process,
    bell: Callable[[str], Any] | None = None,
) -> Tone:
    """Always one: at worst the bell, written with `bell` (standard error unless given)."""
    if platform == "win32" and (made := _windows_tone()) is not None:
        return made
    commands = (("afplay",),) if platform == "darwin" else (("paplay",), ("pw-play",), ("aplay", "-q"))
    for name, *options in commands:
        if program := which(name):
            return TonePlayer((program, *options), start=start)
    return Bell(bell or _to_terminal)


def _windows_tone() -> WindowsTone | None:
    try:
        import winsound
    except ImportError:
        return None
    sound: Any = winsound
    return WindowsTone(sound.PlaySound, sound.SND_FILENAME | sound.SND_ASYNC | sound.SND_NODEFAULT)


def _to_terminal(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
