"""Files of other systems, written here with known contents, and every way in which they can be wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from vidgait.errors import ReferenceFileError, SettingsError, VidgaitError
from vidgait.truth.column_map import parse_map
from vidgait.truth.person_points import series_of_points
from vidgait.truth.reference import Reference
from vidgait.truth.rendered import read_rendered
from vidgait.truth.validation import read_reference
from vidgait.types import FloatArray

SAMPLES = Path(__file__).resolve().parents[3] / "sample_videos"
TIME_S = np.arange(50) / 100.0
KNEE_DEG = 10 + 80 * np.sin(np.pi * TIME_S / 0.5) ** 2


def read(path: Path, *maps: str) -> Reference:
    return read_reference(path, parse_map(maps))


def mot(path: Path, columns: dict[str, FloatArray], in_degrees: str | None = "yes") -> Path:
    said = [] if in_degrees is None else [f"inDegrees={in_degrees}"]
    head = ["Coordinates", "version=1", f"nRows={TIME_S.size}", f"nColumns={len(columns) + 1}", *said, "", "endheader"]
    rows = ["\t".join(["time", *columns])]
    rows += ["\t".join(f"{value:.6f}" for value in row) for row in np.stack([TIME_S, *columns.values()], axis=1)]
    path.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
    return path


def trc(path: Path, points: dict[str, FloatArray], unit: str = "mm") -> Path:
    names = "\t\t\t".join(points)
    axes = "\t".join(f"{axis}{number + 1}" for number in range(len(points)) for axis in "XYZ")
    head = [
        "PathFileType\t4\t(X/Y/Z)\tmade.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"100\t100\t{TIME_S.size}\t{len(points)}\t{unit}\t100\t1\t{TIME_S.size}",
        f"Frame#\tTime\t{names}\t\t",
        f"\t\t{axes}",
    ]
    scale = {"mm": 1000.0, "m": 1.0}.get(unit, 1.0)
    rows = [
        "\t".join(
            [
                str(frame + 1),
                f"{TIME_S[frame]:.4f}",
                *(f"{scale * v:.4f}" for xyz in points.values() for v in xyz[frame]),
            ]
        )
        for frame in range(TIME_S.size)
    ]
    path.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
    return path


# --- OpenSim coordinates ----------------------------------------------------------------------------------------------


def test_opensim_coordinates_get_vidgaits_signs(tmp_path: Path) -> None:
    flat = np.ones(TIME_S.shape)
    columns = {
        "pelvis_tilt": -12 * flat, "pelvis_list": 4 * flat, "pelvis_tx": 30 * flat, "hip_flexion_l": 30 * flat,
        "hip_adduction_l": 5 * flat, "knee_angle_l": KNEE_DEG, "ankle_angle_l": 8 * flat,
        "lumbar_extension": -10 * flat, "lumbar_bending": 3 * flat,
    }  # fmt: skip
    found = read(mot(tmp_path / "ik.mot", columns)).series
    assert found["knee_flexion_deg", "left"] == pytest.approx(KNEE_DEG, abs=1e-5)
    once = {key: float(value[0]) for key, value in found.items()}
    assert once["trunk_lean_deg", None] == pytest.approx(22)  # pelvis and back both lean forward
    assert once["thigh_inclination_deg", "left"] == pytest.approx(18)  # the pelvis leans, the thigh less
    assert once["hip_flexion_deg", "left"] == pytest.approx(40)  # thigh plus trunk
    assert once["shank_inclination_deg", "left"] == pytest.approx(KNEE_DEG[0] - 18)
    assert once["pelvic_obliquity_deg", None] == pytest.approx(4)
    assert once["trunk_lateral_lean_deg", None] == pytest.approx(7)
    assert once["hip_adduction_deg", "left"] == pytest.approx(5)


def test_radians_are_turned_into_degrees_and_lengths_are_not(tmp_path: Path) -> None:
    columns = {"knee_angle_r": np.radians(KNEE_DEG), "pelvis_ty": np.ones(TIME_S.shape)}
    for said in ("no", None):
        found = read(mot(tmp_path / "ik.mot", columns, said))
        assert found.series["knee_flexion_deg", "right"] == pytest.approx(KNEE_DEG, abs=1e-3)
    assert any("radians" in note for note in found.notes)


def test_a_knee_that_flexes_downwards_is_turned_and_said_so(tmp_path: Path) -> None:
    found = read(mot(tmp_path / "gait2392.mot", {"knee_angle_r": -KNEE_DEG}))
    assert found.series["knee_flexion_deg", "right"] == pytest.approx(KNEE_DEG, abs=1e-5)
    assert any("gait2392" in note for note in found.notes)


def test_the_speed_of_the_knee_follows_from_its_angle(tmp_path: Path) -> None:
    found = read(mot(tmp_path / "ik.mot", {"knee_angle_r": 100 * TIME_S}))
    assert found.series["knee_flexion_velocity_deg_s", "right"] == pytest.approx(100.0, abs=0.1)


# --- tables -----------------------------------------------------------------------------------------------------------


def test_a_map_names_column_sign_and_unit(tmp_path: Path) -> None:
    path = tmp_path / "lab.csv"
    rows = [f"{1000 * t:.3f},{-np.radians(k):.8f},label" for t, k in zip(TIME_S, KNEE_DEG, strict=True)]
    path.write_text("\n".join(["# made by hand", "Frame time,KneeL,Phase", *rows]), encoding="utf-8")
    found = read(path, "time=Frame time[ms]", "knee_flexion_deg:left=-KneeL[rad]")
    assert found.time_s == pytest.approx(TIME_S)
    assert found.series["knee_flexion_deg", "left"] == pytest.approx(KNEE_DEG, abs=1e-4)
    assert ("knee_flexion_deg", "right") not in found.series


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    path = tmp_path / "lab.csv"
    rows = [f"{t:.3f};{k:.3f}".replace(".", ",") for t, k in zip(TIME_S, KNEE_DEG, strict=True)]
    path.write_text("\n".join(["time;knee_angle_l", *rows]), encoding="utf-8-sig")
    assert read(path).series["knee_flexion_deg", "left"] == pytest.approx(KNEE_DEG, abs=1e-3)


def test_vidgaits_own_tables_are_known_by_name(tmp_path: Path) -> None:
    path = tmp_path / "frames.csv"
    rows = [f"{t:.3f},{k:.3f},{'' if t > 0.3 else 5}" for t, k in zip(TIME_S, KNEE_DEG, strict=True)]
    path.write_text("\n".join(["time_s,knee_flexion_right_deg,trunk_lean_deg", *rows]), encoding="utf-8")
    found = read(path).series
    assert found["knee_flexion_deg", "right"] == pytest.approx(KNEE_DEG, abs=1e-3)
    assert np.isnan(found["trunk_lean_deg", None][-1]), "an empty cell is missing, never 0"


# --- markers ----------------------------------------------------------------------------------------------------------


def person() -> dict[str, FloatArray]:
    """Joints of the side-view sample, in the person's own axes: left, backwards, up."""
    stored = json.loads((SAMPLES / "squat_side.json").read_text(encoding="utf-8"))
    return {name: np.array(xyz)[30:80] for name, xyz in stored["points_m"].items()}


