"""Serving the built app: types, compression, caching and isolation."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from tests.integration.server.company import Company, make_settings, running_company

INDEX = '<!doctype html><script src="/flutter.js"></script><script>window.start = "张";</script>'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Company]:
    web = tmp_path / "web"
    (web / "pyodide").mkdir(parents=True)
    (web / "index.html").write_text(INDEX, encoding="utf-8")
    (web / "service-worker.js").write_text("self.x = 1;")
    (web / "pyodide" / "pyodide.mjs").write_text("export {};")
    (web / "pyodide" / "core.wasm").write_bytes(b"\0asm" * 500)
    for name in (
        "app.0a1b2c3d4e.zip",
        "snapshot-6c33e78f60e5650b.bin",
        "pyodide-e4a1e7d4250cbac2/pyodide.mjs",
    ):
        (web / name).parent.mkdir(exist_ok=True)
        (web / name).write_bytes(b"PK")
    (web / "main.js").write_text("plain" * 100)
    (web / "main.js.br").write_bytes(brotli.compress(b"plain" * 100))
    (web / "main.js.gz").write_bytes(gzip.compress(b"plain" * 100))
    (tmp_path / "secret-key").write_text("not for the world")
    with running_company(make_settings(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path)) as company:
        yield company


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/main.js", "text/javascript; charset=utf-8"),
        ("/pyodide/pyodide.mjs", "text/javascript; charset=utf-8"),
        ("/pyodide/core.wasm", "application/wasm"),
    ],
)
def test_every_file_has_the_type_that_browsers_insist_on(site: Company, path: str, media_type: str):
    answer = site.client.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_page_is_isolated_from_other_origins(site: Company):
    for path in ("/", "/main.js", "/pyodide/core.wasm", "/service-worker.js"):
        headers = site.client.get(path).headers
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-embedder-policy"] == "require-corp"
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_the_page_may_run_its_own_inline_script_and_no_other(site: Company):
    policy = dict(
        part.split(" ", 1) for part in site.client.get("/").headers["content-security-policy"].split("; ")
    )

    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    assert policy["script-src"].count("'sha256-") == 1
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"


def test_compressed_neighbours_are_sent_to_whoever_accepts_them(site: Company):
    sent = {
        accept: site.client.get("/main.js", headers={"accept-encoding": accept})
        for accept in ("br, gzip", "gzip", "br;q=0, gzip;q=0.5", "identity", "*")
    }

    codings = {accept: answer.headers.get("content-encoding") for accept, answer in sent.items()}
    assert codings == {
        "br, gzip": "br",
        "gzip": "gzip",
        "br;q=0, gzip;q=0.5": "gzip",
        "identity": None,
        "*": "br",
    }
    assert {answer.text for answer in sent.values()} == {"plain" * 100}
    assert {answer.headers["content-type"] for answer in sent.values()} == {"text/javascript; charset=utf-8"}
    assert {answer.headers["vary"] for answer in sent.values()} == {"Accept-Encoding"}
    assert len({answer.headers["etag"] for answer in sent.values()}) == 3


def test_hashed_files_are_kept_for_ever_and_the_rest_is_asked_for(site: Company):
    for path in (
        "/app.0a1b2c3d4e.zip",
        "/snapshot-6c33e78f60e5650b.bin",
        "/pyodide-e4a1e7d4250cbac2/pyodide.mjs",
    ):
        assert site.client.get(path).headers["cache-control"] == "public, max-age=31536000, immutable"
    for path in ("/", "/index.html", "/service-worker.js", "/main.js"):
        assert site.client.get(path).headers["cache-control"] == "no-cache"


def test_an_unchanged_file_is_not_sent_again(site: Company):
    first = site.client.get("/main.js")
    again = site.client.get("/main.js", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_head_tells_what_get_would_send(site: Company):
    full, head = site.client.get("/main.js"), site.client.head("/main.js")

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == full.headers["content-length"]


def test_a_deep_link_opens_the_app(site: Company):
    assert site.client.get("/leads/42").text == INDEX


@pytest.mark.parametrize(
    "path", ["/gone.js", "/../secret-key.txt", "/%2e%2e/secret-key", "/..%2fhub.db", "/pyodide/../../hub.db"]
)
def test_nothing_outside_the_app_is_served(site: Company, path: str):
    answer = site.client.get(path)

    assert "not for the world" not in answer.text
    assert "SQLite" not in answer.text
    assert answer.status_code == 404 or answer.text == INDEX


def test_unknown_api_paths_are_json_not_the_app(site: Company):
    answer = site.client.get("/api/nothing")

    assert (answer.status_code, answer.json()) == (404, {"code": "not_found", "details": {}})


def test_without_a_build_the_page_says_what_to_do(tmp_path: Path):
    with running_company(make_settings(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path)) as company:
        answer = company.client.get("/")

    assert answer.status_code == 503
    assert "还没有构建" in answer.text
    assert "has not been built" in answer.text
