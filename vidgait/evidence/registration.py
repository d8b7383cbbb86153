"""How a patch of cloth has turned against a picture of it taken in quiet standing.

Inverse-compositional affine Lucas-Kanade alignment (Baker and Matthews 2004, International Journal of Computer Vision
56:221) on locally normalised luminance and colour, coarse to fine, with Tukey weights, a map of what the arms hide, and
a weak Gaussian prior on the affine. Only the turn of the mediolateral axis is read off, so that a foreshortening in
height, as of a pelvis that tips forward, does not enter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vidgait.types import FloatArray, ImageArray

__all__ = ["Fit", "Picture", "Template", "identity", "turn_deg"]

CONTRAST_PX = 2.5
CONTRAST_FLOOR = np.array([3.0, 2.0, 2.0], np.float32)
"""Local contrast is measured over this Gaussian, in half-resolution pixels; flatter than the floor counts as flat."""
LEVELS_PX = (2.0, 1.0, 0.6)
"""Blur of each level, in half-resolution pixels, coarse to fine."""
ITERATIONS = (5, 5, 5)
SETTLED_PX, SETTLED = (0.06, 0.03, 0.015), (4e-3, 2e-3, 1e-3)
"""A step smaller than this ends a level: shift, and change of the affine (radians of turning)."""
SCALE_SD, ROTATION_SD, SHEAR_SD, HEIGHT_SD, SHIFT_SD_PX = 0.12, 0.30, 0.06, 0.30, 12.0
"""Prior of the affine, one standard deviation; the shift in half-resolution pixels."""
PIXELS_PER_OBSERVATION = 6.0
"""Neighbouring pixels err together: so many count as one when the picture is weighed against the prior."""
TUKEY_MADS = 4.7
STEP_MAX = np.array([0.15, 0.15, 0.15, 0.15, 4.0, 4.0])
_SHEAR = np.array([0.0, 1.0, 1.0, 0.0, 0.0, 0.0])
PRIOR = (
    np.diag([SCALE_SD**-2, ROTATION_SD**-2, 0.0, HEIGHT_SD**-2, SHIFT_SD_PX**-2, SHIFT_SD_PX**-2])
    + np.outer(_SHEAR, _SHEAR) / SHEAR_SD**2
)
"""(6, 6) inverse covariance of a00 - 1, a10, a01, a11 - 1, x, y: turning is free, shearing is not."""


def identity(centre: FloatArray) -> FloatArray:
    """The affine (2, 3) that puts the patch upright with its middle at `centre`."""
    return np.array([[1.0, 0.0, centre[0]], [0.0, 1.0, centre[1]]])


def turn_deg(affine: FloatArray) -> float:
    """Clockwise turn in the picture of the patch's horizontal axis."""
    return float(np.degrees(np.arctan2(affine[1, 0], affine[0, 0])))


