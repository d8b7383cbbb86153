"""Voices and tones: found, spoken without waiting, cut off, never through a shell. No process is started."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest

from tests.support.live_states import rep, state
from vidgait.live.announcer import Announcer
from vidgait.live.state import Advice, LiveCue, LiveStats, LiveView
from vidgait.live.tone import Bell, TonePlayer, find_tone, tone_wav
from vidgait.live.voice import SystemVoice, find_voice


class Pipe(io.BytesIO):
    text = b""

    def close(self) -> None:
        if not self.closed:
            self.text = self.getvalue()
        super().close()


@dataclass
class FakeProcess:
    command: Sequence[str]
    stdin: IO[bytes] | None = field(default_factory=Pipe)
    ended: bool = False

    def poll(self) -> int | None:
        return 0 if self.ended else None

    def kill(self) -> None:
        self.ended = True

    def wait(self, timeout: float | None = None) -> int:
        assert self.ended
        return 0


def starter() -> tuple[list[FakeProcess], Callable[[Sequence[str]], Any]]:
    started: list[FakeProcess] = []

    def start(command: Sequence[str]) -> FakeProcess:
        started.append(FakeProcess(command))
        return started[-1]

    return started, start


def having(*names: str) -> Callable[[str], str | None]:
    return lambda name: f"/bin/{name}" if name in names else None


@pytest.mark.parametrize(
    ("platform", "programs", "first"),
    [
        ("darwin", ("say", "espeak"), "/bin/say"),
        ("win32", ("powershell",), "/bin/powershell"),
        ("linux", ("espeak", "espeak-ng"), "/bin/espeak-ng"),
        ("linux", ("spd-say",), "/bin/spd-say"),
        ("linux", ("say",), None),
    ],
)
def test_the_voice_of_the_system_is_found(platform: str, programs: tuple[str, ...], first: str | None) -> None:
    voice = find_voice(platform, having(*programs))
    assert (voice.command[0] if voice else None) == first


@pytest.mark.parametrize(("platform", "program"), [("darwin", "say"), ("win32", "powershell"), ("linux", "espeak")])
def test_words_go_in_through_standard_input_only(platform: str, program: str) -> None:
    started, start = starter()
    voice = find_voice(platform, having(program), start)
    assert voice is not None
    voice.speak("Knee out; $(touch x) 'quoted' –")
    assert not any("touch" in part for part in started[0].command)
    assert isinstance(started[0].stdin, Pipe)
    assert started[0].stdin.text.decode() == "Knee out; $(touch x) 'quoted' –"


def test_words_as_an_argument_cannot_become_an_option() -> None:
    started, start = starter()
    voice = find_voice("linux", having("spd-say"), start)
    assert voice is not None
    voice.speak("--help; ls")
    assert list(started[0].command) == ["/bin/spd-say", "--wait", "--", "--help; ls"]


def test_a_new_sentence_cuts_off_the_old_one() -> None:
    started, start = starter()
    voice = SystemVoice(("espeak",), start=start)
    voice.speak("one")
    voice.speak("two")
    assert [one.ended for one in started] == [True, False]
    voice.close()
    assert started[1].ended


def test_a_voice_that_cannot_start_stays_silent() -> None:
    tries = []

    def start(command: Sequence[str]) -> FakeProcess:
        tries.append(command)
        raise FileNotFoundError

    voice = SystemVoice(("gone",), start=start)
    voice.speak("one")
    voice.speak("two")
    assert len(tries) == 1


def test_the_tone_is_a_short_wav_without_clicks() -> None:
    with wave.open(io.BytesIO(tone_wav(440, 0.2))) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert file.getnframes() / file.getframerate() == pytest.approx(0.2, abs=1e-3)
    assert abs(int(samples[0])) < 20 and abs(int(samples[-1])) < 200
    assert 0.3 < np.abs(samples).max() / 32767 < 0.4
    assert np.argmax(np.abs(np.fft.rfft(samples))) / 0.2 == pytest.approx(440, abs=5)


def test_the_tone_plays_from_a_file_that_goes_away() -> None:
    started, start = starter()
    tone = find_tone("linux", having("aplay"), start)
    assert isinstance(tone, TonePlayer)
    for _ in range(4):
        tone.play()
    assert len(started) == 2
    *_, name = started[0].command
    assert Path(name).read_bytes() == tone_wav()
    tone.close()
    assert not Path(name).exists() and all(one.ended for one in started)


def test_the_bell_is_the_last_resort() -> None:
    rung: list[str] = []
    tone = find_tone("linux", having(), bell=rung.append)
    assert isinstance(tone, Bell)
    tone.play()
    assert rung == ["\a"]


@dataclass
class Spoken:
    said: list[str] = field(default_factory=list)

    def speak(self, text: str) -> None:
        self.said.append(text)

    def play(self) -> None:
        self.said.append("tone")

    def close(self) -> None:
        self.said.append("closed")


def view(time_s: float, cue: LiveCue | None = None, advice: tuple[Advice, ...] = (), **changes: Any) -> LiveView:
    return LiveView(state(time_s, **changes), advice, cue, LiveStats())


def test_a_cue_is_spoken_once_and_never_late() -> None:
    voice = Spoken()
    announcer = Announcer(voice)
    for t in np.arange(0, 3, 0.1):
        announcer.push(view(float(t), LiveCue("depth", "A little deeper", "change", None, 0.0)))
    announcer.push(view(10.0, LiveCue("trunk", "Chest up", "change", None, 8.0)))
    announcer.push(replace(view(11.0, LiveCue("trunk", "Chest up", "change", None, 11.0)), paused=True))
    assert voice.said == ["A little deeper"]


def test_a_tone_for_each_repetition() -> None:
    tone = Spoken()
    announcer = Announcer(tone=tone)
    for t in np.arange(0, 9, 0.1):
        announcer.push(view(float(t), reps=tuple(rep(at) for at in (1, 2) if 3 * at <= t)))
    assert tone.said == ["tone", "tone"]
    announcer.close()
    assert tone.said[-1] == "closed"


def test_advice_is_spoken_once_it_lasts_and_seldom() -> None:
    voice = Spoken()
    announcer = Announcer(voice)
    for t in np.arange(0, 9, 0.1):
        announcer.push(view(float(t), advice=(Advice("step_back", "Step back"),)))
    announcer.push(view(9.1, advice=(Advice("turn", "Turn 20° to your left"),)))
    assert voice.said == ["Step back", "Step back"]


def test_the_same_advice_is_spoken_ever_more_seldom() -> None:
    voice = Spoken()
    announcer = Announcer(voice)
    for t in np.arange(0, 60, 0.1):
        announcer.push(view(float(t), advice=(Advice("step_back", "Step back"),)))
    assert len(voice.said) == 4
