"""From a decoded picture of any kind to upright 8-bit BT.709: as BGR for the networks, as planes for drawing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from vidgait.types import PlanarFrame
from vidgait.video.libav import av, cv2
from vidgait.video.tone import (
    CHROMA_HIGH,
    CHROMA_LOW,
    CHROMA_STEP,
    LUMA_STEP,
    LUMA_WEIGHTS,
    Primaries,
    ToneTable,
    Transfer,
    tone_table,
)

if TYPE_CHECKING:
    from vidgait.types import Frame, ImageArray

__all__ = [
    "Look",
    "PictureConverter",
    "PlaneMaker",
    "Posture",
    "plane_views",
    "read_look",
    "read_posture",
    "upright_size",
]

SWS_MATRIX = {"bt601": 5, "bt709": 1, "bt2020": 9, "smpte240m": 7, "fcc": 4}
"""swscale's numbers for the matrices (SWS_CS_*)."""
MATRIX_BY_CODE = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}
"""Matrix coefficients of ITU-T H.273 table 4."""
TRANSFER_BY_CODE: dict[int, Transfer] = {16: "PQ", 18: "HLG"}
BT709_PRIMARIES, BT2020_PRIMARIES = 1, 9
FULL_RANGE = 2
LIMITED_RANGE = 1
FASTEST = "BILINEAR"


@dataclass(frozen=True, slots=True)
class Look:
    """How the numbers of a picture mean colours."""

    matrix: str
    full_range: bool
    transfer: Transfer
    primaries: Primaries
    coloured_as_yuv: bool
    """False for RGB, grey and palette pictures, which have no matrix."""

    @property
    def needs_table(self) -> bool:
        return self.coloured_as_yuv and (self.transfer != "SDR" or self.primaries != "bt709")


@dataclass(frozen=True, slots=True)
class Posture:
    """How the stored picture has to be turned: flipped left to right first, then clockwise by `rotation_deg`."""

    rotation_deg: int
    flipped: bool


def read_look(frame: Any) -> Look:
    """The tags of a decoded frame, with what players assume where tags are missing: BT.709 for pictures wider than
    1279 or higher than 576 pixels, else BT.601, and BT.2020 for HLG and PQ; limited range, except for the old
    full-range formats."""
    name, kind = frame.format.name, frame.format
    as_yuv = not (kind.is_rgb or kind.has_palette or len(kind.components) < 3)
    guess = "bt709" if max(frame.width, frame.height) >= 1280 or min(frame.width, frame.height) > 576 else "bt601"
    transfer = TRANSFER_BY_CODE.get(int(frame.color_trc), "SDR")
    matrix = MATRIX_BY_CODE.get(int(frame.colorspace), "bt2020" if transfer != "SDR" else guess)
    primaries = int(frame.color_primaries)
    wide = primaries == BT2020_PRIMARIES or (transfer != "SDR" and primaries != BT709_PRIMARIES)
    full = int(frame.color_range) == FULL_RANGE or name.startswith("yuvj") or not as_yuv
    return Look(matrix, full, transfer, "bt2020" if wide else "bt709", as_yuv)


def read_posture(frame: Any) -> Posture:
    """The display matrix of a decoded frame as quarter turns and a flip (libavutil/display.h: x' = a x + c y,
    y' = b x + d y). Other angles are taken to the nearest quarter turn."""
    found = next((bytes(data) for data in frame.side_data if data.type.name == "DISPLAYMATRIX"), None)
    if found is None:
        return Posture(0, False)
    a, b, _, c, d = np.frombuffer(found, np.int32)[:5] / 65536.0
    flipped = a * d - b * c < 0
    if flipped:
        a, b = -a, -b
    if a == 0 and b == 0:
        return Posture(0, False)
    return Posture(round(np.degrees(np.arctan2(b, a)) / 90) % 4 * 90, bool(flipped))


def upright_size(stored_px: tuple[int, int], sample_aspect: Fraction | None, posture: Posture) -> tuple[int, int]:
    """(width, height) as presented: pixels made square by growing one side, then turned."""
    width, height = stored_px
    aspect = sample_aspect if sample_aspect and Fraction(1, 4) <= sample_aspect <= 4 else Fraction(1)
    if aspect > 1:
        width = round(width * aspect)
    elif aspect < 1:
        height = round(height / aspect)
    return (height, width) if posture.rotation_deg in (90, 270) else (width, height)


