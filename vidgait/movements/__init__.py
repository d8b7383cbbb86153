"""Movements: how each is recognised, its repetitions and their phases."""

from __future__ import annotations

from vidgait.movements.framework import Cycle, MovementSpec, RepMachine, RepRules
from vidgait.movements.online import Done, OnlineReadings
from vidgait.movements.posture import BodyReader, BodySample, read_track
from vidgait.movements.readings import Readings, find_cycles, find_holds
from vidgait.movements.recognition import MOVEMENTS, cutoff_hz, recognise
from vidgait.movements.repetitions import find_reps
from vidgait.movements.single_leg_stance import Hold, HoldMachine

__all__ = [
    "MOVEMENTS",
    "BodyReader",
    "BodySample",
    "Cycle",
    "Done",
    "Hold",
    "HoldMachine",
    "MovementSpec",
    "OnlineReadings",
    "Readings",
    "RepMachine",
    "RepRules",
    "cutoff_hz",
    "find_cycles",
    "find_holds",
    "find_reps",
    "read_track",
    "recognise",
]
