"""Named looks: clothes, skin, hair. Clips pick theirs here, so that a set of clips can be read for what it covers."""

from __future__ import annotations

from scripts.rendering.look import Look

__all__ = ["LOOKS"]

LOOKS: dict[str, Look] = {
    "blue": Look(),
    "red": Look(
        skin=(0.86, 0.66, 0.55), shirt=(0.55, 0.14, 0.22), shorts=(0.16, 0.17, 0.22), shoe=(0.20, 0.35, 0.60),
        hair=(0.30, 0.18, 0.09), sleeve=0.35, shorts_length=0.5, loose_m=0.005, long_hair=True, bun=True,
    ),
    "white_loose": Look(
        skin=(0.42, 0.27, 0.19), shirt=(0.76, 0.76, 0.73), shorts=(0.12, 0.20, 0.35), shoe=(0.10, 0.10, 0.10),
        hair=(0.06, 0.05, 0.05), sleeve=0.5, shorts_length=0.75, loose_m=0.028, shirt_drop_m=0.06,
    ),
    "leggings": Look(
        skin=(0.72, 0.52, 0.40), shirt=(0.20, 0.50, 0.45), shorts=(0.07, 0.07, 0.08), shoe=(0.85, 0.85, 0.85),
        shoe_accent=(0.2, 0.2, 0.2), hair=(0.10, 0.07, 0.05), sleeve=-0.1, shorts_length=1.85, loose_m=0.0, fold=0.2,
        shirt_drop_m=-0.04, long_hair=True, bun=True,
    ),
    "trousers": Look(
        skin=(0.80, 0.60, 0.48), shirt=(0.84, 0.84, 0.82), shorts=(0.48, 0.43, 0.34), shoe=(0.30, 0.22, 0.16),
        hair=(0.45, 0.43, 0.40), sleeve=0.5, shorts_length=1.9, loose_m=0.014,
    ),
    "dark_on_dark": Look(
        skin=(0.35, 0.22, 0.16), shirt=(0.10, 0.10, 0.12), shorts=(0.07, 0.07, 0.08), shoe=(0.12, 0.12, 0.13),
        shoe_accent=(0.25, 0.25, 0.25), hair=(0.04, 0.04, 0.04), sock=(0.10, 0.10, 0.10), shorts_length=0.65,
    ),
    "green_checked": Look(
        skin=(0.78, 0.57, 0.44), shirt=(0.25, 0.38, 0.22), shorts=(0.55, 0.55, 0.52), shoe=(0.80, 0.70, 0.20),
        hair=(0.20, 0.12, 0.07), shorts_pattern="checked", shorts_length=0.6, loose_m=0.018, sleeve=0.4,
    ),
    "yellow": Look(
        skin=(0.62, 0.43, 0.31), shirt=(0.80, 0.70, 0.25), shorts=(0.28, 0.14, 0.32), shoe=(0.65, 0.20, 0.45),
        hair=(0.08, 0.06, 0.05), sleeve=0.3, shorts_length=0.42, loose_m=0.010, shirt_drop_m=-0.03, long_hair=True,
    ),
    "waistband": Look(
        skin=(0.86, 0.68, 0.57), shirt=(0.30, 0.30, 0.34), shorts=(0.09, 0.11, 0.17), shoe=(0.88, 0.88, 0.86),
        shoe_accent=(0.25, 0.35, 0.65), hair=(0.52, 0.37, 0.20), sleeve=0.35, shorts_length=0.35, loose_m=0.0,
        shirt_drop_m=-0.07, waist_m=0.10, waistband=(0.88, 0.30, 0.22), fold=0.2, long_hair=True, bun=True,
    ),
    "bare_torso": Look(
        skin=(0.66, 0.46, 0.34), shorts=(0.16, 0.18, 0.24), shoe=(0.18, 0.18, 0.20), shoe_accent=(0.85, 0.80, 0.30),
        hair=(0.10, 0.07, 0.05), shirtless=True, waist_m=0.10, waistband=(0.90, 0.90, 0.88), shorts_length=0.40,
        loose_m=0.002, fold=0.2,
    ),
    "sports_top": Look(
        skin=(0.52, 0.34, 0.24), shirt=(0.62, 0.20, 0.42), shorts=(0.15, 0.16, 0.20), shoe=(0.90, 0.55, 0.30),
        hair=(0.05, 0.04, 0.04), sleeve=-0.1, shirt_drop_m=-0.22, waist_m=0.115, waistband=(0.55, 0.56, 0.60),
        shorts_length=1.85, loose_m=0.0, fold=0.15, long_hair=True, bun=True,
    ),
    "long_sleeves": Look(
        skin=(0.90, 0.74, 0.64), shirt=(0.22, 0.26, 0.34), shorts=(0.30, 0.30, 0.32), shoe=(0.80, 0.82, 0.84),
        hair=(0.62, 0.47, 0.26), sleeve=1.60, shirt_drop_m=0.10, shorts_length=1.9, loose_m=0.012, fold=0.6,
    ),
    "loose": Look(
        skin=(0.74, 0.53, 0.41), shirt=(0.56, 0.58, 0.60), shorts=(0.13, 0.16, 0.26), shoe=(0.82, 0.80, 0.76),
        shoe_accent=(0.20, 0.22, 0.30), hair=(0.17, 0.11, 0.07), sleeve=0.55, shirt_drop_m=0.12, loose_shirt=0.10,
        shorts_length=0.80, loose_m=0.004, loose_legs=0.22, fold=0.3,
    ),
    "hoodie": Look(
        skin=(0.88, 0.70, 0.60), shirt=(0.30, 0.36, 0.32), shorts=(0.17, 0.18, 0.21), shoe=(0.90, 0.90, 0.88),
        hair=(0.33, 0.22, 0.13), sleeve=1.60, shirt_drop_m=0.17, loose_shirt=0.16, hem_gather=0.90,
        shorts_length=1.86, loose_m=0.004, loose_legs=0.12, fold=0.5,
    ),
    "long_loose_shirt": Look(
        skin=(0.40, 0.25, 0.18), shirt=(0.78, 0.76, 0.70), shorts=(0.10, 0.11, 0.13), shoe=(0.70, 0.22, 0.18),
        hair=(0.05, 0.05, 0.05), sleeve=0.6, shirt_drop_m=0.20, loose_shirt=0.14, shorts_length=0.85, loose_m=0.004,
        loose_legs=0.28, fold=0.35,
    ),
    "cap_striped": Look(
        skin=(0.76, 0.56, 0.44), shirt=(0.16, 0.24, 0.44), shirt_pattern="stripes", shorts=(0.46, 0.42, 0.33),
        shoe=(0.25, 0.25, 0.27), hair=(0.26, 0.16, 0.10), cap=(0.60, 0.12, 0.12), shorts_length=0.7, loose_m=0.015,
    ),
    "bald_blotched": Look(
        skin=(0.28, 0.17, 0.12), shirt=(0.30, 0.33, 0.22), shirt_pattern="blotches", accent=(0.58, 0.54, 0.40),
        shorts=(0.12, 0.12, 0.13), shoe=(0.14, 0.30, 0.22), hair=(0.05, 0.04, 0.04), bald=True, shorts_length=0.6,
        loose_m=0.010, shirt_drop_m=0.04,
    ),
    "patterned_leggings": Look(
        skin=(0.82, 0.62, 0.50), shirt=(0.85, 0.85, 0.83), shorts=(0.20, 0.25, 0.45), shorts_pattern="blotches",
        accent=(0.70, 0.35, 0.50), shoe=(0.85, 0.84, 0.80), hair=(0.40, 0.16, 0.08), sleeve=0.2, shorts_length=1.85,
        loose_m=0.0, fold=0.15, shirt_drop_m=-0.04, long_hair=True,
    ),
}  # fmt: skip
