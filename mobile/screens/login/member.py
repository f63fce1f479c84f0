"""A member's log-in: the phone number, then the code that was sent to it."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, text_button
from mobile.design.fields import text_field
from mobile.design.marks import Tone
from mobile.design.states import notice
from mobile.state.errors import OtherPersonsWork, ServerRefusal, Unreachable
from mobile.state.hooks import latest, use_app
from mobile.state.member_actions import ask_for_code
from mobile.text import error_sentence, t


@ft.component
def MemberForm() -> ft.Control:  # noqa: N802
    """One task at a time: until a code was asked for there is a number to give and nothing else."""
    app = use_app()
    typed = app.session.typed
    page = ft.context.page
    phone, set_phone = ft.use_state(typed.phone)
    code, set_code = ft.use_state("")
    name, set_name = ft.use_state(typed.name)
    sent, set_sent = ft.use_state(typed.code_sent)
    wrong, set_wrong = ft.use_state("")
    busy, set_busy = ft.use_state(initial=False)

    def type_phone(value: str) -> None:
        typed.phone = value
        set_phone(value)

    def type_name(value: str) -> None:
        typed.name = value
        set_name(value)

    async def send() -> None:
        try:
            if latest(set_sent):
                platform = page.platform.value if page.platform else "web"
                await app.log_in_member(latest(set_phone), latest(set_code), latest(set_name), platform)
                await page.push_route("/")
            else:
                await ask_for_code(app, latest(set_phone))
                typed.code_sent = True
                set_sent(True)
        except (ServerRefusal, Unreachable, OtherPersonsWork) as error:
            set_wrong(login_sentence(error))
        finally:
            set_busy(False)

    def submit() -> None:
        missing = ""
        if not latest(set_phone).strip():
            missing = t("login.phone_missing")
        elif latest(set_sent) and not latest(set_code).strip():
            missing = t("login.sms_code_missing")
        set_wrong(missing)
        if not missing and not latest(set_busy):
            set_busy(True)
            page.run_task(send)

    def begin_again() -> None:
        typed.code_sent = False
        set_sent(False)
        set_code("")
        set_wrong("")

    fields: list[ft.Control] = [
        text_field(
            t("login.phone"), phone, type_phone, identifier="login-phone", keyboard=ft.KeyboardType.PHONE,
            on_submit=submit,
        )
    ]  # fmt: skip
    if sent:
        fields += [
            notice(t("login.code_sent"), Tone.ACCENT, identifier="code-sent"),
            text_field(
                t("login.sms_code"), code, set_code, identifier="login-sms-code", keyboard=ft.KeyboardType.NUMBER,
                on_submit=submit, autofocus=True,
            ),
            text_field(t("login.name"), name, type_name, identifier="login-name", on_submit=submit),
        ]  # fmt: skip
    if wrong:
        fields.append(notice(wrong, Tone.DANGER, identifier="login-error"))
    label = t("login.busy" if busy and sent else "login.submit" if sent else "login.get_code")
    button = primary_button(label, lambda _: submit(), identifier="member-submit", busy=busy, wide=True)
    fields.append(ft.Row([button]))
    if sent:
        fields.append(text_button(t("login.other_phone"), lambda _: begin_again(), identifier="login-other"))
    return ft.Column(
        fields, spacing=tokens.SPACE_4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )


def login_sentence(error: Exception) -> str:
    """What kept somebody from logging in, in words."""
    if isinstance(error, ServerRefusal):
        return error_sentence(error.code, error.details)
    if isinstance(error, OtherPersonsWork):
        return error_sentence("other_person", {"n": error.pending})
    return error_sentence("offline")
