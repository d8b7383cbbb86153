"""Every number vidgait can say about a movement, with its facts beside it. Nothing about a measure is written twice:
the engine, the report, the tables, the command `vidgait measures` and the reference page all read this catalogue.

Source of definitions and signs: biomechanics specification, sections 0.3, 1.1 and 2.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidgait.measures.over_reps import OVER_REPS, over_reps
from vidgait.measures.spec import BOTH, Bands, MeasureSpec

if TYPE_CHECKING:
    from vidgait.types import Measure

__all__ = ["CATALOGUE", "Bands", "MeasureSpec", "say", "spec_of"]

_KNEE_PUBLISHED = "side view, network against inertial sensors: -2.3 +- 6.4 degrees (Cosoli 2026)"
_FPPA_PUBLISHED = "by hand: SEM 2.7 to 3.0, ICC 0.59 to 0.91 (Munro 2012); against 3-D r 0.31 to 0.79"
_FPPA_NOT = (
    "Not the angle of the knee joint and not a risk: hip rotation, toe-out, foot position and a camera that is turned "
    "by a few degrees all read the same."
)

_SAGITTAL = (
    MeasureSpec(
        "thigh_inclination_bottom",
        "Depth (thigh)",
        "deg",
        "from the vertical; 90 is parallel (hip centre level with the knee), more is deeper",
        "sagittal",
        "at",
        "At the bottom the {side} thigh is {value} ± {error}° from the vertical; 90° is parallel.",
        "How deep the squat is, whatever the build of the person.",
        "Not a judgement: powerlifting asks for the hip crease below the knee, 5 to 10 degrees more.",
        series="thigh_inclination_deg",
        sided=True,
        needs=("hip", "knee"),
    ),
    MeasureSpec(
        "knee_flexion_bottom",
        "Knee flexion",
        "deg",
        "+ is flexion, 0 a straight leg",
        "sagittal",
        "at",
        "The {side} knee bends to {value} ± {error}° at the bottom.",
        "How far the knee is bent at the lowest point of the hips.",
        "Not the largest flexion the knee could reach.",
        series="knee_flexion_deg",
        sided=True,
        published=_KNEE_PUBLISHED,
    ),
    MeasureSpec(
        "hip_flexion_bottom",
        "Hip flexion (thigh to trunk)",
        "deg",
        "+ is flexion",
        "sagittal",
        "at",
        "The {side} hip folds to {value} ± {error}° at the bottom, thigh against trunk.",
        "The angle between the thigh and the line from hip to shoulder.",
        "Not the hip joint alone: rounding of the back counts as hip flexion.",
        series="hip_flexion_deg",
        sided=True,
        needs=("hip", "knee", "shoulder"),
        coarse=20.0,
        published="phone video against markers, squat and hinge: RMSE 11 to 17 degrees (P I Mech Eng P 2025)",
    ),
    MeasureSpec(
        "ankle_dorsiflexion_bottom",
        "Ankle dorsiflexion",
        "deg",
        "+ is dorsiflexion, 0 is quiet standing",
        "sagittal",
        "at",
        "The {side} ankle bends {value} ± {error}° more than in standing.",
        "Shank against foot, counted from quiet standing.",
        "Not the range of the ankle: a lifted heel and a soft shoe change it.",
        series="ankle_dorsiflexion_deg",
        sided=True,
        needs=("knee", "ankle", "heel", "toe"),
        published="side video, walking: mean absolute error 7.4 degrees (Stenum 2021)",
    ),
    MeasureSpec(
        "trunk_lean_bottom",
        "Trunk lean",
        "deg",
        "+ leans forward",
        "sagittal",
        "at",
        "The trunk leans {value} ± {error}° forward at the bottom.",
        "The line from hip to shoulder against the vertical.",
        "Not a fault by itself: long thighs and stiff ankles need more lean. Not the shape of the back.",
        series="trunk_lean_deg",
        needs=("hip", "shoulder"),
        published="2-D by hand against 3-D: 1.7 degrees mean difference (Schurr 2017)",
    ),
    MeasureSpec(
        "shank_inclination_bottom",
        "Shank inclination",
        "deg",
        "+ knee ahead of the ankle",
        "sagittal",
        "at",
        "The {side} shank leans {value} ± {error}° forward at the bottom.",
        "How far the knee travels over the foot.",
        "Not a fault: knees may pass the toes.",
        series="shank_inclination_deg",
        sided=True,
        needs=("knee", "ankle"),
    ),
    MeasureSpec(
        "heel_rise_bottom",
        "Heel rise",
        "% body height",
        "+ heel higher against the toes than in standing",
        "sagittal",
        "at",
        "The {side} heel is {value} ± {error} % of body height higher than in standing.",
        "Whether the heel leaves the floor.",
        "Not reliable on bare feet on a floor of the same colour.",
        series="heel_rise_percent",
        sided=True,
        needs=("heel", "toe"),
        coarse=4.0,
    ),
    MeasureSpec(
        "knee_velocity_peak_concentric",
        "Knee speed on the way up",
        "deg/s",
        "+ is extension",
        "sagittal",
        "at",
        "On the way up the {side} knee extends at up to {value} ± {error} °/s.",
        "Angular speed of the knee where it extends fastest, a mean over 0.1 s.",
        "Not power and not bar speed; compare with the same person only.",
        series="knee_flexion_velocity_deg_s",
        sided=True,
        instant="fastest_{side}",
        coarse=120.0,
    ),
)

_TEMPO = tuple(
    MeasureSpec(
        name,
        label,
        "s",
        "",
        "any",
        "time",
        says,
        means,
        "Rests on when the hips start and stop moving, so a slow creep before the first movement is not counted.",
        movements=movements,
        instant="",
        coarse=0.6,
    )
    for name, label, says, means, movements in (
        ("eccentric_time", "Way down", "The way down takes {value} ± {error} s.", "Hips sinking.", BOTH),
        (
            "pause_time",
            "Pause at the bottom",
            "The pause at the bottom lasts {value} ± {error} s.",
            "At rest.",
            BOTH[:1],
        ),
        ("concentric_time", "Way up", "The way up takes {value} ± {error} s.", "Hips rising.", BOTH),
        ("rep_time", "Repetition", "The repetition takes {value} ± {error} s.", "From start to end.", BOTH),
    )
)

_FRONTAL = (
    MeasureSpec(
        "fppa_bottom",
        "Knee position (FPPA)",
        "deg",
        "+ knee medial of the line from hip to ankle",
        "frontal",
        "at",
        "At the bottom the {side} knee is {value} ± {error}° medial of the line from hip to ankle.",
        "Frontal plane projection angle: where the knee appears against hip and ankle.",
        _FPPA_NOT,
        series="fppa_deg",
        sided=True,
        leaks=True,
        published=_FPPA_PUBLISHED,
        mdc=8.9,
        mdc_movements=("single_leg_squat", "drop_jump"),
        mdc_source="smallest detectable difference 7.5 to 8.9, single-leg squat and landings, by hand (Munro 2012); no "
        "figure for the bilateral squat",
    ),
    MeasureSpec(
        "fppa_change",
        "Knee movement inward (FPPA change)",
        "deg",
        "+ knee moves medially from standing to the bottom",
        "frontal",
        "change",
        "From standing to the bottom the {side} knee moves {value} ± {error}° medially.",
        "FPPA at the bottom less FPPA in standing: what the leg's shape and the network add to both cancels.",
        _FPPA_NOT,
        series="fppa_deg",
        sided=True,
        leaks=True,
        published=_FPPA_PUBLISHED,
    ),
    MeasureSpec(
        "fppa_change_60_degrees",
        "Knee movement inward at 60 degrees",
        "deg",
        "+ knee moves medially from standing to 60 degrees of knee flexion, on the way down",
        "frontal",
        "change",
        "From standing to 60° of knee bend the {side} knee moves {value} ± {error}° medially.",
        "FPPA at one depth, so that deep and shallow repetitions, and two days, can be compared.",
        _FPPA_NOT,
        series="fppa_deg",
        sided=True,
        instant="knee_60",
        leaks=True,
        published=_FPPA_PUBLISHED,
    ),
    MeasureSpec(
        "knee_medial_displacement_bottom",
        "Knee beside the hip-ankle line",
        "% leg length",
        "+ knee medial",
        "frontal",
        "at",
        "At the bottom the {side} knee lies {value} ± {error} % of leg length medial of the line from hip to ankle.",
        "The same as FPPA as a distance.",
        _FPPA_NOT,
        series="knee_medial_displacement_percent",
        sided=True,
        leaks=True,
        coarse=6.0,
    ),
    MeasureSpec(
        "knee_separation_hips",
        "Knee distance over hip distance",
        "%",
        "100 is knees as far apart as the hip joints; less is closer together",
        "frontal",
        "at",
        "At the bottom the knees are {value} ± {error} % of the hip distance apart.",
        "Knee distance in percent of hip distance (Noyes 2005).",
        "Depends on stance width: compare with the same stance only.",
        series="knee_separation_hips_percent",
        coarse=60.0,
    ),
    MeasureSpec(
        "knee_separation_ankles",
        "Knee distance over ankle distance",
        "ratio",
        "below 1 the knees are inside the ankles",
        "frontal",
        "at",
        "At the bottom the knees are {value} ± {error} times as far apart as the ankles.",
        "Knee to ankle separation ratio (Mizner 2012).",
        "There is no validated limit.",
        series="knee_separation_ankles_ratio",
        needs=("knee", "ankle"),
        coarse=0.4,
        published="ICC 0.89 to 0.94; r squared 0.35 with 3-D knee abduction in landings (Mizner 2012)",
    ),
    MeasureSpec(
        "hip_shift_bottom",
        "Hip shift",
        "% body height",
        "+ hips toward the person's right of the middle between the feet",
        "frontal",
        "change",
        "From standing to the bottom the hips move {value} ± {error} % of body height to the right.",
        "Sideways shift of the hips over the feet, counted from standing.",
        "Not a force: the load on each leg is not measured.",
        series="hip_shift_percent",
        needs=("hip", "ankle"),
        coarse=4.0,
    ),
    MeasureSpec(
        "pelvic_obliquity_bottom",
        "Pelvic obliquity",
        "deg",
        "+ right side lower than in standing",
        "frontal",
        "change",
        "From standing to the bottom the right side of the pelvis sinks {value} ± {error}°.",
        "Tilt of the pelvis, a mean over half a second, counted from standing: read from the clothes over it and the "
        "waistband; where those cannot be followed, from the hip points.",
        "Cloth slides on skin: a loose shirt widens the error. The hip points alone show a quarter of a true tilt.",
        series="pelvic_obliquity_deg",
        half_window_s=0.25,
        needs=("hip",),
        coarse=3.0,
    ),
    MeasureSpec(
        "trunk_lateral_lean_bottom",
        "Trunk side lean",
        "deg",
        "+ leans to the person's right, against standing",
        "frontal",
        "change",
        "From standing to the bottom the trunk leans {value} ± {error}° to the right.",
        "Line from mid-hip to mid-shoulder against the vertical, counted from standing.",
        "A camera that is turned reads forward lean as side lean.",
        series="trunk_lateral_lean_deg",
        needs=("hip", "shoulder"),
    ),
    MeasureSpec(
        "fppa_both_legs_change",
        "Knee movement inward, mean of both legs",
        "deg",
        "+ knees move medially from standing to the bottom",
        "frontal",
        "both_legs",
        "From standing to the bottom the knees move {value} ± {error}° medially, mean of both legs.",
        "In a symmetric movement a turned camera adds to one leg what it takes from the other; the mean is free of it.",
        "Says nothing about one leg against the other.",
        parent="fppa_change",
    ),
    MeasureSpec(
        "fppa_left_right_change",
        "Knee movement inward, left less right",
        "deg",
        "+ the left knee moves further in",
        "frontal",
        "left_right",
        "The left knee moves {value} ± {error}° further in than the right.",
        "Difference between the legs in the change of FPPA.",
        "A camera that is turned by 5 degrees makes a difference of 10 or more by itself.",
        parent="fppa_change",
        leaks=True,
    ),
    MeasureSpec(
        "knee_flexion_left_right_bottom",
        "Knee flexion, left less right",
        "deg",
        "+ the left knee bends further",
        "frontal",
        "left_right",
        "At the bottom the left knee bends {value} ± {error}° further than the right.",
        "Difference between the legs in how much shorter thigh and shank look than in standing.",
        "Not the load on each leg. A foot that is farther from the camera, or the hips shifted to one side, reads the "
        "same.",
        parent="knee_flexion_vertical_bottom",
    ),
)

_ANY_VIEW = (
    MeasureSpec(
        "thigh_inclination_vertical_bottom",
        "Depth (thigh), coarse",
        "deg",
        "from the vertical; 90 is parallel, more is deeper",
        "any",
        "at",
        "Seen from here the {side} thigh is about {value} ± {error}° from the vertical at the bottom; 90° is parallel.",
        "From how much lower the knee is than the hip, against standing; for views that are not from the side.",
        "Coarse: a camera that looks down or up shifts it.",
        series="thigh_inclination_vertical_deg",
        sided=True,
        needs=("hip", "knee"),
        coarse=25.0,
    ),
    MeasureSpec(
        "knee_flexion_vertical_bottom",
        "Knee flexion, coarse",
        "deg",
        "+ is flexion",
        "any",
        "at",
        "Seen from here the {side} knee bends to about {value} ± {error}° at the bottom.",
        "From how much shorter thigh and shank look than in standing; for views that are not from the side.",
        "Coarse: use the side view for a number to rely on.",
        series="knee_flexion_vertical_deg",
        sided=True,
        coarse=25.0,
    ),
)


_FOLLOWED = (
    "thigh_inclination_bottom",
    "knee_flexion_bottom",
    "trunk_lean_bottom",
    "fppa_change",
    "thigh_inclination_vertical_bottom",
    "knee_flexion_vertical_bottom",
    "concentric_time",
    "rep_time",
)
"""What is followed over the set (specification 9.1)."""

_SINGLE = (*_SAGITTAL, *_TEMPO, *_FRONTAL, *_ANY_VIEW)

CATALOGUE: tuple[MeasureSpec, ...] = (
    *_SINGLE,
    *(over_reps(spec, kind) for kind in OVER_REPS for spec in _SINGLE if spec.id in _FOLLOWED),
)


def spec_of(measure_id: str) -> MeasureSpec:
    """The catalogue's entry. Raises KeyError for an id that is not in it."""
    return next(spec for spec in CATALOGUE if spec.id == measure_id) if measure_id in _IDS else _unknown(measure_id)


_IDS = frozenset(spec.id for spec in CATALOGUE)


def _unknown(measure_id: str) -> MeasureSpec:
    raise KeyError(f"No measure '{measure_id}' in the catalogue.")


def say(measure: Measure) -> str:
    """The sentence a coach reads, or why there is no number."""
    spec = spec_of(measure.id)
    if measure.value is None:
        return f"{spec.label}: {measure.why_none or 'no value'}."
    digits = 2 if spec.unit in ("s", "ratio", "s/rep") else 1 if "%" in spec.unit else 0
    error = f"{measure.error:.{digits}f}" if measure.error is not None else "?"
    return spec.says.format(side=measure.side or "", value=f"{measure.value:.{digits}f}", error=error)
