"""Settings: language, appearance, account."""

import flet as ft

from mobile import VERSION
from mobile.design import tokens
from mobile.design.buttons import secondary_button
from mobile.design.cards import card
from mobile.design.fields import choice_chips
from mobile.design.marks import Tone, icon_mark
from mobile.design.rows import row
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import notice, snackbar
from mobile.design.type import secondary, section_label
from mobile.screens.places import sections_for
from mobile.screens.status import StatusPill
from mobile.state.errors import ServerRefusal, Unreachable
from mobile.state.hooks import go, use_app, use_observable
from mobile.state.preferences import THEMES
from mobile.text import error_sentence, t, word

_LANGUAGES = (("zh", "中文"), ("en", "English"))


@ft.component
def SettingsPane(selected: str | None) -> ft.Control:  # noqa: N802
    """How the app speaks and looks, and leaving it."""
    del selected
    app = use_app()
    use_observable(app.preferences)
    use_observable(app.sync)
    sure, set_sure = ft.use_state(initial=False)
    page = ft.context.page
    person = app.session.person

    async def leave() -> None:
        try:
            await app.log_out()
        except (ServerRefusal, Unreachable) as error:
            snackbar(page, error_sentence(getattr(error, "code", "unreachable")))
        await page.push_route("/")

    def log_out() -> None:
        if app.sync.pending and not sure:
            set_sure(True)
        else:
            page.run_task(leave)

    themes = [(theme, t(f"settings.theme_{theme}")) for theme in THEMES]
    speak = choice_chips(
        _LANGUAGES, app.preferences.language, app.preferences.choose_language, identifier="language"
    )
    look = choice_chips(themes, app.preferences.theme, app.preferences.choose_theme, identifier="theme")
    leaving: list[ft.Control] = [secondary(t("settings.logout_hint"), lines=3)]
    if sure:
        leaving.append(
            notice(t("settings.logout_pending", n=app.sync.pending), Tone.WARM, identifier="logout-pending")
        )
    label = t("settings.logout_anyway" if sure else "settings.logout")
    leaving.append(ft.Row([secondary_button(label, lambda _: log_out(), identifier="logout", danger=True)]))
    who = (
        row(person.name, f"{person.code} · {word('role', person.role)}", flush=True)
        if person
        else ft.Container()
    )
    further = [] if app.window.wide else _further(person.role if person else "")
    body = [
        *further,
        _block(t("settings.account"), [who, ft.Column(leaving, spacing=tokens.SPACE_3)]),
        _block(t("settings.language"), [speak]),
        _block(t("settings.theme"), [look]),
        secondary(t("settings.version", version=VERSION)),
    ]
    return list_pane(
        t("settings.title"),
        t("settings.context"),
        status=StatusPill(),
        body=scroll_body(body, spacing=tokens.SPACE_4, width=tokens.PAGE_WIDTH if app.window.wide else None),
        identifier="settings",
    )


def _further(role: str) -> list[ft.Control]:
    """What has no place in a phone's bar: the rail of a tablet shows it."""
    places = [
        row(
            t(section.label),
            "",
            identifier=f"open-{section.path}",
            leading=icon_mark(section.icon),
            trailing=ft.Icon(ft.Icons.CHEVRON_RIGHT, size=tokens.ICON, color=tokens.SOFT),
            flush=True,
            on_click=lambda _, path=section.path: go(f"/{path}"),
        )
        for section in sections_for(role)
        if not section.in_bar
    ]
    return [_block(t("settings.more"), [ft.Column(places, spacing=0)])]


def _block(title: str, controls: list[ft.Control]) -> ft.Control:
    return card(
        ft.Column(
            [section_label(title), *controls],
            spacing=tokens.SPACE_2,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    )
