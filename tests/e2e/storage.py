"""How much room the browser gives the app, as on a tablet that is full of other things."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.tablet import Tablet


@contextmanager
def limited_storage(tablet: Tablet, quota_bytes: int) -> Iterator[None]:
    """Leave the app so much room and no more until the block ends."""
    session = tablet.page.context.new_cdp_session(tablet.page)
    session.send(
        "Storage.overrideQuotaForOrigin", {"origin": tablet.network.address, "quotaSize": quota_bytes}
    )
    yield
    session.detach()
