"""Where a clip is cut in two."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from vidgait.video.cut import OFF_MIDDLE_MAX, OVERLAP_PICTURES, PICTURES_MIN, find_cut


def stamps(count: int, rate_hz: int = 30) -> list[Fraction]:
    return [Fraction(index, rate_hz) for index in range(count)]


def test_the_key_frame_nearest_to_the_middle_begins_the_second_part() -> None:
    shown = stamps(120)
    cut = find_cut(shown, [shown[0], shown[30], shown[60], shown[90]], None, None)
    assert cut is not None
    assert cut.again_s == float((shown[59] + shown[60]) / 2)
    assert cut.key_s == shown[60]
    assert cut.at_s == float((shown[59 + OVERLAP_PICTURES] + shown[60 + OVERLAP_PICTURES]) / 2)


def test_a_clip_with_no_key_frame_near_its_middle_stays_whole() -> None:
    shown = stamps(200)
    assert find_cut(shown, [shown[0]], None, None) is None
    assert find_cut(shown, [shown[0], shown[20], shown[180]], None, None) is None


def test_a_short_clip_stays_whole() -> None:
    shown = stamps(PICTURES_MIN - 1)
    assert find_cut(shown, shown, None, None) is None
    assert find_cut(stamps(PICTURES_MIN), stamps(PICTURES_MIN), None, None) is not None


def test_only_the_wanted_range_counts() -> None:
    shown = stamps(300)
    cut = find_cut(shown, shown, 1.0, 6.0)
    assert cut is not None
    assert 1.0 < cut.again_s < cut.at_s < 6.0
    assert abs((cut.at_s + cut.again_s) / 2 - 3.5) < 0.2
    assert find_cut(shown, shown, 1.0, 2.0) is None


@given(st.integers(60, 400), st.sets(st.integers(0, 399)), st.randoms())
def test_a_cut_lies_between_pictures_and_leaves_fair_parts(count: int, keys: set[int], random: object) -> None:
    shown = stamps(count)
    jumbled = list(shown)
    random.shuffle(jumbled)  # type: ignore[attr-defined]
    cut = find_cut(jumbled, [shown[key] for key in keys if key < count], None, None)
    if cut is None:
        return
    assert cut.again_s not in map(float, shown)
    assert cut.at_s not in map(float, shown)
    before = sum(float(stamp) < cut.at_s for stamp in shown)
    overlapping = sum(cut.again_s < float(stamp) < cut.at_s for stamp in shown)
    assert overlapping == OVERLAP_PICTURES
    assert abs(before - count / 2) <= OFF_MIDDLE_MAX * count + OVERLAP_PICTURES / 2 + 1
