"""The frame around every screen: rail or bottom bar, one pane or two, and the routes."""

from collections.abc import Callable
from functools import partial

import flet as ft

from mobile.boundary import bounded
from mobile.design import tokens
from mobile.design.buttons import icon_button
from mobile.design.navigation import Destination, bottom_bar, rail
from mobile.design.scaffold import two_panes
from mobile.design.states import empty_state
from mobile.screens.places import PAGES, FullPage, Screen, Section, sections_for
from mobile.state.application import App
from mobile.state.hooks import AppContext, go, use_app, use_observable
from mobile.text import t

_LOGIN = Screen("login.page", "LoginPage")
_FIRST_SYNC = Screen("login.first_sync", "FirstSyncPage")


@ft.component
def Root(app: App) -> ft.Control:  # noqa: N802
    """The whole app, for whoever is logged in."""
    use_observable(app.preferences)
    use_observable(app.session)
    use_observable(app.window)
    context = ft.context.page
    context.theme_mode = ft.ThemeMode(app.preferences.theme)
    person = app.session.person
    wide = app.window.wide
    if person is None:
        routes = [ft.Route(path="/:rest*", component=partial(_alone, _LOGIN))]
    else:
        routes = _routes(sections_for(person.role), person.role, wide=wide)
    return AppContext(app, lambda: ft.Router(routes, not_found=partial(_lost), manage_views=True))


def _routes(sections: tuple[Section, ...], role: str, *, wide: bool) -> list[ft.Route]:
    home = sections[0]
    routes = [ft.Route(index=True, component=partial(_section_view, home, wide=wide))]
    routes.append(ft.Route(path="login", component=partial(_alone, _LOGIN)))
    routes += [
        ft.Route(path=page.path, component=partial(_page_view, page, wide=wide))
        for page in PAGES
        if role in page.roles
    ]
    for section in sections:
        if wide:
            routes.append(
                ft.Route(
                    path=f"{section.path}/:record_id?", component=partial(_section_view, section, wide=True)
                )
            )
        else:
            detail = ft.Route(path=":record_id", component=partial(_detail_view, section))
            children = [detail] if section.detail else None
            view = partial(_section_view, section, wide=False)
            routes.append(ft.Route(path=section.path, component=view, children=children))
    return routes


def _section_view(section: Section, *, wide: bool) -> ft.Control:
    return WideSection(section) if wide else NarrowSection(section)


def _detail_view(section: Section) -> ft.Control:
    return NarrowDetail(section)


def _page_view(page: FullPage, *, wide: bool) -> ft.Control:
    return PageView(page, wide)


def _alone(screen: Screen) -> ft.Control:
    return AloneView(screen)


def _lost() -> ft.Control:
    return empty_state(t("common.not_found"), t("common.not_found_hint"))


@ft.component
def WideSection(section: Section) -> ft.Control:  # noqa: N802
    """A tablet: rail, list, detail. All sections share one view, so that moving between them is at once."""
    app = use_app()
    use_observable(app.sync)
    selected = ft.use_route_params().get("record_id")
    if not app.sync.first_done:
        body = bounded(_FIRST_SYNC.module, _FIRST_SYNC)
    elif section.detail is None:
        body = bounded(section.path, partial(section.pane, selected=None))
    else:
        right = (
            ft.Container(
                bounded(f"{section.path}/{selected}", partial(section.detail, record_id=selected, back=None)),
                bgcolor=tokens.SUNK,
            )
            if selected
            else ft.Container(
                empty_state(t("common.choose"), t("common.choose_hint"), icon=ft.Icons.CHAIR_OUTLINED),
                bgcolor=tokens.SUNK,
                alignment=ft.Alignment.CENTER,
                expand=True,
            )
        )
        body = two_panes(bounded(section.path, partial(section.pane, selected=selected)), right)
    return _view("/", [_beside_rail(app, section.path, body)])


@ft.component
def NarrowSection(section: Section) -> ft.Control:  # noqa: N802
    """A phone: one pane above the bottom bar."""
    app = use_app()
    use_observable(app.sync)
    if not app.sync.first_done:
        return _view(f"/{section.path}", [bounded(_FIRST_SYNC.module, _FIRST_SYNC)])
    marked = section.path if section.in_bar else "settings"
    bar = bottom_bar(_destinations(app, in_bar=True), marked, lambda path: go(f"/{path}"))
    pane = ft.Container(bounded(section.path, partial(section.pane, selected=None)), expand=True)
    return _view(f"/{section.path}", [ft.SafeArea(pane, expand=True, avoid_intrusions_bottom=False), bar])


@ft.component
def NarrowDetail(section: Section) -> ft.Control:  # noqa: N802
    """A phone: a record on a page of its own."""
    record_id = ft.use_route_params().get("record_id", "")
    detail = section.detail
    if detail is None:
        return _view("/", [_lost()])
    draw = partial(detail, record_id=record_id, back=_back(lambda: go(f"/{section.path}")))
    pane = bounded(record_id, draw)
    return _view(
        f"/{section.path}/{record_id}", [ft.SafeArea(ft.Container(pane, expand=True), expand=True)], sunk=True
    )


@ft.component
def PageView(page: FullPage, wide: bool) -> ft.Control:  # noqa: N802
    """A page of its own, beside the rail on a tablet."""
    app = use_app()
    params = ft.use_route_params()
    draw = partial(page.component, back=_back(lambda: go(f"/{page.within}")), **params)
    body = bounded(page.path, draw)
    if wide:
        return _view("/", [_beside_rail(app, page.within, body)])
    return _view(f"/{page.path}", [ft.SafeArea(ft.Container(body, expand=True), expand=True)])


@ft.component
def AloneView(screen: Screen) -> ft.Control:  # noqa: N802
    """A page without rail or bar."""
    return _view("/login", [ft.Container(bounded(screen.module, screen), expand=True)])


def _beside_rail(app: App, current: str, body: ft.Control) -> ft.Control:
    bar = rail(_destinations(app, in_bar=False), current, lambda path: go(f"/{path}"), t("app.mark"))
    return ft.Row(
        [bar, ft.Container(body, expand=True)],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _destinations(app: App, *, in_bar: bool) -> list[Destination]:
    person = app.session.person
    role = person.role if person else ""
    return [
        Destination(
            section.path,
            t(section.label),
            section.icon,
            section.selected_icon,
            badge=app.sync.attention if section.path == "sync" else 0,
        )
        for section in sections_for(role)
        if section.in_bar or not in_bar
    ]


def _back(leave: Callable[[], None]) -> ft.Control:
    return icon_button(
        ft.Icons.ARROW_BACK, t("common.back"), lambda _: leave(), identifier="back", colour=tokens.INK
    )


def _view(route: str, controls: list[ft.Control], *, sunk: bool = False) -> ft.View:
    return ft.View(
        route=route,
        controls=list[ft.BaseControl](controls),
        padding=0,
        spacing=0,
        bgcolor=tokens.SUNK if sunk else tokens.BG,
    )
