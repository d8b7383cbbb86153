"""Movements: how each is recognised, its repetitions and their phases."""

from __future__ import annotations

from vidgait.movements.framework import Cycle, MovementSpec, RepMachine, RepRules
from vidgait.movements.posture import BodyReader, BodySample, read_track
from vidgait.movements.recognition import MOVEMENTS, cutoff_hz, find_cycles, find_reps, recognise

__all__ = [
    "MOVEMENTS",
    "BodyReader",
    "BodySample",
    "Cycle",
    "MovementSpec",
    "RepMachine",
    "RepRules",
    "cutoff_hz",
    "find_cycles",
    "find_reps",
    "read_track",
    "recognise",
]
