"""Where the videos of a batch lie: a folder of this machine or of storage it shares, or a URL that fsspec knows.

Nothing but videos is read through a URL; results are written to a folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from vidgait.errors import BackendMissingError, VideoFetchError, VideoOpenError
from vidgait.provenance import input_hash
from vidgait.team.scan import scan, scan_listing

if TYPE_CHECKING:
    from vidgait.team.scan import Scan

__all__ = ["CloudFolder", "LocalFolder", "VideoFolder", "fetched", "video_folder"]

_URL = re.compile(r"[a-z][a-z0-9+.-]+(::|://)", re.IGNORECASE)


class LocalFolder:
    """A folder of the file system. Raises VideoOpenError from every method."""

    def __init__(self, folder: Path) -> None:
        # Workers may have another working folder.
        self._folder = folder.absolute()

    def scan(self) -> Scan:
        """See `scan.scan`."""
        return scan(self._folder)

    def place(self, path: str) -> str:
        """What `fetched` takes."""
        return str(self._folder / path)

    def identity(self, path: str) -> str:
        """The same for the same content: its hash."""
        return input_hash(self._folder / path)


class CloudFolder:
    """A folder behind an fsspec URL. Raises VideoOpenError and VideoFetchError from every method."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._files, self._root = _file_system(self._url)

    def scan(self) -> Scan:
        """See `scan.scan_listing`."""
        with _told(self._url):
            found = self._files.find(self._root, detail=True)
            if not found and not self._files.exists(self._root):
                raise VideoOpenError(f"There is no folder {self._url}.", "Give the URL that holds the videos.")
        root = self._root.rstrip("/") + "/"
        return scan_listing({path.removeprefix(root): one.get("size") for path, one in found.items()})

    def place(self, path: str) -> str:
        """What `fetched` takes."""
        head, chain, tail = self._url.partition("::")
        return f"{head}/{path}{chain}{tail}"

    def identity(self, path: str) -> str:
        """What the storage says that changes with the content (an ETag or hash; else size and time of change): to
        fetch every video only to know that it is done already would cost more than the storage does."""
        with _told(self.place(path)):
            return str(self._files.ukey(f"{self._root.rstrip('/')}/{path}"))


VideoFolder = LocalFolder | CloudFolder


def video_folder(place: str | Path) -> VideoFolder:
    """Of a path or a URL. Raises BackendMissingError where a URL needs a library that is not installed."""
    return CloudFolder(str(place)) if _is_url(str(place)) else LocalFolder(Path(place))


def _is_url(place: str) -> bool:
    return _URL.match(place) is not None


@contextmanager
def fetched(place: str, name: str | None = None) -> Iterator[Path]:
    """The video as a file, called `name` if that is given; one that has to be fetched is removed afterwards.

    Raises VideoOpenError, VideoFetchError, and OSError where there is no room for it.
    """
    local = Path(place)
    if not _is_url(place) and name is None:
        yield local
        return
    with TemporaryDirectory(prefix="vidgait-") as folder:
        named = Path(folder) / (name or PurePosixPath(place.partition("::")[0]).name)
        if _is_url(place):
            files, path = _file_system(place)
            with _told(place):
                files.get_file(path, str(named))
        else:
            _link(local, named)
        yield named


def _link(source: Path, link: Path) -> None:
    try:
        link.symlink_to(source)
    except OSError:
        # Windows allows links to few users. A second name needs no room, but only works on the same disk.
        try:
            link.hardlink_to(source)
        except OSError:
            import shutil

            shutil.copyfile(source, link)


def _file_system(url: str) -> tuple[Any, str]:
    try:
        import fsspec

        files, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise BackendMissingError(
            f"{url} needs a library that is not installed: {error}.", "Install it: pip install 'vidgait[cloud]'."
        ) from None
    except ValueError as error:
        raise VideoOpenError(f"{url} is no place that can be read: {error}.", "Give a folder or a URL.") from None
    return files, str(path)


@contextmanager
def _told(place: str) -> Iterator[None]:
    """Storage fails in the words of whoever wrote it: every kind of error becomes one of ours."""
    try:
        yield
    except VideoOpenError:
        raise
    except FileNotFoundError:
        raise VideoOpenError(f"There is no {place}.", "Check the URL.") from None
    except Exception as error:
        # No space left where it is put is not the storage's fault.
        if isinstance(error, OSError) and error.errno == 28:
            raise
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise VideoFetchError(f"{place} cannot be read: {said}.", "Check the URL and your access to it.") from None
