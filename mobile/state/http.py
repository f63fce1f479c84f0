"""HTTP for the device: httpx natively, and the same httpx over the browser's `fetch` where there are no sockets."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import httpx

IS_BROWSER = sys.platform == "emscripten"
# The browser sets these itself and refuses others' values.
_BROWSER_REQUEST_HEADERS = frozenset(
    {"host", "connection", "content-length", "accept-encoding", "user-agent"}
)
# The browser has already decoded the body; httpx must not do it again.
_DECODED_RESPONSE_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_BODILESS = frozenset({"GET", "HEAD"})


def server_address(configured: str = "") -> str:
    """The server's base URL: in the browser the page's own origin, natively the configured one."""
    return str(import_module("js").location.origin) if IS_BROWSER else configured


def async_client(base_url: str) -> httpx.AsyncClient:
    """A client for the server at `base_url`.

    In the browser it raises as natively: `httpx.ConnectError` without a network, `httpx.ReadError` when the connection
    breaks in mid-answer, `httpx.ConnectTimeout` and `httpx.ReadTimeout` after the request's timeouts. Bodies of answers
    stream: `client.stream("GET", "/api/live")` yields lines as they come.
    """
    transport = FetchTransport() if IS_BROWSER else None
    return httpx.AsyncClient(base_url=base_url, transport=transport, trust_env=not IS_BROWSER)


class FetchTransport(httpx.AsyncBaseTransport):
    """Sends httpx's requests by `fetch`."""

    def __init__(self) -> None:
        """Find the browser's side; works in Pyodide only."""
        self._pyfetch = import_module("pyodide.http").pyfetch
        self._ffi = import_module("pyodide.ffi")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; returns as soon as the headers are there."""
        timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
        try:
            async with asyncio.timeout(_longer(timeouts.get("read"), timeouts.get("connect"))):
                fetched = await self._pyfetch(str(request.url), **await self._options(request))
        except TimeoutError as error:
            raise httpx.ConnectTimeout("No answer in time", request=request) from error
        except OSError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        headers = [
            (str(name), str(value))
            for name, value in fetched.js_response.headers
            if name.lower() not in _DECODED_RESPONSE_HEADERS
        ]
        stream = FetchStream(fetched, request, timeouts.get("read"), self._ffi.JsException)
        return httpx.Response(fetched.status, headers=headers, stream=stream, request=request)

    async def _options(self, request: httpx.Request) -> dict[str, Any]:
        options: dict[str, Any] = {
            "method": request.method,
            "headers": {
                k: v for k, v in request.headers.items() if k.lower() not in _BROWSER_REQUEST_HEADERS
            },
            "cache": "no-store",
            "credentials": "same-origin",
        }
        if request.method not in _BODILESS:
            options["body"] = self._ffi.to_js(await request.aread())
        return options


class FetchStream(httpx.AsyncByteStream):
    """The body of an answer, chunk by chunk as the network brings it."""

    def __init__(
        self, fetched: Any, request: httpx.Request, timeout_s: float | None, js_error: type[Exception]
    ) -> None:
        """Take the answer; `timeout_s` limits the wait for each chunk."""
        self._fetched = fetched
        self._request = request
        self._timeout_s = timeout_s
        self._js_error = js_error
        self._is_done = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        body = self._fetched.js_response.body
        if body is None:
            self._is_done = True
            return
        reader = body.getReader()
        while True:
            try:
                async with asyncio.timeout(self._timeout_s):
                    chunk = await reader.read()
            except TimeoutError as error:
                await self.aclose()
                raise httpx.ReadTimeout("The answer stopped", request=self._request) from error
            except (self._js_error, OSError) as error:
                self._is_done = True
                raise httpx.ReadError(str(error), request=self._request) from error
            if chunk.done:
                self._is_done = True
                return
            yield chunk.value.to_bytes()

    async def aclose(self) -> None:
        """End the request; a body that was not read to its end is not fetched any further."""
        if not self._is_done:
            self._is_done = True
            self._fetched.abort()


def _longer(*limits: float | None) -> float | None:
    """The longer of the limits; None waits for ever, as httpx means it."""
    return None if None in limits else max(limit for limit in limits if limit is not None)
