"""Which stamps were lost, in the order of presentation."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidgait.video.stamps import DamageLog, StampLedger, spacing


def test_ledger_names_what_was_skipped() -> None:
    ledger = StampLedger()
    for stamp in (0, 3, 1, 2, 6, 4, 5):  # Decoding order with B pictures.
        ledger.fed(stamp)
    assert ledger.shown(0) == []
    assert ledger.shown(1) == []
    assert ledger.shown(4) == [2, 3]
    assert ledger.left_over() == [5, 6]


def test_ledger_ignores_what_comes_before_the_first_picture() -> None:
    ledger = StampLedger()
    for stamp in (-2, -1, 0):
        ledger.fed(stamp)
    assert ledger.left_over() == []
    assert ledger.shown(0) == []


@given(st.sets(st.integers(0, 300), min_size=1, max_size=60), st.randoms())
def test_ledger_accounts_for_every_stamp(stamps: set[int], random: object) -> None:
    shown = sorted(stamp for stamp in stamps if stamp == min(stamps) or random.random() < 0.7)  # type: ignore[attr-defined]
    ledger = StampLedger()
    for stamp in stamps:
        ledger.fed(stamp)
    lost = [stamp for at in shown for stamp in ledger.shown(at)] + ledger.left_over()
    assert sorted(lost + shown) == sorted(stamps)


def test_damage_becomes_one_issue_a_stretch() -> None:
    log = DamageLog(start_s=1.0, end_s=3.0)
    log.lost([Fraction(1, 2)])  # Before the stretch.
    log.analysed(Fraction(1))
    log.analysed(Fraction(7, 5))
    log.lost([Fraction(3, 2), Fraction(8, 5)])
    log.resumed_unhealed()
    log.analysed(Fraction(9, 5))
    log.out_of_order(Fraction(2))
    log.analysed(Fraction(2))
    log.lost([Fraction(5, 2), Fraction(7, 2)])
    log.lost([Fraction(7, 2)])  # Behind the stretch.
    issues = log.issues()
    assert [(issue.code, issue.frames) for issue in issues] == [
        ("video_corrupt", (1, 2)),
        ("video_corrupt", (3, 3)),
        ("video_time_stamps", (2, 3)),
    ]
    assert issues[0].message.startswith("Pictures between 1.40 s and 1.80 s could not be decoded and were left out.")
    assert "smeared" in issues[0].message
    assert issues[1].message == "Pictures after 2.00 s could not be decoded and were left out."
    assert issues[2].message.startswith("One picture with a time stamp that was missing")


def test_spacing_by_measurement() -> None:
    steady = [Fraction(index, 30) for index in range(30)]
    assert spacing(steady) == (pytest.approx(1 / 30), False)
    assert spacing(steady[::-1]) == (pytest.approx(1 / 30), False)
    assert spacing([Fraction(round(1000 * stamp), 1000) for stamp in steady])[1] is False  # Matroska's milliseconds.
    assert spacing(steady[:10] + steady[11:]) == (pytest.approx(1 / 30), True)
    assert spacing([Fraction(0)]) == (None, False)
    assert spacing([]) == (None, False)
