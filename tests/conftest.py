"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"


@pytest.fixture(scope="session")
def clips() -> Path:
    """The folder of real footage beside the repository; the test is skipped where it is absent. Mark such a test
    `@pytest.mark.clips`."""
    if not (CLIPS / "INDEX.md").is_file():
        pytest.skip("the real clips are not part of the repository, and ../shared/clips is absent")
    return CLIPS
