"""All tours in all sizes and looks, or those whose name contains every word of `make screenshots ONLY="counter dark"`."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests.e2e.tours.counter import CounterTour
from tests.e2e.tours.designer import DesignerTour
from tests.e2e.tours.devices import DevicesTour
from tests.e2e.tours.member import MemberTour
from tests.e2e.tours.office import OfficeTour
from tests.e2e.tours.photos import PhotosTour
from tests.e2e.tours.sales import SalesTour
from tests.e2e.tours.scheme import SchemeTour
from tests.e2e.tours.tour import LOOKS, OUT, Tour, demo_server

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


def main(words: list[str]) -> None:
    """Walk the tours that were asked for, one after another."""
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        for name, tour in TOURS.items():
            for size in tour.entries:
                for scheme, language in LOOKS:
                    if all(word in f"{name}-{size}-{scheme}-{language}" for word in words):
                        _walk(playwright, tour, size, scheme, language)


def _walk(playwright: Playwright, tour: type[Tour], size: str, scheme: str, language: str) -> None:
    # A company of its own: what one walk sells, changes and imports is not in the next one's pictures.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with demo_server(folder) as address:
            tour(playwright, address, folder, size, scheme, language).walk()


if __name__ == "__main__":
    main(sys.argv[1:])
