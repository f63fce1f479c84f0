"""All tours in all sizes and languages, or those whose name has every word of `make screenshots ONLY="counter phone en"`."""

import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from tests.e2e.tours.counter import CounterTour
from tests.e2e.tours.designer import DesignerTour
from tests.e2e.tours.devices import DevicesTour
from tests.e2e.tours.member import MemberTour
from tests.e2e.tours.office import OfficeTour
from tests.e2e.tours.photos import PhotosTour
from tests.e2e.tours.sales import SalesTour
from tests.e2e.tours.scheme import SchemeTour
from tests.e2e.tours.tour import LOOKS, OUT, Tour, demo_server, found_company

TOURS: dict[str, type[Tour]] = {
    "sales": SalesTour,
    "counter": CounterTour,
    "designer": DesignerTour,
    "member": MemberTour,
    "devices": DevicesTour,
    "scheme": SchemeTour,
    "photos": PhotosTour,
    "office": OfficeTour,
}


def main(words: list[str]) -> int:
    """Walk the tours that were asked for, one after another; how many did not reach their end."""
    OUT.mkdir(parents=True, exist_ok=True)
    failed: list[str] = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as founded:
        found_company(Path(founded))
        for name, tour, size, language in _asked_for(words):
            walk = f"{name}-{size}-{language}"
            # A company of its own: what one walk sells, changes and imports is not in the next one's pictures.
            with tempfile.TemporaryDirectory() as folder:
                shutil.copytree(founded, folder, dirs_exist_ok=True)
                with demo_server(Path(folder)) as address:
                    try:
                        tour(playwright, address, Path(folder), size, language).walk()
                    except (AssertionError, PlaywrightError, StopIteration):
                        failed.append(walk)
                        traceback.print_exc()
                        print(f"{walk} stopped here: build/screenshots-failed-{walk}.png", file=sys.stderr)
    print(f"{len(failed)} walks failed: {', '.join(failed)}" if failed else "All pictures are there.")
    return len(failed)


def _asked_for(words: list[str]) -> Iterator[tuple[str, type[Tour], str, str]]:
    for name, tour in TOURS.items():
        for size in tour.entries:
            for language in LOOKS:
                if all(word in f"{name}-{size}-{language}" for word in words):
                    yield name, tour, size, language


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
