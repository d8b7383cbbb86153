"""Speaks short sentences with what the system brings along: `say`, SAPI, eSpeak or speech-dispatcher.

Each sentence has a process of its own, so that nothing waits for it. A new one cuts off the one before: what is late is
wrong. The words go in through standard input or as one argument, never through a shell.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Protocol

__all__ = ["NO_VOICE", "Process", "Start", "SystemVoice", "Voice", "find_voice", "start_process"]

NO_VOICE = "No voice was found on this system: install espeak-ng to hear the cues."

SAPI = (
    "Add-Type -AssemblyName System.Speech; "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())"
)
QUIT_S = 1.0


class Voice(Protocol):
    def speak(self, text: str) -> None:
        """At once, and instead of what is being said. Does not wait."""
        ...

    def close(self) -> None:
        """Silent, and nothing left running."""
        ...


class Process(Protocol):
    """The part of `subprocess.Popen` that is used."""

    @property
    def stdin(self) -> IO[bytes] | None: ...

    def poll(self) -> int | None: ...

    def kill(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


Start = Callable[[Sequence[str]], Process]


def start_process(command: Sequence[str]) -> Process:
    """Silent on the terminal, out of reach of its Ctrl-C, without a window. Raises OSError."""
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    return subprocess.Popen(
        list(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=sys.platform != "win32",
        creationflags=flags,
    )


@dataclass(slots=True)
class SystemVoice:
    """One of the system's programs."""

    command: tuple[str, ...]
    as_argument: bool = False
    """The words are the last argument; otherwise they go to standard input."""
    start: Start = start_process
    _speaking: Process | None = field(default=None, init=False)
    _broken: bool = field(default=False, init=False)

    def speak(self, text: str) -> None:
        self._hush()
        if self._broken:
            return
        try:
            self._speaking = self.start((*self.command, text) if self.as_argument else self.command)
        except OSError:
            self._broken = True
            return
        # A program that ends at once closes its end first.
        with contextlib.suppress(OSError):
            if self._speaking.stdin is not None:
                if not self.as_argument:
                    self._speaking.stdin.write(text.encode())
                self._speaking.stdin.close()

    def close(self) -> None:
        self._hush()

    def _hush(self) -> None:
        """Killed, so waiting takes no time to speak of; a child that is not waited for would stay as a zombie."""
        speaking, self._speaking = self._speaking, None
        if speaking is None:
            return
        if speaking.poll() is None:
            speaking.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            speaking.wait(QUIT_S)


def find_voice(
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
    start: Start = start_process,
) -> SystemVoice | None:
    """The system's own voice, or the first that is installed; None: there is none (NO_VOICE says so)."""
    if platform == "darwin" and (program := which("say")):
        return SystemVoice((program, "-f", "-"), start=start)
    if platform == "win32" and (program := which("powershell") or which("pwsh")):
        return SystemVoice((program, "-NoProfile", "-NonInteractive", "-Command", SAPI), start=start)
    for name in ("espeak-ng", "espeak"):
        if program := which(name):
            return SystemVoice((program, "--stdin"), start=start)
    if program := which("spd-say"):
        return SystemVoice((program, "--wait", "--"), as_argument=True, start=start)
    return None
