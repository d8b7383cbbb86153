"""Everything that can stop vidgait, as one tree.

VidgaitError
├── VideoError
│   ├── VideoOpenError (OSError)        the file is missing, not a video, or cannot be decoded at all
│   ├── NoFramesError                   a container without a single decodable picture
│   ├── VideoFetchError (OSError)       the storage that a video lies in cannot be read just now
│   ├── VideoWriteError (OSError)       the annotated video could not be encoded
│   └── CameraError                     a camera that is absent, busy or silent
├── ModelError
│   ├── WeightsMissingError (FileNotFoundError)
│   ├── WeightsCorruptError             the sha256 differs from the manifest
│   ├── BackendMissingError (ImportError)   says which extra to install
│   └── ProviderError                   an execution provider was asked for and did not load
├── DataError
│   ├── NoPersonError                   nobody was found in the whole clip
│   ├── TooShortError                   too few frames for any measurement
│   ├── SkeletonError (KeyError)        a keypoint the skeleton does not have
│   ├── ReferenceFileError              a reference that cannot be read, or holds nothing to compare with
│   ├── AlignmentError                  a reference that shows another movement than the video
│   └── PairError                       two clips that do not belong together as asked
├── SettingsError (ValueError)          an option or a line of a TOML file that makes no sense
├── DisplayError                        no window can be opened here
├── EngineError                         the cluster that a batch was to run on cannot be used
├── OutputError (OSError)               the folder cannot be written, is in use, or the disk is full
└── StoreError                          a saved analysis that cannot be read back

"Cannot run" is an exception from this tree; "ran, but do not trust" is an `Issue` (see `types`). Every class
carries a stable `code`, which scripts may rely on, and every instance a `hint`: what the user can do about it.
"""

from __future__ import annotations

__all__ = [
    "AlignmentError",
    "BackendMissingError",
    "CameraError",
    "DataError",
    "DisplayError",
    "EngineError",
    "ModelError",
    "NoFramesError",
    "NoPersonError",
    "OutputError",
    "PairError",
    "ProviderError",
    "ReferenceFileError",
    "SettingsError",
    "SkeletonError",
    "StoreError",
    "TooShortError",
    "VideoError",
    "VideoFetchError",
    "VideoOpenError",
    "VideoWriteError",
    "VidgaitError",
    "WeightsCorruptError",
    "WeightsMissingError",
]


class VidgaitError(Exception):
    """Base of the tree. `message` says what is wrong in one line, `hint` what to do about it."""

    code = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[type[VidgaitError], tuple[str, str]]:
        return type(self), (self.message, self.hint)


class VideoError(VidgaitError):
    code = "video"


class VideoOpenError(VideoError, OSError):
    code = "video_open"


class NoFramesError(VideoError):
    code = "no_frames"


class VideoFetchError(VideoError, OSError):
    code = "video_fetch"


class VideoWriteError(VideoError, OSError):
    code = "video_write"


class CameraError(VideoError):
    code = "camera"


class ModelError(VidgaitError):
    code = "model"


class WeightsMissingError(ModelError, FileNotFoundError):
    code = "weights_missing"


class WeightsCorruptError(ModelError):
    code = "weights_corrupt"


class BackendMissingError(ModelError, ImportError):
    code = "backend_missing"


class ProviderError(ModelError):
    code = "provider"


class DataError(VidgaitError):
    code = "data"


class NoPersonError(DataError):
    code = "no_person"


class TooShortError(DataError):
    code = "too_short"


class SkeletonError(DataError, KeyError):
    code = "skeleton"


class ReferenceFileError(DataError):
    code = "reference"


class AlignmentError(DataError):
    code = "alignment"


class PairError(DataError):
    code = "pair"


class SettingsError(VidgaitError, ValueError):
    code = "settings"


class DisplayError(VidgaitError):
    code = "display"


class EngineError(VidgaitError):
    code = "engine"


class OutputError(VidgaitError, OSError):
    code = "output"


class StoreError(VidgaitError):
    code = "store"
