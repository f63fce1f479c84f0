"""The benchmarks: `python -m bench` runs all of them, `python -m bench sync` a part. One JSON object a line."""

import importlib
import sys

PARTS = {
    "device": "bench.device:figures",
    "sync": "bench.sync:figures",
    "import": "bench.import_rows:figures",
    "startup": "bench.startup:figures",
    "live": "bench.live:figures",
    "simulator": "bench.simulator:figures",
    "ledger": "bench.ledger:figures",
}
"""What runs when nothing is named."""

SMALLER_PARTS = {
    "sync-peers": "bench.sync:of_peers",
    "sync-sqlite": "bench.sync:on_sqlite",
    "sync-sqlite-100000": "bench.sync:many_on_sqlite",
    "sync-postgresql": "bench.sync:on_postgresql",
    "sync-postgresql-100000": "bench.sync:many_on_postgresql",
    "sync-device": "bench.device:local_actions",
    "live-sqlite": "bench.live:on_sqlite",
    "live-postgresql": "bench.live:on_postgresql",
}
"""The steps of `sync` and `live` one by one, without the ratios between them."""


def main() -> int:
    """Run the parts named on the command line, or all."""
    chosen = sys.argv[1:] or list(PARTS)
    known = PARTS | SMALLER_PARTS
    unknown = [name for name in chosen if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in chosen:
        module, _, function = known[name].partition(":")
        for figure in getattr(importlib.import_module(module), function)():
            print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
