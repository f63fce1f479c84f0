"""Logging in: staff code and password, in either language."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.marks import Tone
from mobile.design.states import notice
from mobile.design.type import body, page_title, secondary
from mobile.screens.login.member import MemberForm, login_sentence
from mobile.state.errors import OtherPersonsWork, ServerRefusal, Unreachable
from mobile.state.hooks import latest, use_app, use_observable
from mobile.text import LANGUAGES, t
from shared_models.people.tables import Role

_LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
_WIDTH = 400


@ft.component
def LoginPage() -> ft.Control:  # noqa: N802
    """Shown before the first log-in, and when a session has ended; then what is on the device stays."""
    app = use_app()
    use_observable(app.session)
    person = app.session.person
    typed = app.session.typed
    code, set_code = ft.use_state(typed.code or (person.code if person else ""))
    password, set_password = ft.use_state(typed.password)
    wrong, set_wrong = ft.use_state("")
    busy, set_busy = ft.use_state(initial=False)
    demo = _use_demo()
    as_member, set_as_member = ft.use_state(
        typed.as_member or (person is not None and person.role == Role.MEMBER)
    )
    page = ft.context.page

    def choose_kind(kind: str) -> None:
        typed.as_member = kind == "member"
        set_as_member(typed.as_member)

    def type_code(value: str) -> None:
        typed.code = value
        set_code(value)

    def type_password(value: str) -> None:
        typed.password = value
        set_password(value)

    async def send(who: str, word: str) -> None:
        try:
            await app.log_in(who, word, page.platform.value if page.platform else "web")
        except (ServerRefusal, Unreachable, OtherPersonsWork) as error:
            set_wrong(login_sentence(error))
        else:
            await page.push_route("/")
        finally:
            set_busy(False)

    def submit() -> None:
        who, word = latest(set_code), latest(set_password)
        missing = (
            t("login.code_missing") if not who.strip() else t("login.password_missing") if not word else ""
        )
        set_wrong(missing)
        if not missing and not latest(set_busy):
            set_busy(True)
            page.run_task(send, who, word)

    kind = "member" if as_member else "staff"
    hint = "login.again" if app.session.expired else "login.member_hint" if as_member else "login.hint"
    by_password: list[ft.Control] = [
        text_field(
            t("login.code"), code, type_code, identifier="login-code", autofocus=True, on_submit=submit
        ),
        text_field(
            t("login.password"),
            password,
            type_password,
            identifier="login-password",
            password=True,
            on_submit=submit,
        ),
        *([notice(t("login.wiped"), Tone.WARM, identifier="wiped")] if app.session.was_wiped else []),
        *([notice(wrong, Tone.DANGER, identifier="login-error")] if wrong else []),
        ft.Row(
            [
                primary_button(
                    t("login.busy" if busy else "login.submit"),
                    lambda _: submit(),
                    identifier="login-submit",
                    busy=busy,
                    wide=True,
                )
            ]
        ),
    ]
    form: list[ft.Control] = [
        _mark(),
        page_title(t("login.title")),
        secondary(t(hint), lines=3),
        choice_chips(
            [(each, t(f"login.as_{each}")) for each in ("staff", "member")],
            kind,
            choose_kind,
            identifier="login-as",
        ),
        *([MemberForm()] if as_member else by_password),
        *_demo_notice(demo, kind),
        choice_chips(
            [(language, _LANGUAGE_NAMES[language]) for language in LANGUAGES],
            app.preferences.language,
            app.preferences.choose_language,
            identifier="language",
        ),
    ]
    return _centre(form)


def _demo_notice(demo: dict[str, str] | None, kind: str) -> list[ft.Control]:
    if demo is None or (kind == "member" and not demo["member"]):
        return []
    words = t("login.demo_member" if kind == "member" else "login.demo", **demo)
    return [notice(words, Tone.ACCENT, identifier="demo")]


def _use_demo() -> dict[str, str] | None:
    """What to log in with, if the server says that its data is made up."""
    app = use_app()
    nothing: dict[str, str] | None = None
    demo, set_demo = ft.use_state(nothing)

    async def ask() -> None:
        try:
            said = await app.server.get("/api/demo")
        except (ServerRefusal, Unreachable, ValueError):
            return
        if said.get("codes") and said.get("password"):
            codes = "、".join(said["codes"])
            set_demo({"codes": codes, "password": said["password"], "member": said.get("member", "")})

    ft.use_effect(ask, dependencies=[])
    return demo


def _mark() -> ft.Control:
    return ft.Row(
        [
            ft.Container(
                ft.Text(t("app.mark"), size=26, weight=ft.FontWeight.W_700, color=tokens.ON_ACCENT),
                width=56,
                height=56,
                border_radius=tokens.RADIUS_CARD,
                bgcolor=tokens.ACCENT,
                alignment=ft.Alignment.CENTER,
            ),
            body(t("app.name"), tokens.SOFT),
        ],
        spacing=tokens.SPACE_3,
    )


def _centre(form: list[ft.Control]) -> ft.Control:
    low = (ft.context.page.height or 0) < tokens.LOW_SCREEN
    column = ft.Column(
        form,
        spacing=tokens.SPACE_4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        width=_WIDTH,
        scroll=ft.ScrollMode.AUTO if low else None,
    )
    box = ft.Container(
        column,
        alignment=ft.Alignment.CENTER,
        padding=ft.Padding.all(tokens.PAGE_PADDING),
        bgcolor=tokens.BG,
        expand=True,
    )
    return ft.Semantics(content=ft.SafeArea(box, expand=True), identifier="login")
