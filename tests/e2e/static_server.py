"""A plain server for a built browser app: the headers, types and precompressed files that the real one sends."""

from __future__ import annotations

import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
LIVE_EVENTS = 3


class AppHandler(SimpleHTTPRequestHandler):
    """Serves files, `file.br` instead where the browser takes it, and `/api/live` as a short event stream."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm",
    }  # fmt: skip

    def end_headers(self) -> None:
        """Add the headers that the whole app needs."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def do_GET(self) -> None:
        """Send the live stream, a precompressed file, or the file as it is."""
        if self.path == "/api/live":
            self._send_live_events()
            return
        plain = Path(self.translate_path(self.path))
        packed = plain.with_name(f"{plain.name}.br")
        if packed.is_file() and "br" in self.headers.get("Accept-Encoding", ""):
            self._send_packed(plain, packed)
        else:
            super().do_GET()

    def _send_packed(self, plain: Path, packed: Path) -> None:
        content = packed.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(plain)))
        self.send_header("Content-Encoding", "br")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_live_events(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(LIVE_EVENTS):
            self.wfile.write(f"data: {number}\n\n".encode())
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: a test's output is its own."""


class AppServer:
    """Serves a folder on a free port of the loopback address while the context is open; can stop and come back."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self._folder = folder
        self._port = port
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> str:
        """Start serving; returns the address, the same one after a restart."""
        folder = str(self._folder)

        class Handler(AppHandler):
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, directory=folder, **options)

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://localhost:{self._port}"

    def stop(self) -> None:
        """Refuse connections from now on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Where it serves."""
        return f"http://localhost:{self._port}"
