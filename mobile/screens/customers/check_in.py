"""A member is checked in by being on the screen of whoever serves them."""

import flet as ft

from mobile.state.check_in import check_in
from mobile.state.hooks import use_app


def use_check_in(customer_id: str | None) -> None:
    """Check a member in once, as soon as they are known; call the hook once in a component."""
    app = use_app()

    async def come() -> None:
        if customer_id:
            await check_in(app, customer_id)

    ft.use_effect(come, dependencies=[customer_id])
