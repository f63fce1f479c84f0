"""What the repository promises about itself: it speaks of the product alone, and installs the same thing everywhere."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
PRODUCTION = ("shared_models/", "sync/", "server/", "mobile/", "main.py")
LONGEST_FILE = 300
# A migration is the record of a change, written by alembic: as long as the tables it makes.
RECORDS = "server/migrations/versions/"

# Put together here, so that this file does not name what it looks for.
REGISTRY_HOST = re.compile(
    "|".join(
        name.replace(" ", r"\.")
        for name in (
            "pypi org",
            "pythonhosted org",
            "npmjs (org|com)",
            "npmmirror com",
            "registry yarnpkg com",
        )
    )
)
# `pyodide` is not a person: it is the home folder that Pyodide gives a program inside the browser.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|root|home/(?!pyodide\b)\w+|Users/\w+)/")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def repository_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def lines_of_text() -> Iterator[tuple[str, str]]:
    """Every line of every text file with the place where it stands; pictures and fonts have none."""
    for path in repository_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode().splitlines(), start=1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def places_that_match(pattern: re.Pattern[str]) -> list[str]:
    return [f"{place}: {line.strip()}" for place, line in lines_of_text() if pattern.search(line)]


def requirements(lock: Path) -> list[str]:
    """The requirements of a lock, each as one line with its hashes."""
    joined = lock.read_text().replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize(
    ("pattern", "example"),
    [
        (REGISTRY_HOST, "https://" + "pypi" + ".org/simple"),
        (MACHINE_PATH, "/" + "home/wang/showfloor"),
        (MACHINE_PATH, "see /" + "work/main"),
        (UNFINISHED, "# TO" + "DO later"),
    ],
)
def test_the_patterns_below_find_what_they_look_for(pattern: re.Pattern[str], example: str) -> None:
    assert pattern.search(example)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(REGISTRY_HOST, id="package_registries"),
        pytest.param(MACHINE_PATH, id="paths_of_one_machine"),
        pytest.param(UNFINISHED, id="unfinished_work"),
    ],
)
def test_no_file_names(pattern: re.Pattern[str]) -> None:
    assert places_that_match(pattern) == []


def test_the_locks_for_the_tool_the_server_and_the_developer_are_there() -> None:
    assert {"bootstrap.txt", "server.txt", "dev.txt"} <= {lock.name for lock in LOCKS}
    assert not (ROOT / "uv.lock").exists()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_of_a_lock_is_pinned_and_hashed(lock: Path) -> None:
    found = requirements(lock)
    assert found
    assert [line for line in found if "==" not in line or "--hash=sha256:" not in line] == []


def test_the_readme_begins_with_the_two_commands() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:30])
    assert "make run" in first_screen
    assert "make test" in first_screen


def test_every_link_of_the_documents_leads_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)} -> {target}"
        for path in repository_files()
        if path.suffix == ".md"
        for target in LINK.findall(path.read_text())
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_command_of_the_readme_is_a_target_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"`make ([a-z0-9-]+)", (ROOT / "README.md").read_text()))
    assert named
    assert named <= targets


def test_no_production_file_is_longer_than_fits_in_the_head() -> None:
    long = {
        str(path.relative_to(ROOT)): length
        for path in repository_files()
        if str(path.relative_to(ROOT)).startswith(PRODUCTION)
        and not str(path.relative_to(ROOT)).startswith(RECORDS)
        and path.suffix in {".py", ".js", ".mjs", ".html"}
        if (length := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_ci_runs_what_everybody_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert "make test" in script.read_text()
