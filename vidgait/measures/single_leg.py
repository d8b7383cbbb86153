"""What a view from the front or from behind says of standing and moving on one leg, and of one leg against the other.

Signs are those of the leg that stands: a positive pelvic drop lowers the other side, a positive lean goes over the
standing leg (biomechanics specification, sections 0.3 and 2.1).
"""

from __future__ import annotations

from vidgait.measures.frontal import FPPA_NOT
from vidgait.measures.spec import HOLDS, ON_ONE_LEG, MeasureSpec, Norm

__all__ = ["BETWEEN_LEGS", "HOLD", "SINGLE_LEG"]

_OVER_FEW_FRAMES_S = 0.25
"""Half of the stretch that a pelvic drop is the mean of: hips stand close together, so its noise is three times that of
a thigh (specification 10.7)."""
_WITH_LUNGE = (*ON_ONE_LEG, "lunge")
_3D = "joint angles of a 3-D motion capture laboratory, largest values; not seen from the front by a camera"
_NAKAGAWA = "40 people without knee pain, both sexes (Nakagawa 2012)"
_SOURCE = "Nakagawa 2012, J Orthop Sports Phys Ther 42:491"
_DROP_NOT = (
    "Not the strength of a muscle: a trunk that leans over the standing leg hides a drop, and strong people drop too. "
    "Cloth slides on skin, and a loose shirt widens the error."
)
_LEAN_NOT = "Not a fault by itself. A camera that is turned reads forward lean as side lean."


def _norm(value: float, sd: float) -> Norm:
    return Norm(value, sd, _NAKAGAWA, _SOURCE, "single_leg_squat", _3D)


SINGLE_LEG: tuple[MeasureSpec, ...] = (
    MeasureSpec(
        "hip_adduction_bottom",
        "Hip adduction",
        "deg",
        "+ thigh toward the midline of the pelvis",
        "frontal",
        "at",
        "At the bottom the {side} thigh is {value} ± {error}° adducted against the pelvis.",
        "Thigh against pelvis in the frontal plane: knee toward the midline, plus the drop of the other side.",
        FPPA_NOT,
        series="hip_adduction_deg",
        sided=True,
        movements=_WITH_LUNGE,
        leaks=True,
        published="by hand: ICC 0.72 to 0.91, r 0.81 with 3-D in the single-leg squat (Herrington 2017)",
        norms=(_norm(10.8, 5.6),),
    ),
    MeasureSpec(
        "hip_adduction_change",
        "Hip adduction, change",
        "deg",
        "+ thigh moves toward the midline of the pelvis from the start to the bottom",
        "frontal",
        "change",
        "From the start to the bottom the {side} hip adducts by {value} ± {error}°.",
        "Hip adduction at the bottom less that of standing at the start of the repetition.",
        FPPA_NOT,
        series="hip_adduction_deg",
        sided=True,
        movements=_WITH_LUNGE,
        leaks=True,
    ),
    MeasureSpec(
        "dynamic_valgus_index_bottom",
        "Dynamic valgus index",
        "deg",
        "+ knee and thigh toward the midline",
        "frontal",
        "at",
        "At the bottom knee position and hip adduction of the {side} leg add up to {value} ± {error}°.",
        "FPPA plus hip adduction (Scholtes and Salsich 2017).",
        FPPA_NOT,
        series="dynamic_valgus_index_deg",
        sided=True,
        movements=_WITH_LUNGE,
        leaks=True,
        coarse=20.0,
        published="by hand: ICC 0.74, r 0.64 with the same from 3-D (Scholtes and Salsich 2017)",
    ),
    MeasureSpec(
        "pelvic_drop_bottom",
        "Pelvic drop",
        "deg",
        "+ the side of the free leg is lower than in standing on both feet",
        "frontal",
        "at",
        "On the {side} leg the other side of the pelvis sinks by {value} ± {error}° at the bottom.",
        "Tilt of the pelvis, a mean over half a second, counted from standing on both feet: read from the clothes over "
        "it and the waistband; where those cannot be followed, from the hip points.",
        _DROP_NOT,
        series="contralateral_pelvic_drop_deg",
        sided=True,
        movements=ON_ONE_LEG,
        half_window_s=_OVER_FEW_FRAMES_S,
        needs=("hip",),
        coarse=6.0,
        norms=(_norm(7.4, 3.8),),
    ),
    MeasureSpec(
        "pelvic_drop_change",
        "Pelvic drop, change in the bend",
        "deg",
        "+ the side of the free leg sinks from the start of the repetition to the bottom",
        "frontal",
        "change",
        "On the {side} leg the other side of the pelvis sinks by {value} ± {error}° from the start to the bottom.",
        "The same tilt, counted from standing on one leg at the start of the repetition.",
        _DROP_NOT,
        series="pelvic_drop_from_level_deg",
        sided=True,
        movements=ON_ONE_LEG,
        half_window_s=_OVER_FEW_FRAMES_S,
        needs=("hip",),
        coarse=6.0,
    ),
    MeasureSpec(
        "trunk_lean_stance_bottom",
        "Trunk lean over the standing leg",
        "deg",
        "+ leans toward the standing leg, against standing on both feet",
        "frontal",
        "at",
        "At the bottom the trunk leans {value} ± {error}° toward the {side} leg.",
        "Line from mid-hip to mid-shoulder against the vertical, counted from standing on both feet.",
        _LEAN_NOT,
        series="trunk_lean_stance_deg",
        sided=True,
        movements=_WITH_LUNGE,
        needs=("hip", "shoulder"),
        norms=(_norm(6.7, 3.0),),
    ),
)

