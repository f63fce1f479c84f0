"""The server as the device sees it: log-in, one exchange of a sync, live positions. Everything else is local."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from mobile.state.errors import ServerRefusal, Unreachable

if TYPE_CHECKING:
    import httpx

_TIMEOUT_S = 30.0
_PIECE_TYPE = "application/offset+octet-stream"


class Server:
    """One server by its address. The HTTP client is made at the first use, to keep it off the way to the first screen."""

    def __init__(self, base_url: str) -> None:
        """Take the address, such as `https://showroom.example`; in the browser the page's own origin counts."""
        self.base_url = base_url.rstrip("/")
        self._client: httpx.AsyncClient | None = None

    def use(self, client: "httpx.AsyncClient") -> None:
        """Talk through this client instead of one of its own."""
        self._client = client

    async def post(self, path: str, body: dict[str, Any], token: str | None = None) -> dict[str, Any]:
        """Post JSON and return the JSON answer. Raises `ServerRefusal` or `Unreachable`."""
        response = await self._send("POST", path, headers=_bearer(token), json=body)
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer

    async def post_files(
        self, path: str, files: Sequence[tuple[str, bytes]], fields: dict[str, str], token: str
    ) -> dict[str, Any]:
        """Post files by name, with further fields of the form. Raises as `post` does."""
        parts = [("files", file) for file in files]
        response = await self._send("POST", path, headers=_bearer(token), files=parts, data=fields)
        answer: dict[str, Any] = response.json()
        return answer

    async def get(self, path: str, token: str | None = None) -> dict[str, Any]:
        """Get a JSON document. Raises `ServerRefusal` or `Unreachable`."""
        answer: dict[str, Any] = (await self._send("GET", path, headers=_bearer(token))).json()
        return answer

    async def get_list(self, path: str, token: str) -> list[dict[str, Any]]:
        """Get a JSON array of documents. Raises as `get` does."""
        answer: list[dict[str, Any]] = (await self._send("GET", path, headers=_bearer(token))).json()
        return answer

    async def get_bytes(self, path: str, token: str) -> bytes:
        """Get a file. Raises as `get` does."""
        return (await self._send("GET", path, headers=_bearer(token))).content

    async def post_bytes(self, path: str, body: bytes, content_type: str, token: str) -> bytes:
        """Post bytes and return the bytes of the answer. Raises `ServerRefusal` or `Unreachable`."""
        headers = {"Content-Type": content_type, "Accept": content_type, **_bearer(token)}
        return (await self._send("POST", path, headers=headers, content=body)).content

    async def upload_offset(self, path: str, token: str) -> int:
        """How many bytes of an upload have arrived. Raises `ServerRefusal` or `Unreachable`."""
        return int((await self._send("HEAD", path, headers=_bearer(token))).headers["Upload-Offset"])

    async def upload(self, path: str, offset: int, piece: bytes, token: str) -> int:
        """Send the bytes of an upload from `offset` on; how many have arrived now. Raises as `upload_offset` does."""
        headers = {"Content-Type": _PIECE_TYPE, "Upload-Offset": str(offset), **_bearer(token)}
        response = await self._send("PATCH", path, headers=headers, content=piece)
        return int(response.headers["Upload-Offset"])

    async def get_range(self, path: str, first: int, last: int, token: str) -> bytes:
        """The bytes of a file from `first` to `last`, or to its end. Raises as `upload_offset` does."""
        headers = {"Range": f"bytes={first}-{last}", **_bearer(token)}
        return (await self._send("GET", path, headers=headers)).content

    async def live(self, token: str) -> AsyncIterator[str]:
        """`connected`, then the names of live events as they come, until the connection ends. Raises as `post` does."""
        import httpx

        headers = {"Accept": "text/event-stream", **_bearer(token)}
        limit = httpx.Timeout(_TIMEOUT_S, read=60.0)
        try:
            async with self._http().stream("GET", "/api/live", headers=headers, timeout=limit) as response:
                if response.status_code >= httpx.codes.BAD_REQUEST:
                    await response.aread()
                    raise _refusal(response)
                yield "connected"
                async for line in response.aiter_lines():
                    if line.startswith("event:"):
                        yield line.removeprefix("event:").strip()
        except httpx.TransportError as error:
            raise Unreachable from error

    async def _send(self, method: str, path: str, **options: Any) -> "httpx.Response":
        import httpx

        try:
            response = await self._http().request(method, path, timeout=_TIMEOUT_S, **options)
        except httpx.TransportError as error:
            raise Unreachable from error
        if response.status_code >= httpx.codes.BAD_REQUEST:
            raise _refusal(response)
        return response

    def _http(self) -> "httpx.AsyncClient":
        if self._client is None:
            from mobile.state.http import async_client, server_address

            self._client = async_client(server_address(self.base_url))
        return self._client


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _refusal(response: "httpx.Response") -> ServerRefusal:
    status = response.status_code
    try:
        body = response.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    fallback = {401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "too_many_attempts"}
    code = body.get("code") or fallback.get(status, "server_error")
    return ServerRefusal(code, body.get("details"), status)
