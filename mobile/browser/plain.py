"""The same app built the plain way (sources in one .tar.gz, Python started from nothing): the benchmark's baseline."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from flet_web.patch_index import patch_index_html

from mobile.browser import page
from mobile.browser.artifacts import REPOSITORY
from mobile.browser.compression import precompress
from mobile.browser.fonts import make_fonts
from mobile.browser.offline import write_offline_copy
from mobile.browser.packages import install_packages
from mobile.browser.python_parts import stage_app
from mobile.browser.runtime import WEB_CLIENT

ARCHIVE = "app.tar.gz"
STARTED = 'self.pyodide.registerJsModule("flet_js", flet_js);'
# The database is the same in both builds; only the way to it differs.
MOUNT = """
        const { openStorage, mountStorage } = await import("./storage.mjs");
        mountStorage(self.pyodide.FS, await openStorage());
"""
REGISTER = "<script>navigator.serviceWorker.register('sw.js?renderer=skwasm')</script></body>"


def write_archive(app: Path, target: Path) -> None:
    """Pack the app's sources and its unpacked packages, as `flet publish` does."""
    code = stage_app(app, REPOSITORY / "build" / "stage" / "plain")
    with tarfile.open(target, "w:gz") as archive:
        archive.add(code, arcname=".")
        archive.add(install_packages(), arcname="__pypackages__")


def build_plain(out: Path, app: Path) -> None:
    """Build the baseline folder with Flet's own page and worker."""
    shutil.rmtree(out, ignore_errors=True)
    page.copy_client(out)
    for name in ("python.js", "python-worker.js", "index.html"):
        shutil.copyfile(WEB_CLIENT / name, out / name)
    shutil.copytree(WEB_CLIENT / "pyodide", out / "pyodide")
    page.patch_client(out)
    for name in page.STORAGE:
        shutil.copyfile(page.PAGE / name, out / name)
    worker = out / "python-worker.js"
    script = worker.read_text(encoding="utf-8")
    if script.count(STARTED) != 1:
        raise page.ClientChangedError("python-worker.js: no place to mount the database")
    worker.write_text(script.replace(STARTED, MOUNT + STARTED), encoding="utf-8")
    write_archive(app, out / ARCHIVE)
    index = out / "index.html"
    patch_index_html(
        str(index), "/", app_name=page.TITLE, pyodide=True, pyodide_script_path="main.py", app_package_url=ARCHIVE,
        no_cdn=True,
    )  # fmt: skip
    index.write_text(index.read_text(encoding="utf-8").replace("</body>", REGISTER), encoding="utf-8")
    page.write_font_manifest(out, make_fonts(out / "assets" / "fonts"))
    write_offline_copy(out)
    precompress(out)
