"""Ordinary pictures lifted into HLG and PQ by the formulas of the standards, to hold the way back against."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["BT709_TO_BT2020", "hlg_signal", "lifted", "pq_signal"]

Array = npt.NDArray[np.floating[Any]]

BT709_TO_BT2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
"""ITU-R BT.2087-0, equation for M2."""
WHITE_NITS = 203.0
"""HDR reference white of BT.2408, at which an ordinary picture's white is shown."""


def hlg_signal(light_nits: Array) -> Array:
    """BT.2100-2 table 5, the other way round: inverse OOTF for 1000 cd/m2, then OETF."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    luminance = np.maximum(light_nits @ np.array([0.2627, 0.6780, 0.0593]), 1e-6) / 1000
    scene = light_nits / 1000 * (luminance ** ((1 - 1.2) / 1.2))[..., None]
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), a * np.log(np.maximum(12 * scene - b, 1e-9)) + c)


def pq_signal(light_nits: Array) -> Array:
    """BT.2100-2 table 4, inverse EOTF."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = (np.clip(light_nits, 0, 10000) / 10000) ** m1
    signal: Array = ((c1 + c2 * power) / (1 + c3 * power)) ** m2
    return signal


def lifted(bgr: npt.NDArray[np.uint8], transfer: str, primaries: str = "bt2020") -> npt.NDArray[np.uint16]:
    """An 8-bit BT.709 picture as it looks on an SDR display, white at WHITE_NITS, as a 16-bit HLG or PQ signal."""
    light = WHITE_NITS * (bgr[..., ::-1] / 255.0) ** 2.4
    if primaries == "bt2020":
        light = light @ BT709_TO_BT2020.T
    signal = hlg_signal(light) if transfer == "HLG" else pq_signal(light)
    return np.round(np.clip(signal[..., ::-1], 0, 1) * 65535).astype(np.uint16)
