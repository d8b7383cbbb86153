"""What any view can say: how long things take, and depth from heights alone."""

from __future__ import annotations

from vidgait.measures.spec import CYCLIC, KNEE_BENDS, SQUAT_LIKE, MeasureSpec

__all__ = ["ANY_VIEW", "TEMPO"]

TEMPO: tuple[MeasureSpec, ...] = tuple(
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
        ("eccentric_time", "Way down", "The way down takes {value} ± {error} s.", "Hips sinking.", CYCLIC),
        (
            "pause_time",
            "Pause at the bottom",
            "The pause at the bottom lasts {value} ± {error} s.",
            "At rest.",
            tuple(name for name in CYCLIC if name != "sit_to_stand"),
        ),
        ("concentric_time", "Way up", "The way up takes {value} ± {error} s.", "Hips rising.", CYCLIC),
        ("rep_time", "Repetition", "The repetition takes {value} ± {error} s.", "From start to end.", CYCLIC),
    )
)

ANY_VIEW: tuple[MeasureSpec, ...] = (
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
        movements=KNEE_BENDS,
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
        movements=SQUAT_LIKE,
    ),
)
