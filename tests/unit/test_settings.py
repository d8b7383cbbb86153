from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from vidgait.errors import SettingsError
from vidgait.settings import OPTION_PLACES, Options, Settings


def test_mapping_round_trip_keeps_everything() -> None:
    settings = Settings.from_mapping({"movement": "squat", "exclude_reps": [2, 3], "video": {"slowmo": 4}})
    assert Settings.from_mapping(settings.to_mapping()) == settings
    assert settings.video.slowmo == 4.0
    assert settings.exclude_reps == (2, 3)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"pos": {}}, "Did you mean 'pose'"),
        ({"pose": {"devic": "cpu"}}, "Did you mean 'pose.device'"),
        ({"pose": "cpu"}, "is a section"),
        ({"video": {"slowmo": "fast"}}, "must be float"),
        ({"video": {"slowmo": 0}}, "Slowmo must be positive"),
        ({"video": {"slowmo": 1e-9}}, "between 0.1 and 1000"),
        ({"video": {"slowmo": float("inf")}}, "must be a finite number"),
        ({"video": {"end_s": float("inf")}}, "must be a finite number"),
        ({"signals": {"hampel_window_s": float("nan")}}, "must be a finite number"),
        ({"signals": {"gap_max_s": -1}}, "gap_max_s"),
        ({"pose": {"search_every_s": -1}}, "search_every_s"),
        ({"pose": {"presence_score": 2}}, "presence_score"),
        ({"view": {"yaw_gate_fppa_deg": -4}}, "Yaw gates"),
        ({"error": {"draws": 10**9}}, "Draws"),
        ({"error": {"seed": -1}}, "Seed"),
        ({"video": {"start_s": 4, "end_s": 2}}, "End must come after start"),
        ({"subject": {"height_m": 180}}, "in metres"),
        ({"subject": {"person": "tallest"}}, "Person must be one of"),
        ({"view": {"view": "top"}}, "View must be one of"),
        ({"view": {"heading_habits": "some"}}, "heading_habits must be one of"),
        ({"output": {"video": 1}}, "must be bool"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(values: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words) as error:
        Settings.from_mapping(values)
    assert "\n" not in str(error.value)


def test_flat_options_reach_their_sections() -> None:
    settings = Settings().with_options({"start": 1.5, "person": "2", "write_video": False})
    assert settings.video.start_s == 1.5
    assert settings.subject.person == "2"
    assert not settings.output.video


def test_every_flat_option_has_a_place_that_exists() -> None:
    assert set(OPTION_PLACES) == set(Options.__annotations__)
    for place in OPTION_PLACES.values():
        target: Any = Settings()
        for name in place:
            assert name in {field.name for field in dataclasses.fields(target)}
            target = getattr(target, name)


def test_toml_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[subject]\nheight_m = 1.8\n", encoding="utf-8")
    assert Settings.from_toml(path).subject.height_m == 1.8
    path.write_text("[subject\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="not valid TOML"):
        Settings.from_toml(path)
    with pytest.raises(SettingsError, match="Cannot read"):
        Settings.from_toml(tmp_path / "absent.toml")


def test_knees_are_drawn_low_by_the_network_alone_unless_told() -> None:
    assert Settings().view.draws_knees_low
    for habits in ("prior", "none"):
        view = {"heading_habits": habits}
        assert not Settings.from_mapping({"view": view}).view.draws_knees_low
        assert Settings.from_mapping({"view": view | {"low_knees": True}}).view.draws_knees_low
