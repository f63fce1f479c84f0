"""A port for a server that a benchmark starts, and the wait until it answers there."""

import socket
import subprocess
import time

import httpx

_START_S = 300
"""Longest time for a server to bring its database up to date, on a busy machine."""


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(address: str, server: "subprocess.Popen[bytes]") -> None:
    """Ask until the server is ready; raises `RuntimeError` when it ends or takes too long."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"{address}/api/ready").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)  # it does not listen yet
    raise RuntimeError("the server did not start")
