"""Starting the app on a page: theme, local copy, screens, and then the sync."""

import flet as ft

from mobile.boundary import contain_failures
from mobile.design import tokens
from mobile.design.events import tell_failures
from mobile.design.states import announcement
from mobile.design.theme import theme
from mobile.state.application import App
from mobile.state.failures import sentence_for
from mobile.text import t


async def main(page: ft.Page) -> None:
    """Show the app, from the local copy of this device."""
    from mobile.state.opening import open_app

    dress(page)
    app = await open_app(page)
    if app is not None:
        show(page, app)


def dress(page: ft.Page) -> None:
    """Give the page the look of the product."""
    page.title = t("app.name")
    page.theme = theme(tokens.LIGHT)
    page.dark_theme = theme(tokens.DARK)
    page.padding = 0
    page.spacing = 0


def show(page: ft.Page, app: App) -> None:
    """Draw the screens of `app` and start its sync."""
    from mobile.shell import Root
    from mobile.state.background import start

    contain_failures()
    # Above whatever is open: a line at the bottom of the page would stand behind the sheet in which something failed.
    tell_failures(
        lambda error: announcement(page, t("app.failed"), sentence_for(error), t("common.understood"))
    )
    app.window.resize(page.width)
    page.on_resize = lambda event: app.window.resize(event.width)
    page.render_views(Root, app)
    start(app, page)
    if app.notice:
        announcement(page, t("app.notice"), app.notice, t("common.understood"))
