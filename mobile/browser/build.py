"""Builds the installable browser app: `python -m mobile.browser.build [OUT]`, by default into `build/web`."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from mobile.browser import icons, page
from mobile.browser.artifacts import REPOSITORY
from mobile.browser.compression import precompress
from mobile.browser.fonts import make_fonts
from mobile.browser.offline import write_offline_copy
from mobile.browser.plain import build_plain
from mobile.browser.python_parts import add_python


def build(out: Path, app: Path, *, renderer: str = "auto", quickly: bool = False) -> None:
    """Build the whole folder anew; a build that fails leaves the last one as it was.

    `quickly` compresses it little, for one that nobody fetches over a network.
    """
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    page.copy_client(partial)
    page.patch_client(partial)
    page.write_index(partial, add_python(app, partial), icons.logo_svg(), renderer=renderer)
    page.write_manifest(partial)
    page.write_font_manifest(partial, make_fonts(partial / "assets" / "fonts"))
    icons.write_icons(partial)
    write_offline_copy(partial)
    precompress(partial, quickly=quickly)
    shutil.rmtree(out, ignore_errors=True)
    partial.rename(out)


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(prog="python -m mobile.browser.build", description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=REPOSITORY / "build" / "web", metavar="OUT")
    parser.add_argument("--app", type=Path, default=REPOSITORY, metavar="FOLDER", help="folder with main.py")
    parser.add_argument("--renderer", choices=("auto", "canvaskit"), default="auto")
    parser.add_argument("--plain", action="store_true", help="the slow way, to compare with")
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    if arguments.plain:
        build_plain(arguments.out.resolve(), arguments.app.resolve())
    else:
        build(arguments.out.resolve(), arguments.app.resolve(), renderer=arguments.renderer)


if __name__ == "__main__":
    main()