HOLD: tuple[MeasureSpec, ...] = (
    MeasureSpec(
        "pelvic_drop_hold",
        "Pelvic drop while standing on one leg",
        "deg",
        "+ the side of the free leg is lower than in standing on both feet",
        "frontal",
        "hold",
        "Standing on the {side} leg, the other side of the pelvis is {value} ± {error}° lower than on both feet.",
        "Tilt of the pelvis, a mean over the hold, counted from standing on both feet.",
        _DROP_NOT,
        series="contralateral_pelvic_drop_deg",
        sided=True,
        movements=HOLDS,
        instant="",
        needs=("hip",),
        coarse=6.0,
    ),
    MeasureSpec(
        "trunk_lean_stance_hold",
        "Trunk lean while standing on one leg",
        "deg",
        "+ leans toward the standing leg, against standing on both feet",
        "frontal",
        "hold",
        "Standing on the {side} leg, the trunk leans {value} ± {error}° toward it.",
        "Line from mid-hip to mid-shoulder against the vertical, a mean over the hold, counted from both feet.",
        _LEAN_NOT,
        series="trunk_lean_stance_deg",
        sided=True,
        movements=HOLDS,
        instant="",
        needs=("hip", "shoulder"),
    ),
    MeasureSpec(
        "pelvic_drop_slope_hold",
        "Pelvic drop growing over the hold",
        "deg/s",
        "+ the side of the free leg keeps sinking",
        "frontal",
        "slope",
        "Over the hold on the {side} leg the other side of the pelvis sinks by {value} ± {error}° a second.",
        "Slope of a straight line through the tilt over the hold.",
        _DROP_NOT,
        series="contralateral_pelvic_drop_deg",
        sided=True,
        movements=HOLDS,
        instant="",
        needs=("hip",),
        coarse=1.0,
    ),
    MeasureSpec(
        "hold_time",
        "Time on one leg",
        "s",
        "",
        "any",
        "time",
        "The {side} leg stands alone for {value} ± {error} s.",
        "From where the free foot has come to rest off the floor to where it is lowered.",
        "Not a limit of balance where the person was asked to stop.",
        sided=True,
        movements=HOLDS,
        instant="",
        needs=("hip", "ankle"),
        coarse=2.0,
    ),
)


def _between(
    parent: str, label: str, unit: str, words: str, plane: str = "frontal", leaks: bool = False
) -> MeasureSpec:
    return MeasureSpec(
        f"{parent}_left_right",
        f"{label}, left less right",
        unit,
        "+ more on the left leg",
        "sagittal" if plane == "sagittal" else "any" if plane == "any" else "frontal",
        "legs",
        words,
        "Median of the repetitions on the left leg less that of those on the right; what the camera and the network "
        "add to both alike cancels.",
        "Only a difference above its ± is one. Legs that bend to different depths or hold the free leg differently "
        "differ for that alone.",
        movements=tuple(dict.fromkeys(_MOVEMENTS_OF[parent])),
        parent=parent,
        leaks=leaks,
        instant="",
    )


_MOVEMENTS_OF = {
    "fppa_change": _WITH_LUNGE,
    "knee_flexion_bottom": _WITH_LUNGE,
    "knee_flexion_vertical_bottom": ON_ONE_LEG,
    **{spec.id: spec.movements for spec in SINGLE_LEG},
}

BETWEEN_LEGS: tuple[MeasureSpec, ...] = (
    _between(
        "fppa_change",
        "Knee movement inward",
        "deg",
        "The left knee moves {value} ± {error}° further in than the right.",
        leaks=True,
    ),
    _between(
        "hip_adduction_change",
        "Hip adduction",
        "deg",
        "The left hip adducts {value} ± {error}° more than the right.",
        leaks=True,
    ),
    _between(
        "pelvic_drop_bottom",
        "Pelvic drop",
        "deg",
        "On the left leg the pelvis drops {value} ± {error}° more than on the right.",
    ),
    _between(
        "trunk_lean_stance_bottom",
        "Trunk lean over the standing leg",
        "deg",
        "On the left leg the trunk leans {value} ± {error}° more toward the standing leg than on the right.",
    ),
    _between(
        "knee_flexion_bottom",
        "Knee flexion",
        "deg",
        "The left knee bends {value} ± {error}° further than the right.",
        plane="sagittal",
    ),
    _between(
        "knee_flexion_vertical_bottom",
        "Knee flexion, coarse",
        "deg",
        "Seen from here the left knee bends about {value} ± {error}° further than the right.",
        plane="any",
    ),
)
"""One number for the clip: needs repetitions on both legs."""
