"""Pictures as files in the data folder, each named by the SHA-256 of what is in it.

Bytes arrive under a name of their own and get their real one only when they are whole, flushed and what they claim to
be. Nothing here knows who may see what: that is asked of the rows, never of a hash.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from server.domain.photos.errors import UploadConflict
from shared_models.errors import RuleError
from shared_models.service.photo import is_sha256

_OWNER_ONLY = 0o600
_AT_ONCE = 500


class PhotoStore:
    """The pictures of all companies in one folder; several processes may work on it."""

    def __init__(self, data_dir: Path) -> None:
        """Keep them in `photos` in the data folder, which is made when the first one arrives."""
        self._whole = data_dir / "photos"
        self._partial = self._whole / "partial"

    def arrived(self, upload: str) -> int:
        """How many bytes of this upload are here."""
        try:
            return self._part(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, upload: str, offset: int, piece: bytes) -> int:
        """Add the next bytes of an upload; how many are here now. Raises `UploadConflict` for others than the next.

        Two requests may bring the same bytes at once: they are written to the same place, and the hash judges the whole.
        """
        here = self.arrived(upload)
        if offset != here:
            raise UploadConflict(here)
        self._partial.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._part(upload), os.O_WRONLY | os.O_CREAT, _OWNER_ONLY)
        try:
            os.lseek(handle, offset, os.SEEK_SET)
            with os.fdopen(handle, "wb", closefd=False) as file:
                file.write(piece)
        finally:
            os.close(handle)
        return self.arrived(upload)

    def finish(self, upload: str, sha256: str) -> None:
        """Give an upload that is complete its real name, durably.

        Refuses what is not what its row says (`RuleError("photo_damaged")`); nothing of it is kept. Raises
        `UploadConflict` when it is no longer there.
        """
        part = self._part(upload)
        try:
            handle = os.open(part, os.O_RDONLY)
        except FileNotFoundError:  # another request has finished it, or found it wrong
            raise UploadConflict(0) from None
        try:
            os.fsync(handle)
            with os.fdopen(handle, "rb", closefd=False) as file:
                is_right = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        finally:
            os.close(handle)
        if not is_right:
            part.unlink(missing_ok=True)
            raise RuleError("photo_damaged")
        target = self._file(sha256)
        if target.exists():
            part.unlink(missing_ok=True)  # what another row relies on is not touched
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
        for folder in (target.parent, self._whole):
            _flush(folder)

    def read(self, sha256: str, first: int, end: int) -> bytes:
        """The bytes from `first` up to, not including, `end`. Raises `FileNotFoundError`."""
        with self._file(sha256).open("rb") as file:
            file.seek(first)
            return file.read(end - first)

    def tidy(self, before_ms: int, are_named: Callable[[list[str]], set[str]]) -> int:
        """Remove what was last written before that moment: uploads never completed, and files that no row names.

        `are_named` tells which of some hashes a row names. How many files went.
        """
        old = [file for file in _files(self._partial) if _written_ms(file) < before_ms]
        whole = [file for folder in _folders(self._whole) for file in _files(folder)]
        stale = [file for file in whole if is_sha256(file.name) and _written_ms(file) < before_ms]
        for at in range(0, len(stale), _AT_ONCE):
            some = stale[at : at + _AT_ONCE]
            named = are_named([file.name for file in some])
            old += [file for file in some if file.name not in named]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def _part(self, upload: str) -> Path:
        # What devices call a row is no name for a file.
        return self._partial / hashlib.sha256(upload.encode()).hexdigest()

    def _file(self, sha256: str) -> Path:
        if not is_sha256(sha256):
            raise FileNotFoundError(sha256)
        return self._whole / sha256[:2] / sha256


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (each for each in folder.iterdir() if each.is_dir() and len(each.name) == 2)


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (each for each in folder.iterdir() if each.is_file())


def _written_ms(file: Path) -> int:
    # Another process may have finished or removed it in the meantime; then it is nobody's rubbish.
    with suppress(FileNotFoundError):
        return file.stat().st_mtime_ns // 1_000_000
    return 2**63


def _flush(folder: Path) -> None:
    """Have a folder's entries survive a power cut; not every platform can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
