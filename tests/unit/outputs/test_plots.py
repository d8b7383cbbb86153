from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from tests.support.analyses import synthetic_squat
from vidgait.outputs import plots
from vidgait.settings import Settings
from vidgait.types import Rep


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def test_a_curve_is_where_its_values_are() -> None:
    path = plots.line_path(np.array([2.0, 3.0, 4.0]), np.array([0.0, 10.0, 5.0]), 0.0, 10.0)
    assert points(path) == [(0.0, plots.HEIGHT), (plots.WIDTH / 2, 0.0), (plots.WIDTH, plots.HEIGHT / 2)]


def test_a_gap_lifts_the_pen_and_a_lone_point_is_seen() -> None:
    value = np.array([1.0, 1.0, np.nan, 2.0, np.nan, 3.0, 3.0])
    path = plots.line_path(np.arange(7.0), value, 0.0, 4.0)
    assert path.count("M") == 3
    assert "h0.1" in path
    assert "nan" not in path
    assert plots.line_path(np.arange(3.0), np.full(3, np.nan), 0.0, 1.0) == ""


def test_a_long_clip_keeps_its_extremes_and_gaps() -> None:
    value = np.sin(np.linspace(0, 60, 30_000))
    value[12_345], value[20_000:20_100] = 7.0, np.nan
    path = plots.line_path(np.arange(30_000.0), value, -7.0, 7.0)
    assert len(points(path)) <= plots.POINTS_MAX + 10
    assert min(y for _, y in points(path)) == 0.0
    assert path.count("M") == 2


def test_noise_does_not_fill_the_box() -> None:
    analysis = synthetic_squat("left")
    still = tuple(replace(series, value=np.full(len(series.value), 3.0)) for series in analysis.series[:1])
    (plot,) = plots.make_plots(replace(analysis, series=still), {})
    ys = [y for _, y in points(plot.lines[0].path)]
    assert 0.4 * plots.HEIGHT < min(ys) <= max(ys) < 0.6 * plots.HEIGHT
    assert all(0 <= tick.share <= 1 for tick in plot.ticks) and len(plot.ticks) >= 3


def test_ticks_stand_at_their_values() -> None:
    analysis = synthetic_squat("left")
    plot = next(p for p in plots.make_plots(analysis, {}) if p.name == "knee_flexion_deg")
    knee = next(s for s in analysis.series if s.name == plot.name and s.side == "left")
    row = int(np.argmax(knee.value))
    drawn = points(plot.lines[0].path)[row][1] / plots.HEIGHT
    upper, lower = plot.ticks[-1], plot.ticks[0]
    high, low = (float(tick.label.replace("−", "-")) for tick in (upper, lower))
    expected = upper.share + (high - knee.value[row]) / (high - low) * (lower.share - upper.share)
    assert drawn == pytest.approx(expected, abs=1e-3)


def test_both_sides_share_a_plot_and_the_far_leg_is_marked() -> None:
    drawn = {plot.name: plot for plot in plots.make_plots(synthetic_squat("left"), {("knee_flexion_deg", "left"): 5.0})}
    assert [(line.side, line.far) for line in drawn["knee_flexion_deg"].lines] == [("left", False), ("right", True)]
    assert drawn["knee_flexion_deg"].error == 5.0 and drawn["knee_flexion_deg"].lines[0].band
    assert drawn["hip_flexion_deg"].error is None and not drawn["hip_flexion_deg"].lines[0].band
    assert "fppa_deg" not in drawn


def test_rep_bands() -> None:
    analysis = synthetic_squat("left")
    end_s = float(analysis.poses.time_s[-1])
    reps = (Rep(1, "rep", 0.0, end_s / 2), Rep(0, "partial", end_s / 2, end_s + 5.0))
    whole, part = plots.rep_bands(replace(analysis, reps=reps))
    assert (whole.label, whole.counted, whole.start, whole.end) == ("1", True, 0.0, pytest.approx(0.5))
    assert (part.label, part.counted, part.end) == ("", False, 1.0)


@pytest.mark.parametrize(
    ("end_s", "labels"),
    [
        (0.5, ["0.0 s", "0.1 s", "0.2 s", "0.3 s", "0.4 s", "0.5 s"]),
        (14.5, ["0 s", "5 s", "10 s"]),
        (600.0, ["0 min", "2 min", "4 min", "6 min", "8 min", "10 min"]),
    ],
)
def test_times_are_round(end_s: float, labels: list[str]) -> None:
    ticks = plots.time_ticks(np.linspace(0.0, end_s, 7))
    assert [tick.label for tick in ticks] == labels
    assert ticks[0].share == 0.0


def test_times_start_where_the_clip_does() -> None:
    assert [tick.label for tick in plots.time_ticks(np.linspace(7.2, 12.9, 50))] == [
        "8 s",
        "9 s",
        "10 s",
        "11 s",
        "12 s",
    ]


def test_page_data_is_json_without_nan_and_of_bounded_size() -> None:
    time_s = np.arange(9000) / 30.0
    analysis = synthetic_squat("front", reps=3, time_s=time_s, start_media_s=2.0, lost=(1.0, 2.0))
    drawn = plots.make_plots(analysis, {})
    data = plots.page_data(analysis, drawn)
    assert len(data["time"]) == len(data["video"]) == plots.READOUT_MAX
    assert (data["time"][0], data["time"][-1]) == (0.0, round(float(time_s[-1]), 4))
    assert data["video"][0] == 2.0
    text = json.dumps(data, allow_nan=False)
    assert "null" in text and len(text) < 400_000


def test_the_video_of_a_cut_clip_starts_at_zero() -> None:
    cut = synthetic_squat("front", start_media_s=3.0, settings=Settings.from_mapping({"video": {"start_s": 2.9}}))
    whole = synthetic_squat("front", start_media_s=3.0)
    assert plots.page_data(cut, ())["video"][:2] == [0.0, 0.0333]
    assert plots.page_data(whole, ())["video"][0] == 3.0
