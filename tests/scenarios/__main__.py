"""`python -m tests.scenarios FILE…`: run scenario files, printing each step; 1 when one does not pass, 2 for no scenario."""

import sys
from pathlib import Path

from tests.scenarios.running import run_file
from tests.scenarios.values import FormatError


def main(names: list[str]) -> int:
    """Run the files (of folders: every JSON file in them) and say how each ended."""
    files = [file for name in names for file in _files(Path(name))]
    if not files:
        print(
            "Name a scenario file, or a folder of them: make scenario FILE=path/to/file.json", file=sys.stderr
        )
        return 2
    worst = 0
    verdicts: list[str] = []
    for file in files:
        try:
            outcome = run_file(file)
        except FormatError as error:
            print(f"{error}", file=sys.stderr)
            verdicts.append(f"no scenario  {file.name}: {error}")
            worst = 2
            continue
        verdicts.append(f"{'passed' if outcome.passed else 'FAILED'}  {file.name}")
        verdicts += [f"          {sentence}" for sentence in outcome.failures]
        worst = max(worst, 0 if outcome.passed else 1)
        print(flush=True)
    print("\n".join(verdicts))
    return worst


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("**/*.json"))
    if not path.exists():
        print(f"There is no file {path}", file=sys.stderr)
        return []
    return [path]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
