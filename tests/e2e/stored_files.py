"""The files in which Chromium keeps the app's database, as they lie on the tablet's own disk; damaged by hand."""

from pathlib import Path

_WAL_HEADERS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_PAGE = 4_096


def database_file(profile: Path) -> Path:
    """The database itself: the largest file of the private file system that is no write-ahead log."""
    found = [file for file in profile.rglob("File System/**/*") if file.is_file()]
    plain = [file for file in found if file.read_bytes()[:4] not in _WAL_HEADERS]
    return max(plain, key=lambda file: file.stat().st_size)


def flip_bits(profile: Path) -> None:
    """Change one bit in every page of the second half: rows that came by sync, not what waits to be sent."""
    file = database_file(profile)
    body = bytearray(file.read_bytes())
    for page in range(len(body) // _PAGE // 2, len(body) // _PAGE):
        body[page * _PAGE + 100] ^= 1
    file.write_bytes(body)


def cut(profile: Path) -> None:
    """Lose the last third of the file."""
    file = database_file(profile)
    body = file.read_bytes()
    file.write_bytes(body[: len(body) * 2 // 3])


def overwrite(profile: Path) -> None:
    """Make all of it unreadable, with what was written ahead."""
    for file in profile.rglob("File System/**/*"):
        if file.is_file() and file.stat().st_size > _PAGE:
            file.write_bytes(b"\x5a" * file.stat().st_size)