NAMES = {"hip": "Hip", "knee": "Knee", "ankle": "Ankle", "heel": "Heel", "toe": "BigToe", "shoulder": "Shoulder"}


def in_laboratory(own: dict[str, FloatArray], turned_deg: float) -> dict[str, FloatArray]:
    """OpenPose's names in OpenSim's axes (Y up), the person turned about the vertical."""
    turn = np.radians(turned_deg)
    found = {}
    for part, name in NAMES.items():
        for side in ("left", "right"):
            left, back, up = np.moveaxis(own[f"{side}_{part}"], -1, 0)
            forward, right = -back, -left
            x = np.cos(turn) * forward - np.sin(turn) * right
            z = np.sin(turn) * forward + np.cos(turn) * right
            found[f"{side[0].upper()}{name}"] = np.stack([x + 2.0, up, z - 1.0], axis=-1)
    return found


@pytest.mark.parametrize("turned_deg", [0.0, 37.0, -120.0])
@pytest.mark.parametrize("unit", ["mm", "m"])
def test_markers_give_the_angles_of_the_person_wherever_they_face(tmp_path: Path, turned_deg: float, unit: str) -> None:
    own = person()
    expected = series_of_points(own, TIME_S, None)
    found = read(trc(tmp_path / "markers.trc", in_laboratory(own, turned_deg), unit)).series
    for key in (
        ("knee_flexion_deg", "left"),
        ("fppa_deg", "right"),
        ("trunk_lean_deg", None),
        ("hip_adduction_deg", "left"),
    ):
        assert found[key] == pytest.approx(expected[key], abs=0.35), key


