"""The catalogue itself: ids, words, sources, and the page made of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vidgait.kinematics.series import SERIES
from vidgait.measures import CATALOGUE, catalogue_markdown, spec_of
from vidgait.measures.model_error import model_error
from vidgait.movements import MOVEMENTS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "measures.md"
FORBIDDEN = ("risk", "diagnos", "weak", "gluteus", "injur", "dangerous", "instab")


def test_the_reference_page_is_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == catalogue_markdown(), "run: vidgait measures > docs/measures.md"


def test_ids_are_unique_spelled_out_and_without_units() -> None:
    ids = [spec.id for spec in CATALOGUE]
    assert len(ids) == len(set(ids))
    for id in ids:
        assert re.fullmatch(r"[a-z]+(_[a-z]+|_60|_45)*", id)
        assert not id.endswith(("_deg", "_s", "_percent", "_px"))


@pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: spec.id)
def test_every_entry_is_complete(spec) -> None:
    series = {one.name: one for one in SERIES}
    assert set(spec.movements) <= set(MOVEMENTS)
    assert spec.says.endswith(".")
    assert spec.means
    assert spec.does_not_mean
    if spec.series:
        assert spec.plane == series[spec.series].plane
        assert spec.sided == series[spec.series].sided
        assert spec.leaks == series[spec.series].leaks
    if spec.reading not in ("spread", "drift"):
        assert model_error(spec.id) or model_error(spec.parent), "every shown error has a calibrated term"
    if spec.parent:
        assert spec_of(spec.parent)
    if spec.bands is not None:
        assert spec.bands.source
    assert (spec.mdc is None) == (spec.mdc_source == "") == (spec.mdc_movements == ())


def test_the_words_promise_nothing_medical() -> None:
    for spec in CATALOGUE:
        words = f"{spec.label} {spec.says} {spec.means}".lower()
        assert not [word for word in FORBIDDEN if word in words], spec.id


def test_an_unknown_id_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="flight_time"):
        spec_of("flight_time")
