"""Skeletons of unit tests are filmed by no network: they have none of its habits."""

from __future__ import annotations

import pytest

from vidgait.kinematics import heading, view


@pytest.fixture(autouse=True)
def a_pose_network_without_habits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The heading's cues read true: no offset, a gain of one; their errors stay as they were measured."""
    plain = {"offset_deg": [0.0] * len(heading.CUES), "gain": [1.0] * len(heading.CUES)}
    table = {key: entry | plain for key, entry in heading.heading_table().items()}
    monkeypatch.setattr(view, "heading_table", lambda: table)