def test_a_marker_on_the_outside_of_a_joint_makes_no_frontal_angle(tmp_path: Path) -> None:
    points = in_laboratory(person(), 0.0)
    points["L_knee"] = points.pop("LKnee")
    points["r_knee"] = points.pop("RKnee")
    found = read(trc(tmp_path / "markers.trc", points))
    assert ("knee_flexion_deg", "left") in found.series
    assert not {"fppa_deg", "knee_separation_hips_percent"} & {name for name, _ in found.series}
    assert any("outside" in note for note in found.notes)


def test_the_middle_of_two_markers_can_be_named(tmp_path: Path) -> None:
    points = in_laboratory(person(), 0.0)
    knee = points.pop("LKnee")
    beside = np.array([0.0, 0.0, 0.05])
    points["inner"], points["outer"] = knee + beside, knee - beside
    path = trc(tmp_path / "markers.trc", points)
    with pytest.raises(ReferenceFileError, match="left knee"):
        read(path)
    found = read(path, "left_knee=inner+outer").series
    expected = series_of_points(person(), TIME_S, None)
    assert found["knee_flexion_deg", "left"] == pytest.approx(expected["knee_flexion_deg", "left"], abs=0.35)


# --- rendered truth ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["squat_side", "squat_front"])
def test_points_and_stated_angles_of_a_truth_file_agree(name: str) -> None:
    """Two ways that share no code: what the renderer wrote, and vidgait's formulas on the true joints."""
    found = read_rendered(SAMPLES / f"{name}.json")
    stored = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    points = {joint: np.array(xyz) for joint, xyz in stored["points_m"].items()}
    again = series_of_points(points, found.time_s, stored["stature_m"])
    for side in ("left", "right"):
        for series in ("knee_flexion_deg", "hip_flexion_deg", "fppa_deg", "hip_adduction_deg", "foot_inclination_deg"):
            assert again[series, side] == pytest.approx(found.series[series, side], abs=0.1), series
    for series in ("trunk_lean_deg", "pelvic_obliquity_deg", "trunk_lateral_lean_deg"):
        assert again[series, None] == pytest.approx(found.series[series, None], abs=0.1), series


def test_a_truth_file_counts_from_standing_and_sees_where_the_camera_is() -> None:
    found = read_rendered(SAMPLES / "squat_side.json")
    standing = found.time_s < 0.4
    assert np.abs(found.series["ankle_dorsiflexion_deg", "left"][standing]).max() < 0.5
    assert found.yaw_deg is not None
    assert np.median(found.yaw_deg) == pytest.approx(-90.0, abs=2.0)
    assert found.reps is not None
    assert [rep.instants["bottom"] for rep in found.reps] == pytest.approx([1.55, 3.65, 6.0, 8.5], abs=0.02)


# --- what can be wrong ------------------------------------------------------------------------------------------------

