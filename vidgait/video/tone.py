"""High dynamic range to ordinary video: the maths of HLG and PQ, and one look-up table made from it.

FFmpeg's scaler turns a decoded HLG or PQ picture into RGB by its matrix alone; the transfer function is left in, and
the picture looks grey and flat. Here the whole way is written out:

1. signal to light on a display of 1000 cd/m2 (HLG: ITU-R BT.2100-2 table 5, inverse OETF and OOTF with system gamma
   1.2; PQ: BT.2100-2 table 4, EOTF),
2. highlights rolled off so that 1000 cd/m2 fits under 203 cd/m2, HDR's reference white (BT.2408-7 section 2.1), by
   the curve of BT.2390-11 section 5.4.1, on each of R, G and B,
3. BT.2020 primaries to BT.709 (matrix from the chromaticities of BT.2087-0), clipped to what BT.709 can show,
4. light to signal by the inverse of BT.1886's power of 2.4, then Y'CbCr of BT.709 in limited range.

Below about 90 cd/m2 the roll-off does nothing, so an ordinary picture that was lifted into HDR comes back as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from vidgait.types import FloatArray, ImageArray, IntArray

__all__ = [
    "CHROMA_HIGH",
    "CHROMA_LOW",
    "CHROMA_STEP",
    "LUMA_STEP",
    "LUMA_WEIGHTS",
    "Primaries",
    "ToneTable",
    "Transfer",
    "hlg_light",
    "light_to_sdr",
    "pq_light",
    "pq_signal",
    "roll_off",
    "tone_table",
]

Transfer = Literal["SDR", "HLG", "PQ"]
Primaries = Literal["bt709", "bt2020"]

PEAK_NITS = 1000.0
"""Peak of the display that the picture is taken to be graded for (BT.2100's nominal HLG display)."""
WHITE_NITS = 203.0
"""HDR reference white, BT.2408: 75 % of an HLG signal, 58 % of a PQ signal."""
HLG_GAMMA = 1.2

LUMA_STEP = 32
CHROMA_STEP = 4
CHROMA_LOW, CHROMA_HIGH = 64, 960
"""Nodes of the table in 10-bit codes: luma 0 to 1024, chroma over its legal range. 512 (no colour) lies on a node, so
greys stay grey; steps of 8 showed as coloured patches on grey walls in PQ, which packs its codes densely."""

# x, y of red, green, blue and the D65 white (BT.709-6, BT.2020-2).
CHROMATICITIES = {
    "bt709": ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    "bt2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
}
D65 = (0.3127, 0.3290)
LUMA_WEIGHTS = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
    "smpte240m": (0.212, 0.087),
    "fcc": (0.30, 0.11),
}
"""Kr and Kb by matrix (ITU-T H.273 table 4)."""


@dataclass(frozen=True, slots=True, eq=False)
class ToneTable:
    """10-bit limited Y'CbCr of the source to 8-bit limited Y'CbCr of BT.709."""

    grey: ImageArray
    """(1024,) luma of a colourless pixel by its 10-bit luma."""
    packed: IntArray
    """(33 * 225 * 225,) uint32 by node (luma, Cb, Cr): bytes Cb, Cr, what to add to `grey` plus 128, 0."""


def hlg_light(signal: FloatArray) -> FloatArray:
    """(..., 3) HLG R'G'B' in [0, 1] to display light in cd/m2. BT.2100-2 table 5: inverse OETF, then OOTF."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    signal = np.clip(signal, 0.0, 1.0)
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
    light: FloatArray = PEAK_NITS * luminance[..., None] ** (HLG_GAMMA - 1) * scene
    return light


_PQ_M1, _PQ_M2 = 2610 / 16384, 2523 / 4096 * 128
_PQ_C1, _PQ_C2, _PQ_C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def pq_light(signal: FloatArray) -> FloatArray:
    """PQ signal in [0, 1] to display light in cd/m2, up to 10000. BT.2100-2 table 4, EOTF."""
    root = np.clip(signal, 0.0, 1.0) ** (1 / _PQ_M2)
    light: FloatArray = 10000.0 * (np.maximum(root - _PQ_C1, 0) / (_PQ_C2 - _PQ_C3 * root)) ** (1 / _PQ_M1)
    return light


def pq_signal(light_nits: FloatArray) -> FloatArray:
    """Display light in cd/m2 to a PQ signal in [0, 1]. BT.2100-2 table 4, inverse EOTF."""
    power = (np.clip(light_nits, 0.0, 10000.0) / 10000.0) ** _PQ_M1
    signal: FloatArray = ((_PQ_C1 + _PQ_C2 * power) / (1 + _PQ_C3 * power)) ** _PQ_M2
    return signal


def roll_off(light_nits: FloatArray) -> FloatArray:
    """Light in cd/m2 for a display of PEAK_NITS to light for one of WHITE_NITS. BT.2390-11 section 5.4.1, without
    black lift: untouched below the knee, then a Hermite spline in the PQ domain."""
    peak = float(pq_signal(np.array(PEAK_NITS)))
    top = float(pq_signal(np.array(WHITE_NITS))) / peak
    knee = 1.5 * top - 0.5
    level = np.minimum(pq_signal(light_nits) / peak, 1.0)
    t = np.maximum(level - knee, 0.0) / (1 - knee)
    spline = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * top
    return pq_light(np.where(level < knee, level, spline) * peak)


def light_to_sdr(light_nits: FloatArray, primaries: Primaries) -> FloatArray:
    """(..., 3) light in cd/m2, white at WHITE_NITS, to BT.709 R'G'B' in [0, 1] (inverse of BT.1886)."""
    if primaries != "bt709":
        light_nits = light_nits @ _to_bt709(primaries).T
    sdr: FloatArray = np.clip(light_nits / WHITE_NITS, 0.0, 1.0) ** (1 / 2.4)
    return sdr


