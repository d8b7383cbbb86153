"""The rules of the house, held by the code itself: arrows, sizes, names, imports."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import vidgait

PACKAGE = Path(vidgait.__file__).parent

ROWS: tuple[frozenset[str], ...] = tuple(
    frozenset(row.split())
    for row in (
        "errors concurrency",
        "types",
        "settings tempo",
        "store",
        "video pose evidence imports tracking kinematics",
        "bodyfit movements",
        "measures",
        "athletes outputs first_pass provenance",
        "interpretation",
        "pipeline",
        "known_poses",
        "team live truth doctor session",
        "cli_options cli_progress",
        "cli_live cli_batch",
        "cli",
    )
)
"""A room imports only from rows above its own; rooms of one row never import one another."""

LAZY_NAMESPACE = "__init__"
"""`vidgait/__init__.py` only names the public things; it loads them when they are asked for."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def row_of(room: str) -> int:
    for number, row in enumerate(ROWS):
        if room in row:
            return number
    raise AssertionError(f"vidgait/{room} is not in the plan: give it a row in ROWS and in the architecture")


def imported_rooms(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [f"vidgait.{alias.name}" for alias in node.names] if module == "vidgait" else [module]
        for name in names:
            if name.startswith("vidgait."):
                yield name.split(".")[1], node.lineno


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and body length, without the docstring, of every function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            yield f"{path.relative_to(PACKAGE)}:{node.name}", length


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(path: Path) -> None:
    room = room_of(path)
    if room == LAZY_NAMESPACE:
        return
    for other, line in imported_rooms(path):
        if other != room:
            assert row_of(other) < row_of(room), f"{path.name}:{line}: {room} must not import {other}"


def test_function_bodies_are_short() -> None:
    lengths = dict(entry for path in modules() for entry in functions(path))
    too_long = {name: length for name, length in lengths.items() if length > 80}
    assert not too_long, f"bodies over 80 lines: {too_long}"
    assert statistics.median(lengths.values()) < 12
    assert sorted(lengths.values())[int(len(lengths) * 0.9)] <= 40


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_are_small_and_named_for_what_they_do(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") < 500, "split it"
    assert "util" not in path.stem
    assert "helper" not in path.stem


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_private_names_stay_in_their_module(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    ours = [node for node in imports if isinstance(node, ast.ImportFrom) and str(node.module).startswith("vidgait")]
    taken = [alias.name for node in ours for alias in node.names]
    modules_used = {alias.asname or alias.name for node in imports for alias in node.names}
    taken += [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules_used
    ]
    private = [name for name in taken if name.startswith("_") and not name.startswith("__")]
    assert not private, f"{path.name} uses private names of other modules: {private}"


def public_names(path: Path) -> set[str] | None:
    """What `__all__` lists, or None where a module has none."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return None


def test_what_a_module_takes_from_another_is_in_its_all() -> None:
    listed = {path: public_names(path) for path in modules() if path.name != "__init__.py"}
    by_name = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): names for path, names in listed.items()
    }
    missing = [
        f"{path.relative_to(PACKAGE)} takes {alias.name} from {node.module}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (names := by_name.get(node.module or "")) is not None
        for alias in node.names
        if alias.name not in names
    ]
    assert not missing, missing
    assert sum(names is not None for names in by_name.values()) > 100, "the modules were not found"


def test_no_module_shares_its_name_with_a_public_function() -> None:
    rooms = {room_of(path) for path in modules()}
    assert not rooms & set(vidgait.__all__), "a lazily exported function would be shadowed by its own module"


def module_names() -> list[str]:
    found = pkgutil.walk_packages([str(PACKAGE)], prefix="vidgait.")
    return sorted(module.name for module in found if module.name != "vidgait.pose.mediapipe_tasks")


@pytest.mark.parametrize("name", module_names())
def test_all_is_exact(name: str) -> None:
    module = importlib.import_module(name)
    path = Path(module.__file__ or "")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }
    listed = list(getattr(module, "__all__", []))
    for entry in listed:
        assert hasattr(module, entry), f"{name}.__all__ names {entry}, which is not there"
    missing = own - set(listed)
    assert not missing, f"{name}: public but not in __all__: {sorted(missing)}"


def test_the_public_namespace_is_what_it_says() -> None:
    assert list(vidgait.__all__) == sorted(vidgait.__all__)
    for name in vidgait.__all__:
        assert getattr(vidgait, name) is not None


HEAVY = ("cv2", "av", "onnxruntime", "mediapipe", "scipy", "pyarrow", "PIL", "jinja2")


def test_importing_vidgait_loads_nothing_heavy() -> None:
    code = f"import sys, vidgait; print([name for name in {HEAVY!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_opencv_is_imported_before_pyav_everywhere() -> None:
    """The other way round every OpenCV window hangs on Linux, so exactly one module imports both, OpenCV first, and
    nothing else imports PyAV."""
    both = []
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        lines: dict[str, int] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    lines.setdefault(alias.name.split(".")[0], node.lineno)
            elif isinstance(node, ast.ImportFrom) and node.module:
                lines.setdefault(node.module.split(".")[0], node.lineno)
        if "av" in lines:
            assert lines.get("cv2", lines["av"]) < lines["av"], f"{path}: take PyAV from vidgait.video.libav"
            both.append(str(path.relative_to(PACKAGE)))
    assert both == [str(Path("video/libav.py"))], "one module fixes the order"


def test_nothing_computes_time_from_a_frame_number() -> None:
    """Time comes from presentation time stamps; a division by a rate is where it would come from otherwise."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                left, right = ast.unparse(node.left), ast.unparse(node.right)
                by_rate = "rate_hz" in right or "fps" in right
                by_number = re.search(r"\b(index|indices|frame|frames|number)\b", left)
                assert not (by_rate and by_number), f"{path}:{node.lineno}"