class Picture:
    """A crop made ready: normalised, at half the resolution of `ratio`, one blur per level."""

    def __init__(self, planes: ImageArray, ratio: float, hidden_by: Sequence[FloatArray], thick_px: float) -> None:
        """`planes` is I420 (H * 3 / 2, W); `ratio` its pixels per full-resolution pixel of the work. `hidden_by` are
        bones (2, 2) in crop pixels that lie in front of the body, `thick_px` wide."""
        rows, width = planes.shape
        height = rows * 2 // 3
        half = (height // 2, width // 2)
        luminance = cv2.resize(planes[:height], (half[1], half[0]), interpolation=cv2.INTER_AREA)
        colour = planes[height:].reshape(2, *half)
        stack: FloatArray = np.dstack([luminance, colour[0], colour[1]]).astype(np.float32)
        size = round(half[1] / ratio), round(half[0] / ratio)
        if size != (half[1], half[0]):
            stack = np.asarray(cv2.resize(stack, size, interpolation=cv2.INTER_LINEAR))
        self._per_crop_px = np.array([size[0] / width, size[1] / height])
        normal = _normalised(stack)
        free = self._free(size, hidden_by, thick_px)
        self.levels: list[FloatArray] = [
            np.dstack([cv2.GaussianBlur(normal, (0, 0), each), free]) for each in LEVELS_PX
        ]
        """(H / 2, W / 2, 4) each: luminance, two colours, and how free of arms"""

    def place(self, crop_px: FloatArray) -> FloatArray:
        """Crop pixels (..., 2) to pixels of this picture."""
        placed: FloatArray = (crop_px + 0.5) * self._per_crop_px - 0.5
        return placed

    def _free(self, size: tuple[int, int], bones: Sequence[FloatArray], thick_px: float) -> FloatArray:
        free = np.ones(size[::-1], np.float32)
        for bone in bones:
            a, b = np.round(self.place(bone)).astype(int).tolist()
            cv2.line(free, a, b, 0.0, max(1, round(thick_px * float(self._per_crop_px[0]))))
        return np.asarray(cv2.GaussianBlur(free, (0, 0), 1.0)) if len(bones) else free


def _normalised(stack: FloatArray) -> FloatArray:
    centred = stack - cv2.GaussianBlur(stack, (0, 0), CONTRAST_PX)
    power = cv2.GaussianBlur(centred * centred, (0, 0), CONTRAST_PX)
    normal: FloatArray = centred / np.sqrt(power + CONTRAST_FLOOR**2)
    return normal


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    affine: FloatArray
    """(2, 3): patch pixels from its middle to picture pixels, half resolution"""
    correlation: float
    """Of the patch with what lies under it, over what is visible."""
    seen: float
    """Visible share of the patch."""
    sd_deg: float
    """Of the turn, from the picture's noise alone: large where the cloth has no texture."""


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    values: FloatArray
    """(P, C)"""
    slopes: FloatArray
    """(P * C, 6): change of each value with a00, a10, a01, a11, x, y"""
    places: FloatArray
    """(3, P): x, y from the middle, 1"""
    weight: FloatArray
    """(P,)"""


class Template:
    """The patch to look for."""

    def __init__(self, picture: Picture, affine: FloatArray, window: FloatArray) -> None:
        """Cut from `picture` where `affine` says; `window` (h, w) weighs its pixels."""
        patches = [_warped(image, affine, window.shape) for image in picture.levels]
        self._levels = [_level(patch[..., :3], window * patch[..., 3]) for patch in patches]
        self.area = float(self._levels[-1].weight.sum())

    def align(self, picture: Picture, start: FloatArray) -> Fit:
        """Where the patch lies in `picture`, from a first guess (2, 3)."""
        affine = start
        for level, image, iterations, near_px, near in zip(
            self._levels, picture.levels, ITERATIONS, SETTLED_PX, SETTLED, strict=True
        ):
            for _ in range(iterations):
                step = _step(level, image, affine, start)
                affine = _without(affine, step)
                if abs(step[4]) + abs(step[5]) < near_px and np.abs(step[:4]).max() < near:
                    break
        return self._judged(picture, affine)

    def _judged(self, picture: Picture, affine: FloatArray) -> Fit:
        level = self._levels[-1]
        found, weight = _sampled(level, picture.levels[-1], affine)
        total = float(weight.sum())
        wanted, found = (each - (weight @ each) / (total + 1e-6) for each in (level.values, found))
        power = (weight @ wanted**2).sum() * (weight @ found**2).sum()
        correlation = float((weight @ (wanted * found)).sum() / np.sqrt(max(power, 1e-9)))
        information, _, noise = _normal_equations(level, found - wanted, weight)
        spread = np.linalg.inv(information / (noise**2 * PIXELS_PER_OBSERVATION * found.shape[1]) + PRIOR)
        return Fit(affine, correlation, total / max(self.area, 1e-6), float(np.degrees(np.sqrt(spread[1, 1]))))


def _level(values: FloatArray, weight: FloatArray) -> _Level:
    height, width = weight.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x - (width - 1) / 2, y - (height - 1) / 2
    across, down = (cv2.Sobel(values, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) for dx in (1, 0))
    keep = weight > 0.02
    gx, gy, px, py = across[keep], down[keep], x[keep][:, None], y[keep][:, None]
    slopes = np.stack([gx * px, gy * px, gx * py, gy * py, gx, gy], axis=-1).reshape(-1, 6)
    places = np.stack([x[keep], y[keep], np.ones(keep.sum(), np.float32)])
    return _Level(values[keep], slopes, places, weight[keep].astype(np.float32))


def _warped(image: FloatArray, affine: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    height, width = shape
    corner = affine[:, :2] @ np.array([(width - 1) / 2, (height - 1) / 2])
    matrix = np.column_stack([affine[:, :2], affine[:, 2] - corner])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE))


def _sampled(level: _Level, image: FloatArray, affine: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(P, C) of the picture under the patch and (P,) its weights; nothing beyond the crop's edge counts."""
    x, y = (affine @ level.places).astype(np.float32)
    found = cv2.remap(image, x[None], y[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)[0]
    return found[:, :3], level.weight * found[:, 3]


def _step(level: _Level, image: FloatArray, affine: FloatArray, start: FloatArray) -> FloatArray:
    """(6,) change of the patch: a00, a10, a01, a11, x, y."""
    found, weight = _sampled(level, image, affine)
    difference = found - level.values
    difference -= (weight @ difference) / (weight.sum() + 1e-6)
    information, gain, noise = _normal_equations(level, difference, weight)
    state = (affine - start).T.ravel()
    state[:4] = affine[:, :2].T.ravel() - (1.0, 0.0, 0.0, 1.0)
    pull = PRIOR * (noise**2 * PIXELS_PER_OBSERVATION * difference.shape[1])
    step: FloatArray = np.linalg.solve(information + pull, gain + pull @ state)
    return np.clip(step, -STEP_MAX, STEP_MAX)


def _without(affine: FloatArray, step: FloatArray) -> FloatArray:
    """`affine` after the inverse of the patch's own change (inverse composition)."""
    a, c, b, d = 1.0 + step[0], step[1], step[2], 1.0 + step[3]
    inverse = np.array([[d, -b], [-c, a]]) / (a * d - b * c)
    turned = affine[:, :2] @ inverse
    return np.column_stack([turned, affine[:, 2] - turned @ step[4:]])


def _normal_equations(
    level: _Level, difference: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """(6, 6) and (6,) of the robust least squares, and the noise (1 SD) that its weights come from."""
    noise = 1.4826 * _middle(np.abs(difference[::2]).ravel()) + 0.02
    robust = 1.0 - (difference * (1.0 / (TUKEY_MADS * noise))) ** 2
    np.maximum(robust, 0.0, out=robust)
    robust *= robust
    robust *= weight[:, None]
    weighted = level.slopes * robust.reshape(-1, 1)
    return weighted.T @ level.slopes, weighted.T @ difference.ravel(), noise


def _middle(values: FloatArray) -> float:
    """The median, without its mean of two."""
    at = values.size // 2
    return float(np.partition(values, at)[at])
