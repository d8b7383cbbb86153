"""What is read from pixels besides poses: value and SD per frame, saved and replayed. Measures never see pixels."""

from vidgait.evidence.crops import Crop, PelvisCropper, crops_of
from vidgait.evidence.pelvis import PELVIC_ROLL, Stretch, measure_pelvis, mirrored

__all__ = ["PELVIC_ROLL", "Crop", "PelvisCropper", "Stretch", "crops_of", "measure_pelvis", "mirrored"]
