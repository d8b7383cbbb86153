"""The picture at the top of the README and the script that makes it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_readme_picture", ROOT / "scripts" / "make_readme_picture.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_light_enough_for_a_page(script: ModuleType) -> None:
    path = ROOT / "docs" / "images" / "squat.jpg"
    assert path.stat().st_size < script.MAX_BYTES
    with Image.open(path) as picture:
        assert picture.height == script.HEIGHT_PX


def test_pictures_of_different_sizes_stand_side_by_side(script: ModuleType, tmp_path: Path) -> None:
    together = script.side_by_side([Image.new("RGB", (360, 720)), Image.new("RGB", (720, 1440))])
    assert together.size == (360 + script.GAP_PX + 360, script.HEIGHT_PX)
    script.save(together, tmp_path / "new" / "squat.jpg")
    assert (tmp_path / "new" / "squat.jpg").stat().st_size < script.MAX_BYTES
