"""The names of movements, wherever they are written out by hand."""

from __future__ import annotations

from typing import get_args

from vidgait import cli_options
from vidgait.movements import MOVEMENTS
from vidgait.truth.recipe import SIMULATED


def test_the_command_line_lists_every_movement() -> None:
    (option,) = (one for one in get_args(cli_options.Movement) if hasattr(one, "help"))
    assert option.help.removesuffix(".").split(": ")[1].split(", ") == ["auto", *MOVEMENTS]


def test_every_movement_can_be_simulated() -> None:
    assert set(MOVEMENTS) <= set(SIMULATED)
