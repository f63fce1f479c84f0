"""Noto Sans SC for every character a person's name may have, as files that Flutter finds without a network."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from fontTools import subset

from mobile.browser.artifacts import cached, digest_of
from mobile.browser.runtime import NODE, NPM_CLI

PACKAGE = "@expo-google-fonts/noto-sans-sc@0.4.3"
PACKAGE_SHA512 = "9rAwdFTFHbO/u6Cs0gj2jZbW74TGIiaFNQnXYH2s5wA1bzVkwbaviL4t8YUV642eGYjg86eH6DkAEQmfNHDncQ=="
SOURCES = {
    400: "package/400Regular/NotoSansSC_400Regular.ttf",
    600: "package/600SemiBold/NotoSansSC_600SemiBold.ttf",
    700: "package/700Bold/NotoSansSC_700Bold.ttf",
}
# 通用规范汉字表 (2013): the 8,105 characters of the standard, names of people and places among them.
STANDARD_CHARACTERS = Path(__file__).parent / "standard_characters.txt"
# Latin, punctuation, currency, arrows, box and geometric shapes, CJK and full-width punctuation, kana-free.
OTHER_RANGES = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x205E), (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2150, 0x218F),
    (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2460, 0x24FF), (0x25A0, 0x26FF), (0x2700, 0x27BF), (0x3000, 0x303F),
    (0xFE10, 0xFE1F), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF),
)  # fmt: skip


class FontIntegrityError(RuntimeError):
    """The font package is not the one this build was made with."""


def download_fonts() -> Path:
    """Folder with the font files of the npm package, whose archive must have the locked hash."""

    def make(folder: Path) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            command = [str(NODE), str(NPM_CLI), "pack", "--silent", PACKAGE]
            subprocess.run(command, check=True, cwd=scratch, stdout=subprocess.DEVNULL)
            (archive,) = Path(scratch).glob("*.tgz")
            digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            if digest != PACKAGE_SHA512:
                raise FontIntegrityError(f"{PACKAGE}: expected {PACKAGE_SHA512}, got {digest}")
            with tarfile.open(archive) as package:
                for weight, member in SOURCES.items():
                    content = package.extractfile(member)
                    if content is None:
                        raise FontIntegrityError(f"{PACKAGE}: {member} is not a file")
                    (folder / f"{weight}.ttf").write_bytes(content.read())

    return cached("font-sources", [PACKAGE, PACKAGE_SHA512, *SOURCES.values()], make)


def covered_characters() -> set[int]:
    """Code points that the app can draw."""
    characters = {ord(character) for character in STANDARD_CHARACTERS.read_text(encoding="utf-8").strip()}
    for first, last in OTHER_RANGES:
        characters.update(range(first, last + 1))
    return characters


def subset_font(source: Path, target: Path) -> None:
    """Write the font with the covered characters only, as woff2."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "liga", "locl", "tnum", "pnum", "ccmp", "mark", "mkmk"]
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = True
    with subset.load_font(str(source), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=covered_characters())
        subsetter.subset(font)
        subset.save_font(font, str(target), options)


def make_fonts(folder: Path) -> dict[int, str]:
    """Put the subset fonts into `folder`; returns file names by weight."""
    sources = download_fonts()

    def make(target: Path) -> None:
        for weight in SOURCES:
            subset_font(sources / f"{weight}.ttf", target / f"noto-sans-sc-{weight}.woff2")

    made = cached("fonts", [sources, STANDARD_CHARACTERS, str(OTHER_RANGES), Path(__file__)], make)
    names: dict[int, str] = {}
    for weight in SOURCES:
        source = made / f"noto-sans-sc-{weight}.woff2"
        names[weight] = f"noto-sans-sc-{weight}-{digest_of([source])}.woff2"
        shutil.copyfile(source, folder / names[weight])
    return names