def plane_views(planes: ImageArray) -> tuple[ImageArray, ImageArray, ImageArray]:
    """Y (H, W), U and V (H / 2, W / 2) of an I420 array (H * 3 / 2, W), as views."""
    height, width = planes.shape[0] * 2 // 3, planes.shape[1]
    flat, luma, quarter = planes.reshape(-1), height * width, height * width // 4
    half = (height // 2, width // 2)
    return (
        planes[:height],
        flat[luma : luma + quarter].reshape(half),
        flat[luma + quarter :].reshape(half),
    )


TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


class PictureConverter:
    """Keeps the scalers, so that one object serves a whole clip. Not for use by two threads at once."""

    def __init__(self, size_px: tuple[int, int], posture: Posture, mirrored: bool) -> None:
        """`size_px` is (width, height) as presented. `mirrored` flips the presented picture left to right."""
        self._size_px = size_px
        self._posture = posture
        self._mirrored = mirrored
        self._scaler = av.video.reformatter.VideoReformatter()
        self._to_bgr = av.video.reformatter.VideoReformatter()

    def bgr(self, frame: Any) -> ImageArray:
        """(H, W, 3) uint8 BGR at the presented size. Rows may be padded in memory (copying costs 2 ms at 1080p)."""
        look = read_look(frame)
        if self._turns and _is_plain_420(frame) and not look.needs_table:
            return self._as_bgr(_turned_frame(frame, self._posture, self._mirrored), look, self._size_px)
        width, height = self._lying(self._size_px)
        if look.needs_table:
            even = (width + width % 2, height + height % 2)
            mapped = av.VideoFrame.from_ndarray(self._mapped(frame, look, even), format="yuv420p")
            look = Look("bt709", False, "SDR", "bt709", True)
            picture = self._as_bgr(mapped, look, even)[:height, :width]
        else:
            picture = self._as_bgr(frame, look, (width, height))
        return cast("ImageArray", _turned(picture, self._posture, self._mirrored))

    def planar(self, frame: Any, size_px: tuple[int, int]) -> ImageArray:
        """(H * 3 / 2, W) uint8 I420, BT.709 limited, scaled to `size_px` (even numbers)."""
        look = read_look(frame)
        lying = self._lying(size_px)
        if look.needs_table:
            planes = self._mapped(frame, look, lying)
        else:
            planes = self._limited(frame, look, lying)
            if look.coloured_as_yuv and look.matrix != "bt709":
                _change_matrix(planes, look.matrix)
        return self._turned_planes(planes, size_px)

    @property
    def _turns(self) -> bool:
        return self._mirrored or self._posture != Posture(0, False)

    def _lying(self, size_px: tuple[int, int]) -> tuple[int, int]:
        """The size before the turn."""
        return size_px[::-1] if self._posture.rotation_deg in (90, 270) else size_px

    def _as_bgr(self, frame: Any, look: Look, size_px: tuple[int, int]) -> ImageArray:
        colours = _source(look)
        changed = self._to_bgr.reformat(
            frame, *size_px, format="bgr24", interpolation=FASTEST, threads=1, dst_color_range=FULL_RANGE, **colours
        )
        return cast("ImageArray", changed.to_ndarray())

    def _limited(self, frame: Any, look: Look, size_px: tuple[int, int], format: str = "yuv420p") -> ImageArray:
        """Planes of the source's own matrix in limited range. RGB and grey become BT.709 at once."""
        colours = _source(look)
        target = colours.get("src_colorspace", SWS_MATRIX["bt709"])
        changed = self._scaler.reformat(
            frame,
            *size_px,
            format=format,
            interpolation=FASTEST,
            threads=1,
            dst_colorspace=target,
            dst_color_range=LIMITED_RANGE,
            **colours,
        )
        return cast("ImageArray", np.ascontiguousarray(changed.to_ndarray()))

    def _mapped(self, frame: Any, look: Look, size_px: tuple[int, int]) -> ImageArray:
        """I420 BT.709 of a picture of high dynamic range or wide gamut."""
        table = tone_table(look.transfer, look.primaries, look.matrix)
        return _look_up(self._limited(frame, look, size_px, "yuv420p10le"), table)

    def _turned_planes(self, planes: ImageArray, size_px: tuple[int, int]) -> ImageArray:
        if not self._turns:
            return planes
        width, height = size_px
        turned = np.empty((height * 3 // 2, width), np.uint8)
        for source, target in zip(plane_views(planes), plane_views(turned), strict=True):
            target[:] = _turned(source, self._posture, self._mirrored)
        return turned


class PlaneMaker:
    """Turns pictures into planes, to write what was never planes: a camera's own pictures. Not for two threads."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        """(width, height), even. Larger pictures lose their last column or row."""
        self._size_px = size_px
        self._converter = PictureConverter(size_px, Posture(0, False), False)

    def planar_frame(self, frame: Frame) -> PlanarFrame:
        """The same instant as I420, BT.709, limited range."""
        width, height = self._size_px
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame.image[:height, :width]), format="bgr24")
        planes = self._converter.planar(picture, self._size_px)
        return PlanarFrame(frame.index, frame.time_s, frame.media_time_s, planes)


def _source(look: Look) -> dict[str, int]:
    colours = {"src_color_range": FULL_RANGE if look.full_range else LIMITED_RANGE}
    if look.coloured_as_yuv:
        colours["src_colorspace"] = SWS_MATRIX[look.matrix]
    return colours


def _turned(picture: Any, posture: Posture, mirrored: bool) -> Any:
    if posture.flipped:
        picture = cv2.flip(picture, 1)
    if posture.rotation_deg:
        picture = cv2.rotate(picture, TURNS[posture.rotation_deg])
    return cv2.flip(picture, 1) if mirrored else picture


def _is_plain_420(frame: Any) -> bool:
    return frame.format.name in ("yuv420p", "yuvj420p") and frame.width % 2 == frame.height % 2 == 0


def _turned_frame(frame: Any, posture: Posture, mirrored: bool) -> Any:
    """The same picture turned before it becomes BGR: half the bytes, and no second large array (of 4 MB and more, which
    cost 4 ms each to come by at 1080p)."""
    lies = posture.rotation_deg in (90, 270)
    width, height = (frame.height, frame.width) if lies else (frame.width, frame.height)
    turned = av.VideoFrame(width, height, frame.format.name)
    for source, target in zip(frame.planes, turned.planes, strict=True):
        _pixels(target)[:] = _turned(_pixels(source), posture, mirrored)
    return turned


def _pixels(plane: Any) -> Any:
    """(H, W) view of an 8-bit plane."""
    rows = np.frombuffer(plane, np.uint8)[: plane.height * plane.line_size]
    return rows.reshape(plane.height, plane.line_size)[:, : plane.width]


def _change_matrix(planes: ImageArray, matrix: str) -> None:
    """Limited-range I420 of another matrix to BT.709, in place. White keeps its luma, so
    `Y' = Y + k_b (Cb - 128) + k_r (Cr - 128)`, and chroma is a 2 x 2 mixture of itself."""
    mixture = _chroma_mixture(matrix)
    luma, cb, cr = plane_views(planes)
    shift = [128 - 128 * row.sum() for row in mixture[1:]]
    extra = cv2.addWeighted(cb, mixture[0, 0], cr, mixture[0, 1], -128 * mixture[0].sum(), dtype=cv2.CV_16S)
    new_cb = cv2.addWeighted(cb, mixture[1, 0], cr, mixture[1, 1], shift[0])
    new_cr = cv2.addWeighted(cb, mixture[2, 0], cr, mixture[2, 1], shift[1])
    cb[:], cr[:] = new_cb, new_cr
    _add_enlarged(luma, extra)


def _add_enlarged(luma: ImageArray, extra: Any) -> None:
    """Add the half-size int16 picture `extra`, enlarged, to `luma` in place."""
    enlarged = cv2.resize(extra, luma.shape[::-1], interpolation=cv2.INTER_LINEAR)
    luma[:] = cv2.add(luma, enlarged, dtype=cv2.CV_8U)


def _chroma_mixture(matrix: str) -> Any:
    """(3, 2): what Cb and Cr of `matrix` add to Y, Cb and Cr of BT.709, in limited-range 8-bit codes."""
    kr, kb = LUMA_WEIGHTS[matrix]
    to_r, to_b = np.array([0.0, 2 - 2 * kr]), np.array([2 - 2 * kb, 0.0])
    to_g = -(kr * to_r + kb * to_b) / (1 - kr - kb)
    kr, kb = LUMA_WEIGHTS["bt709"]
    y = kr * to_r + (1 - kr - kb) * to_g + kb * to_b
    return np.array([y * 219 / 224, (to_b - y) / (2 - 2 * kb), (to_r - y) / (2 - 2 * kr)])


def _look_up(planes: Any, table: ToneTable) -> ImageArray:
    """(H * 3 / 2, W) uint16 10-bit I420 through the table to 8-bit I420. Luma is exact for greys; what colour adds to
    it, and the chroma itself, are looked up at chroma's resolution."""
    luma, cb, cr = plane_views(planes)
    nodes = (CHROMA_HIGH - CHROMA_LOW) // CHROMA_STEP + 1
    node = (luma[::2, ::2] + LUMA_STEP // 2) // LUMA_STEP * np.int32(nodes * nodes)
    node += _chroma_node(cb) * np.int32(nodes)
    node += _chroma_node(cr)
    found = table.packed.take(node, mode="clip")
    result = np.empty(planes.shape, np.uint8)
    new_luma, new_cb, new_cr = plane_views(result)
    np.take(table.grey, luma, out=new_luma, mode="clip")
    parts = found.view(np.uint8).reshape(*found.shape, 4)
    new_cb[:], new_cr[:] = parts[..., 0], parts[..., 1]
    _add_enlarged(new_luma, parts[..., 2].astype(np.int16) - 128)
    return result


def _chroma_node(chroma: Any) -> Any:
    return (np.clip(chroma, CHROMA_LOW, CHROMA_HIGH) - (CHROMA_LOW - CHROMA_STEP // 2)) // CHROMA_STEP
