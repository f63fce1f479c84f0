"""Builds the installable browser app: `python -m mobile.browser.build [OUT]`, by default into `build/web`."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from mobile.browser import icons, page
from mobile.browser.artifacts import REPOSITORY, digest_of
from mobile.browser.compression import precompress
from mobile.browser.fonts import make_fonts
from mobile.browser.offline import write_offline_copy
from mobile.browser.packages import compile_tree, install_packages, native_roots, write_stored_zip
from mobile.browser.snapshot import make_snapshot

APP_PARTS = ("main.py", "mobile", "sync", "shared_models")
BUILD_ONLY = ("browser", "__pycache__")


def stage_app(app: Path, target: Path) -> Path:
    """Collect what runs on the device; the code of this build stays behind."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in APP_PARTS:
        # A small app of its own may lack the shared packages; they then come from this repository.
        source = app / name if (app / name).exists() else REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns(*BUILD_ONLY))
        else:
            shutil.copyfile(source, target / name)
    return target


def files_below(tree: Path, *, only: frozenset[str] | None = None, but: frozenset[str] = frozenset()) -> dict[str, Path]:
    """Files of a tree by relative name, of the top folders `only`, without those of the top folders `but`."""
    files = {file.relative_to(tree).as_posix(): file for file in tree.rglob("*") if file.is_file()}
    return {
        name: file
        for name, file in files.items()
        if name.split("/")[0] not in but and (only is None or name.split("/")[0] in only)
    }


def add_hashed(out: Path, name: str, suffix: str, source: Path) -> str:
    """Copy a file under a name that carries its hash and so never changes; returns its address."""
    hashed = f"{name}-{digest_of([source])}{suffix}"
    shutil.copyfile(source, out / hashed)
    return f"/{hashed}"


def add_python(app: Path, out: Path) -> dict[str, str]:
    """Write the archives that the worker mounts and the snapshot it starts from; returns their addresses."""
    packages = compile_tree(install_packages(), "bytecode")
    staging = REPOSITORY / "build" / "stage"
    code = compile_tree(stage_app(app, staging / "app"), "app")
    native = native_roots(packages)
    pure_zip, native_zip = staging / "app.zip", staging / "native.zip"
    write_stored_zip(pure_zip, files_below(packages, but=native) | files_below(code))
    write_stored_zip(native_zip, files_below(packages, only=native))
    return {
        "appUrl": add_hashed(out, "app", ".zip", pure_zip),
        "nativeUrl": add_hashed(out, "native", ".zip", native_zip),
        "snapshotUrl": add_hashed(out, "snapshot", ".bin", make_snapshot()),
    }


def build(out: Path, app: Path, *, renderer: str = "auto") -> None:
    """Build the whole folder anew; a build that fails leaves the last one as it was."""
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    page.copy_client(partial)
    page.patch_client(partial)
    config = {"pyodideUrl": "/pyodide/pyodide.mjs"} | add_python(app, partial)
    page.write_index(partial, config, icons.logo_svg(), renderer=renderer)
    page.write_manifest(partial)
    page.write_font_manifest(partial, make_fonts(partial / "assets" / "fonts"))
    icons.write_icons(partial)
    write_offline_copy(partial)
    precompress(partial)
    shutil.rmtree(out, ignore_errors=True)
    partial.rename(out)


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(prog="python -m mobile.browser.build", description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=REPOSITORY / "build" / "web", metavar="OUT")
    parser.add_argument("--app", type=Path, default=REPOSITORY, metavar="FOLDER", help="folder with main.py")
    parser.add_argument("--renderer", choices=("auto", "canvaskit"), default="auto")
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    build(arguments.out.resolve(), arguments.app.resolve(), renderer=arguments.renderer)


if __name__ == "__main__":
    main()
