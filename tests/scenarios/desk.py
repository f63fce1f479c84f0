"""Staff at the server: logged in once each, working through the product's HTTP routes."""

from dataclasses import dataclass, field
from typing import Any

import httpx

PASSWORD = "the password of everybody here"


class Refused(Exception):
    """The product refused an action, with its reason code; nothing was changed."""

    def __init__(self, code: str, details: object = None) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details


class ServerFault(Exception):
    """The server failed instead of answering."""


@dataclass
class Desk:
    """The office's way to the server."""

    client: httpx.AsyncClient
    _tokens: dict[str, str] = field(default_factory=dict)

    async def post(self, code: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Post as the person with this log-in code; the JSON answer. Raises `Refused`."""
        return await self._send("POST", code, path, body or {})

    async def patch(self, code: str, path: str, body: dict[str, Any]) -> Any:
        """Patch, as `post` posts."""
        return await self._send("PATCH", code, path, body)

    async def get(self, code: str, path: str) -> Any:
        """Get, as `post` posts."""
        return await self._send("GET", code, path, None)

    async def _send(self, method: str, code: str, path: str, body: dict[str, Any] | None) -> Any:
        headers = {"Authorization": f"Bearer {await self._token(code)}"}
        return _answer(await self.client.request(method, path, json=body, headers=headers))

    async def _token(self, code: str) -> str:
        if code not in self._tokens:
            body = {"code": code, "password": PASSWORD, "device": {"name": "office", "platform": "web"}}
            answer = _answer(await self.client.post("/api/auth/login", json=body))
            self._tokens[code] = answer["access_token"]
        return self._tokens[code]


def _answer(response: httpx.Response) -> Any:
    body = response.json() if response.content else None
    if response.status_code < 400:
        return body
    if response.status_code < 500 and isinstance(body, dict) and "code" in body:
        raise Refused(body["code"], body.get("details"))
    raise ServerFault(f"{response.request.url.path} answered {response.status_code}: {response.text[:500]}")
