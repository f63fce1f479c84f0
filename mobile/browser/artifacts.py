"""Keeps what a build made, by the hash of what it was made from, so that a second build takes seconds."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CACHE = REPOSITORY / "build" / "cache"


def digest_of(parts: Iterable[str | bytes | Path]) -> str:
    """Hash of names, bytes and files or whole folders (relative names and contents), 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            for file in sorted(part.rglob("*")) if part.is_dir() else [part]:
                if file.is_file() and "__pycache__" not in file.parts:
                    digest.update(f"\0{file.relative_to(part)}\0".encode())
                    digest.update(hashlib.sha256(file.read_bytes()).digest())
        else:
            digest.update(b"\1" + (part.encode() if isinstance(part, str) else part))
    return digest.hexdigest()[:16]


def cached(name: str, inputs: Iterable[str | bytes | Path], make: Callable[[Path], None]) -> Path:
    """Folder that `make` filled once for these inputs; a make that fails leaves nothing behind."""
    folder = CACHE / f"{name}-{digest_of(inputs)}"
    if not folder.exists():
        partial = folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        make(partial)
        partial.rename(folder)
    return folder
