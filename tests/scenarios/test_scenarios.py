"""Every scenario file holds on the real system, and a file that says something unknown is refused."""

import copy
import json
import os
from pathlib import Path

import pytest

from tests.databases import migrated_sqlite_url
from tests.scenarios.format import parse_scenario
from tests.scenarios.running import run_file, run_scenario
from tests.scenarios.values import FormatError

OWN = Path(__file__).parent / "files"
SHARED = Path(__file__).parents[3] / "shared" / "scenarios"
FILES = {path.name: path for path in (*sorted(OWN.glob("**/*.json")), *sorted(SHARED.glob("*.json")))}
"""By name, so that a file which is here and in the shared folder runs once: the shared one."""

EXAMPLE = {
    "name": "n",
    "why": "w",
    "rules": ["R1"],
    "staff": [{"id": "wang"}],
    "members": [{"id": "li", "phone": "13900000001"}],
    "devices": [{"id": "tab", "owner": "wang"}],
    "steps": [
        {
            "at": "2026-03-01T10:00:00+08:00",
            "do": "sale",
            "id": "o1",
            "member": "li",
            "lines": [{"id": "a", "category": "chair", "price": "99.60", "qty": 2}],
            "result": {"due": "199.20", "points": 199},
        },
        {"at": "2026-03-01T11:00:00+08:00", "expect": [{"member": "li", "balance": 199}]},
    ],
}


ON_POSTGRESQL = (
    [*FILES]
    if os.environ.get("SCENARIOS_ON_POSTGRESQL") == "all"
    else [
        name
        for name in FILES
        if "story" in name or name in {"15-lease.json", "39-two-accounts-one-lease.json"}
    ]
)
"""Those that touch the most; `make scenarios DATABASE=postgresql` takes all, as `make soak` does."""


@pytest.mark.parametrize("path", FILES.values(), ids=FILES.keys())
def test_what_the_file_says_is_what_happens(path, tmp_path):
    assert_holds(path, migrated_sqlite_url(tmp_path))


@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_what_the_file_says_is_what_happens_on_postgresql(name, migrated_postgresql_url):
    assert_holds(FILES[name], migrated_postgresql_url)


def assert_holds(path, database_url):
    lines = []
    outcome = run_file(path, lines.append, database_url)
    assert outcome.passed, "\n".join([*lines[-30:], *outcome.failures])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda file: file.update(extra=1), "extra"),
        (lambda file: file["staff"][0].update(colour="red"), "staff[0]"),
        (lambda file: file["steps"][0].update(do="steal"), "steps[0]"),
        (lambda file: file["steps"][0].update(discount="1"), "steps[0]"),
        (lambda file: file["steps"][0]["result"].update(rebate="1.00"), "steps[0].result"),
        (lambda file: file["steps"][0]["lines"][0].update(price="99.6"), "lines[0].price"),
        (lambda file: file["steps"][1]["expect"][0].update(balence=1), "steps[1].expect[0]"),
        (lambda file: file["steps"][1]["expect"].append({"weather": "fine"}), "steps[1].expect[1]"),
        (lambda file: file["steps"][1].update(on="tab", expect=[{"customers": "1", "count": 1}]), "expect[0]"),
        (lambda file: file["steps"][1].update(on="nobody"), "steps[1].on"),
        (lambda file: file["steps"][1].update(at="2026-02-01T10:00:00+08:00"), "steps[1].at"),
        (lambda file: file["steps"][1].update(at="2026-03-01T11:00:00"), "steps[1].at"),
        (lambda file: file["steps"].append({"at": "2026-03-02T00:00:00Z", "do": "lease", "member": "li", "points": 1}), "steps[2]"),
        (lambda file: file["steps"].append({"at": "2026-03-02T00:00:00Z", "on": "tab", "do": "run_expiry"}), "steps[2]"),
        (lambda file: file["steps"][0].update(refused=True), "steps[0]"),
        (lambda file: file["steps"][0].update(by="nobody"), "steps[0].by"),
        (lambda file: file["devices"][0].update(owner="zhao"), "devices[0].owner"),
    ],
)  # fmt: skip
def test_what_the_format_does_not_have_is_refused_with_its_place(change, place):
    file = copy.deepcopy(EXAMPLE)
    change(file)
    with pytest.raises(FormatError) as refused:
        parse_scenario(file)
    assert place in str(refused.value)


def test_what_differs_is_named_and_fails_the_file():
    file = copy.deepcopy(EXAMPLE)
    file["steps"][0]["result"]["points"] = 198
    file["steps"][1]["expect"][0]["balance"] = 198
    lines = []
    outcome = run_scenario(parse_scenario(file), lines.append)
    assert len(outcome.failures) == 2
    assert any("points: expected 198, got 199" in line for line in lines)
    assert any("balance: expected 198, got 199" in line for line in lines)


@pytest.mark.parametrize("zone", ["+8:00", "08:00", "Asia/Shanghai", "+15:00", ""])
def test_a_zone_that_is_no_offset_is_refused(zone):
    with pytest.raises(FormatError, match="offset"):
        parse_scenario({**EXAMPLE, "timezone": zone})


def test_an_action_that_must_be_refused_fails_the_file_when_it_goes_through():
    file = copy.deepcopy(EXAMPLE)
    del file["steps"][0]["result"]
    file["steps"][0]["refused"] = "debt"
    outcome = run_scenario(parse_scenario(file), lambda _: None)
    assert "must be refused" in outcome.failures[0]


def test_the_example_in_the_file_is_json_that_runs(tmp_path):
    path = tmp_path / "example.json"
    path.write_text(json.dumps(EXAMPLE), encoding="utf-8")
    assert run_file(path, lambda _: None).passed
