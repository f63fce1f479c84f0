"""The benchmarks: `python -m bench` runs all of them, `python -m bench sync` a part. One JSON object a line."""

import importlib
import sys

PARTS = {
    "device": "bench.device",
    "sync": "bench.sync",
    "import": "bench.import_rows",
    "startup": "bench.startup",
    "live": "bench.live",
    "simulator": "bench.simulator",
    "ledger": "bench.ledger",
}


def main() -> int:
    """Run the parts named on the command line, or all."""
    chosen = sys.argv[1:] or list(PARTS)
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    for name in chosen:
        for figure in importlib.import_module(PARTS[name]).figures():
            print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
