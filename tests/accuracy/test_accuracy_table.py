"""The committed table of errors against truth must not get worse.

`vidgait validate sample_videos --out benchmarks --overwrite` makes it anew. A change for the better is committed with
its table, and its numbers go into the changelog under *Scientific changes*. Which clips are analysed:
`tests/support/samples.py`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import vidgait
from tests.support.samples import SAMPLES, chosen_samples
from vidgait.truth.accuracy_file import AccuracyTable, load_accuracy, table_of, what_is_worse

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "benchmarks" / "accuracy.json"


@pytest.fixture(scope="module")
def committed() -> AccuracyTable:
    return load_accuracy(COMMITTED)


@pytest.mark.slow
def test_no_row_got_worse(committed: AccuracyTable) -> None:
    rows = []
    made_with: dict[str, object] = {}
    clips = chosen_samples()
    assert len(clips) >= 3
    for clip in clips:
        table = table_of(vidgait.validate(clip))
        rows += table.clips
        made_with = dict(table.made_with)
    worse = what_is_worse(committed, AccuracyTable(made_with, tuple(rows)))
    assert not worse, "\n".join(["worse than benchmarks/accuracy.json:", *worse])


def test_the_table_is_of_the_clips_that_ship(committed: AccuracyTable) -> None:
    assert {clip.name for clip in committed.clips} == {path.stem for path in SAMPLES.glob("*.mp4")}


def test_the_table_says_what_it_was_made_with(committed: AccuracyTable) -> None:
    manifest = (ROOT / "models" / "manifest.json").read_text(encoding="utf-8")
    assert committed.made_with["onnxruntime"]
    assert committed.made_with["weights"]
    for sha256 in committed.made_with["weights"].values():
        assert sha256 in manifest, "made with other weights than those that ship: make it anew"


def test_a_row_of_the_committed_table_that_got_worse_is_caught(committed: AccuracyTable) -> None:
    """Every row with a number, made worse one at a time by more than is allowed, is noticed."""
    clip = max(committed.clips, key=lambda one: len(one.rows))
    before = AccuracyTable(committed.made_with, (clip,))
    numbered = [row for row in clip.rows if row.mae is not None]
    assert len(numbered) > 20
    for row in numbered:
        assert row.mae is not None
        spoilt = replace(row, mae=row.mae + max(2.5, 0.06 * row.mae))
        rows = tuple(spoilt if one is row else one for one in clip.rows)
        now = AccuracyTable(committed.made_with, (replace(clip, rows=rows),))
        assert len(what_is_worse(before, now)) == 1, row.key
