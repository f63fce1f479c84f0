"""What the browser build promises of its inputs and outputs, without building."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from mobile.browser import page
from mobile.browser.artifacts import cached, digest_of
from mobile.browser.fonts import STANDARD_CHARACTERS, covered_characters
from mobile.browser.packages import LOCK, is_used, write_stored_zip


def test_the_fonts_cover_every_character_of_the_standard() -> None:
    standard = STANDARD_CHARACTERS.read_text(encoding="utf-8").replace("\n", "")
    assert len(standard) == len(set(standard)) == 8105
    assert {ord(character) for character in standard} <= covered_characters()


def test_the_address_that_replaces_a_public_one_is_as_long() -> None:
    assert len(page.OWN_ADDRESS) == len(page.RIVE_ADDRESS)


def test_a_client_that_changed_is_not_patched_blindly(tmp_path: Path) -> None:
    (tmp_path / "main.dart.wasm").write_bytes(b"another client")
    with pytest.raises(page.ClientChangedError):
        page.patch_client(tmp_path)


def test_every_locked_package_has_a_hash() -> None:
    lines = [
        line for line in LOCK.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
    assert lines
    assert all("==" in line and "--hash=sha256:" in line for line in lines)


def test_what_was_made_once_is_not_made_again_and_a_failure_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mobile.browser.artifacts.CACHE", tmp_path)
    made: list[Path] = []

    def fail(folder: Path) -> None:
        made.append(folder)
        (folder / "half").write_text("half")
        raise RuntimeError("no space")

    with pytest.raises(RuntimeError):
        cached("thing", ["input"], fail)
    folder = cached("thing", ["input"], lambda folder: (folder / "whole").write_text("whole") and None)
    assert [file.name for file in folder.iterdir()] == ["whole"]
    assert cached("thing", ["input"], fail) == folder
    assert len(made) == 1


def test_the_hash_of_a_folder_changes_with_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    first = digest_of([tmp_path])
    (tmp_path / "a").rename(tmp_path / "b")
    second = digest_of([tmp_path])
    (tmp_path / "b").write_text("y")
    assert len({first, second, digest_of([tmp_path])}) == 3


def test_the_same_files_give_the_same_archive_uncompressed(tmp_path: Path) -> None:
    source = tmp_path / "module.pyc"
    source.write_bytes(b"code" * 100)
    for name in ("one.zip", "two.zip"):
        write_stored_zip(tmp_path / name, {"package/module.pyc": source})
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert [(i.filename, i.compress_type) for i in archive.infolist()] == [("package/module.pyc", 0)]


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("sqlalchemy/orm/session.py", True),
        ("sqlalchemy/dialects/sqlite/base.py", True),
        ("sqlalchemy/dialects/oracle/base.py", False),
        ("apsw/__init__.pyi", False),
        ("flet/controls/page.py", True),
        ("shared_models/pinyin_table.txt", True),
    ],
)
def test_only_what_a_running_app_reads_is_shipped(name: str, *, used: bool) -> None:
    assert is_used(name) is used
