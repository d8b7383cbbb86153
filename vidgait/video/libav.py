"""OpenCV and PyAV, in the only order that works.

Both wheels bring their own FFmpeg. When PyAV is imported first, every OpenCV window on Linux hangs; OpenCV first is
fine. All code that needs PyAV therefore takes it from here, and here the order is kept from the import sorter.
"""

from __future__ import annotations

# isort: off
import cv2
import av
import av.filter
import av.logging
# isort: on

__all__ = ["av", "cv2"]
