"""Pictures of a person made of cloth, whose pelvis turns by exactly known angles, with keypoints that say nothing of
it: what is read of the turn can only come from the pixels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from vidgait.evidence import Crop, PelvisCropper, Stretch, measure_pelvis
from vidgait.types import BLAZEPOSE, Evidence, Frame, FramePoses, Track

__all__ = ["STANDING", "Scene"]

SIZE_PX = (360, 520)
HIP = np.array([180.0, 260.0])
TORSO_PX = 100.0
STANDING = 6
"""So many pictures of standing begin each scene."""
POINTS = {
    "shoulder": (33, -100), "elbow": (62, -55), "wrist": (75, -15), "pinky": (77, -8), "index": (76, -8),
    "hip": (20, 0), "knee": (22, 85), "ankle": (22, 170), "heel": (22, 178), "toe": (28, 184),
}  # fmt: skip
"""From the middle of the hips, of the person's left, at the picture's right."""


@dataclass(frozen=True)
class Scene:
    """`turns_deg`: clockwise in the picture, after STANDING pictures of none."""

    turns_deg: tuple[float, ...]
    textured: bool = True
    waistband: bool = True
    noise: float = 1.0
    scale: float = 1.0
    shift_px: tuple[float, float] = (0.0, 0.0)
    mirrored: bool = False
    gone: frozenset[int] = field(default_factory=frozenset)
    """Pictures in which nobody is found."""

    @property
    def angles_deg(self) -> np.ndarray:
        return np.concatenate([np.zeros(STANDING), self.turns_deg])

    @property
    def time_s(self) -> np.ndarray:
        return np.arange(self.angles_deg.size) / 15.0

    def points(self) -> np.ndarray:
        """(33, 2)"""
        xy = np.full((33, 2), np.nan)
        for part, (aside, down) in POINTS.items():
            for side, way in (("left", 1), ("right", -1)):
                xy[BLAZEPOSE.index(f"{side}_{part}")] = HIP + np.array([way * aside, down])
        placed = xy * self.scale + np.array(self.shift_px)
        if self.mirrored:
            placed[:, 0] = self.picture_size[0] - 1 - placed[:, 0]
            placed = placed[BLAZEPOSE.mirror_order()]
        return placed

    @property
    def picture_size(self) -> tuple[int, int]:
        width, height = (round(side * self.scale) for side in SIZE_PX)
        return width, height

    def frames(self) -> list[Frame]:
        random = np.random.default_rng(7)
        return [
            Frame(index, float(time_s), float(time_s), self._picture(angle, random))
            for index, (time_s, angle) in enumerate(zip(self.time_s, self.angles_deg, strict=True))
        ]

    def _picture(self, angle_deg: float, random: np.random.Generator) -> np.ndarray:
        """Drawn large and made smaller, so that turning it blurs nothing that is read."""
        fine, middle = 2, tuple((2 * HIP + 0.5).tolist())
        turn = cv2.getRotationMatrix2D(middle, -angle_deg, 1.0)
        size = (fine * SIZE_PX[0], fine * SIZE_PX[1])
        turned = cv2.warpAffine(_cloth(self.textured, self.waistband), turn, size, borderMode=cv2.BORDER_REPLICATE)
        matrix = np.array([[self.scale / fine, 0, self.shift_px[0]], [0, self.scale / fine, self.shift_px[1]]])
        soft = cv2.GaussianBlur(turned, (0, 0), 0.8)
        picture = cv2.warpAffine(soft, matrix, self.picture_size, borderMode=cv2.BORDER_REPLICATE)
        if self.mirrored:
            picture = picture[:, ::-1]
        noisy = picture.astype(np.float32) + random.normal(0, self.noise, picture.shape)
        return np.clip(noisy, 0, 255).astype(np.uint8)

    def track(self) -> Track:
        count = self.time_s.size
        xy = np.repeat(self.points()[None], count, axis=0)
        xy[sorted(self.gone)] = np.nan
        return Track(self.time_s, xy, np.ones((count, 33)), None, BLAZEPOSE)

    def crops(self) -> tuple[list[Crop], np.ndarray]:
        """And the frame each belongs to."""
        cropper, found, rows = PelvisCropper(), [], []
        for frame in self.frames():
            people = FramePoses(self.points()[None], np.ones((1, 33)), None, BLAZEPOSE)
            seen = FramePoses.nobody(BLAZEPOSE) if frame.index in self.gone else people
            for crop in cropper.cut(frame, seen):
                found.append(crop)
                rows.append(frame.index)
        return found, np.array(rows, int)

    def stretch(self) -> Stretch:
        return Stretch(0.0, 1e3, 0.0, np.arange(self.time_s.size) < STANDING)

    def evidence(self) -> Evidence:
        crops, rows = self.crops()
        return measure_pelvis(crops, rows, self.track(), [self.stretch()])

    def but(self, **changes: object) -> Scene:
        return replace(self, **changes)  # type: ignore[arg-type]


def _cloth(textured: bool, waistband: bool) -> np.ndarray:
    """A body-wide strip of cloth before a plain wall, at twice the size; the waistband is 15 px above the hips."""
    random = np.random.default_rng(3)
    width, height = 2 * SIZE_PX[0], 2 * SIZE_PX[1]
    picture = np.full((height, width, 3), 150.0, np.float32)
    left, right = (round(2 * (HIP[0] + way * 62)) for way in (-1, 1))
    cloth = np.full((height, right - left, 3), (120.0, 100.0, 90.0), np.float32)
    if waistband:
        cloth[round(2 * (HIP[1] - 15)) :] = (50.0, 45.0, 70.0)
    if textured:
        rough = random.normal(0, 1, cloth.shape).astype(np.float32)
        cloth += 120 * cv2.GaussianBlur(rough, (0, 0), 5)
    picture[:, left:right] = cloth
    if not (textured or waistband):
        picture[:] = picture.mean()
    return np.clip(picture, 0, 255).astype(np.uint8)