def _rgb_to_xyz(primaries: str) -> FloatArray:
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in CHROMATICITIES[primaries]]).T
    white = np.array([D65[0] / D65[1], 1.0, (1 - D65[0] - D65[1]) / D65[1]])
    matrix: FloatArray = columns * np.linalg.solve(columns, white)
    return matrix


def _to_bt709(primaries: str) -> FloatArray:
    matrix: FloatArray = np.linalg.solve(_rgb_to_xyz("bt709"), _rgb_to_xyz(primaries))
    return matrix


def _signal_to_sdr(signal: FloatArray, transfer: Transfer, primaries: Primaries) -> FloatArray:
    if transfer == "HLG":
        light = roll_off(hlg_light(signal))
    elif transfer == "PQ":
        light = roll_off(pq_light(signal))
    else:
        light = WHITE_NITS * np.clip(signal, 0.0, 1.0) ** 2.4
    return light_to_sdr(light, primaries)


def _rgb(luma: FloatArray, cb: FloatArray, cr: FloatArray, matrix: str) -> FloatArray:
    """10-bit limited codes of Y'CbCr of `matrix` to R'G'B' in [0, 1]."""
    kr, kb = LUMA_WEIGHTS[matrix]
    y, cb, cr = (luma - 64) / 876, (cb - 512) / 896, (cr - 512) / 896
    red, blue = y + (2 - 2 * kr) * cr, y + (2 - 2 * kb) * cb
    return np.stack([red, (y - kr * red - kb * blue) / (1 - kr - kb), blue], axis=-1)


def _codes(rgb: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """R'G'B' in [0, 1] to 8-bit limited Y'CbCr of BT.709, not rounded."""
    kr, kb = LUMA_WEIGHTS["bt709"]
    red, green, blue = np.moveaxis(rgb, -1, 0)
    y = kr * red + (1 - kr - kb) * green + kb * blue
    return 16 + 219 * y, 128 + 224 * (blue - y) / (2 - 2 * kb), 128 + 224 * (red - y) / (2 - 2 * kr)


@lru_cache(maxsize=4)
def tone_table(transfer: Transfer, primaries: Primaries, matrix: str) -> ToneTable:
    """The table for pictures of this transfer function, these primaries and this Y'CbCr matrix (of LUMA_WEIGHTS)."""
    every = np.arange(1024.0)
    neutral = np.full_like(every, 512.0)
    grey = _codes(_signal_to_sdr(_rgb(every, neutral, neutral, matrix), transfer, primaries))[0]
    luma = np.arange(0.0, 1025.0, LUMA_STEP)
    base = np.interp(luma, every, grey)
    layers = [_layer(y, below, transfer, primaries, matrix) for y, below in zip(luma, base, strict=True)]
    return ToneTable(np.round(grey).astype(np.uint8), np.concatenate(layers))


def _layer(luma: float, grey: float, transfer: Transfer, primaries: Primaries, matrix: str) -> IntArray:
    """The table's nodes of one luma, packed. Layer by layer, so that building it needs little memory."""
    chroma = np.arange(CHROMA_LOW, CHROMA_HIGH + 1.0, CHROMA_STEP)
    cb, cr = np.meshgrid(chroma, chroma, indexing="ij")
    signal = _rgb(np.full_like(cb, luma), cb, cr, matrix)
    y, out_cb, out_cr = _codes(_signal_to_sdr(signal, transfer, primaries))
    parts = [out_cb, out_cr, y - grey + 128, np.zeros_like(y)]
    packed = np.clip(np.round(np.stack(parts, axis=-1)), 0, 255).astype(np.uint8)
    return packed.view(np.uint32).ravel()
