"""The page around the app: HTML shell, manifest, fonts manifest, icons, and Flet's client with its traps taken out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from mobile.browser.runtime import WEB_CLIENT

PAGE = Path(__file__).parent / "page"
TITLE = "展厅 Showfloor"
DESCRIPTION = "Offline-first sales for furniture showrooms · 离线也能用的家具展厅销售"
ACCENT = "#1F5D4C"
BACKGROUND = "#F7F4EF"
FONT_FAMILY = "Noto Sans SC"
REGULAR = 400
STORAGE = ("storage.mjs", "opfs.mjs", "keys.mjs")
MODULES = ("boot.mjs", "shell.mjs", "update.mjs", "worker.mjs", "libraries.mjs", *STORAGE)

# Parts of the client that are never asked for in a browser that runs this app.
UNUSED_CLIENT_FILES = (
    "canvaskit/experimental_webparagraph/*", "canvaskit/**/*.symbols", "canvaskit/wimp.*", "flutter.js*",
    "flutter_service_worker.js", "python.js", "python-worker.js", "icons/loading-animation.png", "pyodide/*.whl",
    "pyodide/*", "assets/fonts/roboto.woff2",
)  # fmt: skip

# The client loads a Rive script from a public host at start. The address is a string constant of the compiled client,
# so its replacement has to be as long: a folder of our own, with an empty script where the client looks for it.
RIVE_ADDRESS = "https://cdn.jsdelivr.net/npm/@rive-app/flutter-native-wasm@44.0.0/"
RIVE_FOLDER = "rive"
OWN_ADDRESS = f"/{RIVE_FOLDER}/" + "./" * 30
RIVE_SCRIPTS = ("wasm/rive_native.js", "wasm_compatibility/rive_native.js")
SERVICE_WORKER_SETTINGS = "serviceWorkerSettings"


class ClientChangedError(RuntimeError):
    """Flet's client no longer contains what this build has to patch; look at the new client before going on."""


def copy_client(out: Path) -> None:
    """Copy Flet's compiled client without the parts that would never be asked for."""
    shutil.copytree(WEB_CLIENT, out, dirs_exist_ok=True)
    for pattern in UNUSED_CLIENT_FILES:
        for file in out.glob(pattern):
            if file.is_file():
                file.unlink()
    (out / "pyodide").rmdir()


def patch_client(out: Path) -> None:
    """Take out the client's requests to other hosts and its own service worker, which would unregister ours."""
    for name in ("main.dart.wasm", "main.dart.js"):
        file = out / name
        content = file.read_bytes()
        if content.count(RIVE_ADDRESS.encode()) != 1:
            raise ClientChangedError(f"{name}: the address of the Rive script is not there once")
        file.write_bytes(content.replace(RIVE_ADDRESS.encode(), OWN_ADDRESS.encode()))
    for name in RIVE_SCRIPTS:
        file = out / RIVE_FOLDER / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("// Rive animations are not part of this app.\n", encoding="utf-8")
    bootstrap = out / "flutter_bootstrap.js"
    script = bootstrap.read_text(encoding="utf-8")
    if script.count(f"{SERVICE_WORKER_SETTINGS}: {{") != 1:
        raise ClientChangedError("flutter_bootstrap.js: no service worker settings")
    head, tail = script.split(f"{SERVICE_WORKER_SETTINGS}: {{")
    script = head + tail.split("},", 1)[1]
    # The shell goes when Python has something to show (boot.mjs), not with Flutter's first, empty frame.
    loading = "document.getElementById('loading')?.remove();"
    if loading not in script:
        raise ClientChangedError("flutter_bootstrap.js: the loading screen is handled elsewhere")
    bootstrap.write_text(script.replace(loading, ""), encoding="utf-8")


def write_index(out: Path, config: dict[str, Any], logo: str, *, renderer: str = "auto") -> None:
    """Write index.html from the template, with the start configuration inside it."""
    flet = {
        "pyodide": True, "multiView": False, "noCdn": True, "webSocketEndpoint": "/ws", "entrypointBaseUrl": "/",
        "assetBase": "/", "routeUrlStrategy": "path", "canvasKitBaseUrl": "/canvaskit/", "webRenderer": renderer,
        "fontFallbackBaseUrl": "assets/fonts/", "pyodideUrl": config["pyodideUrl"], "pythonModuleName": "main",
        "appPackageUrl": config["appUrl"],
    }  # fmt: skip
    preloads = "\n  ".join(f'<link rel="modulepreload" href="{name}">' for name in MODULES[:3])
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    replacements = {
        "__TITLE__": TITLE, "__DESCRIPTION__": DESCRIPTION, "__LOGO__": logo, "__PRELOADS__": preloads,
        "__CONFIG__": json.dumps(config), "__FLET__": json.dumps(flet),
    }  # fmt: skip
    for placeholder, value in replacements.items():
        page = page.replace(placeholder, value)
    (out / "index.html").write_text(page, encoding="utf-8")
    for name in MODULES:
        shutil.copyfile(PAGE / name, out / name)


def write_manifest(out: Path) -> None:
    """Write the web app manifest: what the installed app is called and how it looks."""
    icons = [
        {
            "src": f"icons/icon-{purpose}{size}.png",
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": kind,
        }
        for purpose, kind in (("", "any"), ("maskable-", "maskable"))
        for size in (192, 512)
    ]
    manifest = {
        "id": "/", "name": TITLE, "short_name": "展厅", "description": DESCRIPTION, "lang": "zh-CN", "start_url": "/",
        "scope": "/", "display": "standalone", "orientation": "any", "background_color": BACKGROUND,
        "theme_color": ACCENT, "icons": icons,
    }  # fmt: skip
    (out / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")


def write_font_manifest(out: Path, fonts: dict[int, str]) -> None:
    """Name the fonts (file by weight) to Flutter.

    Flutter's own default, Roboto, is the regular weight again: while a theme fades in, Flutter still draws with the
    default for some frames, and would look for the Chinese characters that Roboto lacks on a public host.
    """
    manifest_file = out / "assets" / "FontManifest.json"
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    faces = [{"asset": f"fonts/{name}", "weight": weight} for weight, name in sorted(fonts.items())]
    manifest.append({"family": FONT_FAMILY, "fonts": faces})
    manifest.append({"family": "Roboto", "fonts": [{"asset": f"fonts/{fonts[REGULAR]}"}]})
    manifest_file.write_text(json.dumps(manifest), encoding="utf-8")