HEADER = "Coordinates\nversion=1\nendheader\n"
TRC_HEAD = "PathFileType\t4\t(X/Y/Z)\tx.trc\nDataRate\tUnits\n100\t{unit}\nFrame#\tTime\tRHip\t\t\n\t\tX1\tY1\tZ1\n"
BAD = {
    "empty.mot": "",
    "no_end.mot": "time knee_angle_l\n0 1\n",
    "no_rows.mot": HEADER,
    "few_rows.mot": HEADER + "time knee_angle_l\n0 1\n1 2\n",
    "ragged.mot": HEADER + "time knee_angle_l\n0 1\n1 2 3\n",
    "words.mot": HEADER + "time knee_angle_l\n0 1\n1 bent\n",
    "forces.mot": HEADER + "time ground_force_vy\n" + "".join(f"{t} 1\n" for t in range(9)),
    "no_time.csv": "a,b\n" + "".join(f"{t},1\n" for t in range(9)),
    "back_in_time.csv": "time,knee_angle_l\n" + "".join(f"{-t},1\n" for t in range(9)),
    "twice.csv": "time,knee_angle_l,knee_angle_l\n" + "".join(f"{t},1,1\n" for t in range(9)),
    "one_line.csv": "time,knee_angle_l\n",
    "ragged.csv": "time,knee_angle_l\n" + "".join(f"{t},1\n" for t in range(9)) + "10\n",
    "nothing_known.csv": "time,alpha\n" + "".join(f"{t},1\n" for t in range(9)),
    "other.trc": "hello\n" * 9,
    "inches.trc": TRC_HEAD.format(unit="in") + "1\t0\t1\t2\t3\n" * 9,
    "no_knees.trc": TRC_HEAD.format(unit="m") + "".join(f"{t}\t{t}\t1\t2\t3\n" for t in range(9)),
    "not.json": "{",
    "other.json": '{"schema": "something"}',
    "part.json": '{"schema": "vidgait-truth-1", "time_s": [0, 1]}',
    "lengths.json": '{"schema": "vidgait-truth-1", "time_s": [0, 1], "points_m": {"a": [[0]]}, "points_px": {}}',
    "notes.docx": "hello",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_reference_is_one_line_that_names_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(BAD[name], encoding="utf-8")
    with pytest.raises(ReferenceFileError) as caught:
        read(path)
    assert caught.value.code == "reference"
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_binary_and_absent_files(tmp_path: Path) -> None:
    path = tmp_path / "video.csv"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(ReferenceFileError, match="not a text file"):
        read(path)
    with pytest.raises(ReferenceFileError, match="no file"):
        read(tmp_path / "absent.mot")


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    path = mot(tmp_path / "ik.mot", {"knee_angle_r": KNEE_DEG})
    with pytest.raises(ReferenceFileError, match="no column 'Knee'"):
        read(path, "knee_flexion_deg:left=Knee")


@pytest.mark.parametrize(
    "wrong",
    ["knee", "=x", "knee_flexion_deg=K", "knee_flexion:left=K", "trunk_lean_deg:left=T", "time=t[fortnight]"],
)
def test_a_wrong_map_says_what_is_meant(wrong: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_map([wrong])
    assert caught.value.hint


def test_mapped_twice() -> None:
    with pytest.raises(VidgaitError, match="twice"):
        parse_map(["time=a", "time=b"])


def lab_csv(path: Path, head: str, times: Sequence[str], knees: Sequence[str]) -> Path:
    rows = [f"{at},{knee},go" for at, knee in zip(times, knees, strict=True)]
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return path


def test_times_in_milliseconds_are_noticed_at_once(tmp_path: Path) -> None:
    path = lab_csv(tmp_path / "lab.csv", "Time,knee_angle_r,label", [str(10 * n) for n in range(1400)], ["5"] * 1400)
    with pytest.raises(ReferenceFileError, match=r'lasts 13990 s .*--map time="Time\[ms\]"'):
        read_reference(path, {})
    assert read_reference(path, parse_map(["time=Time[ms]"])).time_s[-1] == pytest.approx(13.99)


def test_a_column_that_is_literally_named_with_its_unit_is_meant(tmp_path: Path) -> None:
    path = lab_csv(tmp_path / "lab.csv", "Frame time[ms],-K[rad],x", [str(10 * n) for n in range(9)], ["1"] * 9)
    mapped = parse_map(["time=Frame time[ms]", "knee_flexion_deg:left=--K[rad]"])
    found = read_reference(path, mapped)
    assert found.time_s[-1] == pytest.approx(0.08)
    assert found.series["knee_flexion_deg", "left"] == pytest.approx(np.full(9, -180 / np.pi))


def test_words_among_numbers_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    """The label column holds words only, and an empty cell is simply missing: neither is a fault."""
    knees = ["1", "2", "", "oops", "5", "-", "7"]
    path = lab_csv(tmp_path / "lab.csv", "time,knee_angle_r,label", [f"{n / 100}" for n in range(7)], knees)
    notes = read_reference(path, {}).notes
    assert "lab.csv: 2 cells are no numbers and count as missing; first 'oops' in 'knee_angle_r', line 5" in notes
