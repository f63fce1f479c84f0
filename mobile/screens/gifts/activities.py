"""Activities that give points: what they give, to whom they gave it, and granting one more (L-08)."""

from collections.abc import Callable, Mapping
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.cards import Figure, card, fact_line, figures_card
from mobile.design.marks import Tone, chip, icon_mark
from mobile.design.rows import row
from mobile.design.scaffold import detail_pane
from mobile.design.type import body, row_title, secondary, section_label
from mobile.screens.gifts.offer import offer_fields, offer_of, offer_values
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.screens.office.typed import optional_whole, whole
from mobile.screens.places import BACK_OFFICE, IN_CHARGE
from mobile.state.gift_office import grant_activity, save_activity
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.activities import TABLES, ActivityItem, GrantItem, latest_grants
from mobile.text import formats, t
from shared_models.ids import new_id
from shared_models.loyalty.tables import Activity


def activity_row(item: ActivityItem, selected: str | None) -> ft.Control:
    """An activity in the list."""
    activity = item.activity
    marks = [] if item.is_on else [chip(t("activity.off"), Tone.CALM)]
    return row(
        activity.name,
        t("activity.given", n=formats.count(item.grants), points=formats.count(item.points)),
        identifier=f"activity-{activity.id}",
        chips=marks,
        leading=icon_mark(ft.Icons.CELEBRATION_OUTLINED, tone=Tone.GOLD if item.is_on else Tone.CALM),
        trailing=row_title(t("activity.each", n=formats.count(activity.points))),
        selected=activity.id == selected,
        on_click=lambda _: go(f"/gifts/{activity.id}"),
    )


def use_activity_form() -> Callable[[Activity | None], None]:
    """A function that opens the form of an activity, or of a new one; call the hook once in a component."""
    app = use_app()
    open_form = use_form()

    def open_activity(activity: Activity | None) -> None:
        activity_id = activity.id if activity else new_id()

        async def save(values: Mapping[str, Any]) -> str:
            terms = {
                "id": activity_id,
                "name": str(values["name"]),
                "points": whole(values["points"]),
                "cap": optional_whole(values["cap"]),
            } | offer_of(values)
            await save_activity(app, terms)
            return t("activity.saved", name=terms["name"])

        title = t("activity.new" if activity is None else "activity.edit")
        open_form(_form(title), _values(activity), save)

    return open_activity


@ft.component
def ActivityPane(item: ActivityItem, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The terms, then who got points last; managers grant, the office edits."""
    app = use_app()
    activity = item.activity
    grants = use_query(lambda session: latest_grants(session, activity.id), TABLES, activity.id)
    edit, grant = use_activity_form(), use_grant_form(activity)
    role = app.session.person.role if app.session.person else ""
    actions: list[ft.Control] = []
    if role in IN_CHARGE:
        actions.append(
            primary_button(
                t("activity.grant"), lambda _: grant(), identifier="grant-activity", disabled=not item.is_on
            )
        )
    if role in BACK_OFFICE:
        actions.append(
            secondary_button(t("activity.edit"), lambda _: edit(activity), identifier="edit-activity")
        )
    figures = [
        Figure(formats.count(activity.points), t("activity.points"), "activity-points", accent=True),
        Figure(formats.count(item.grants), t("activity.grants"), "activity-grants"),
        Figure(formats.count(item.points), t("activity.sum"), "activity-sum"),
    ]
    content: list[ft.Control] = [figures_card(figures), _terms(activity), section_label(t("activity.latest"))]
    content += [_grant_row(each, app.now_ms()) for each in grants] or [secondary(t("activity.nobody_yet"))]
    state = chip(t("activity.on"), Tone.ACCENT) if item.is_on else chip(t("activity.off"), Tone.CALM)
    return detail_pane(
        activity.name, "", content, chips=[state], actions=actions, back=back, identifier="activity"
    )


def use_grant_form(activity: Activity) -> Callable[[], None]:
    """A function that asks who took part in what; call the hook once in a component."""
    app = use_app()
    open_form = use_form()

    async def save(values: Mapping[str, Any]) -> str:
        points = await grant_activity(app, activity.id, str(values["phone"]), str(values["event"]))
        return t("activity.granted", n=formats.count(points))

    def open_grant() -> None:
        form = Form(
            t("activity.grant_of", name=activity.name),
            [
                Field("phone", t("activity.phone"), FieldKind.NUMBER),
                Field("event", t("activity.event"), hint=t("activity.event_hint")),
            ],
            confirm=t("activity.grant"),
            note=t("activity.grant_note"),
            identifier="grant-form",
        )
        open_form(form, {"phone": "", "event": f"{formats.local(app.now_ms()):%Y-%m-%d}"}, save)

    return open_grant


def _form(title: str) -> Form:
    return Form(
        title,
        [
            Field("name", t("activity.name")),
            Field("points", t("activity.points"), FieldKind.NUMBER),
            Field("cap", t("activity.cap"), FieldKind.NUMBER),
            *offer_fields(t("activity.on"), t("activity.off")),
        ],
        confirm=t("common.save"),
        note=t("activity.note"),
        identifier="activity-form",
    )


def _values(activity: Activity | None) -> dict[str, Any]:
    terms = {"name": "", "points": "", "cap": ""}
    if activity is not None:
        cap = "" if activity.cap is None else str(activity.cap)
        terms = {"name": activity.name, "points": str(activity.points), "cap": cap}
    return terms | offer_values(activity)


def _terms(activity: Activity) -> ft.Control:
    days = " – ".join(day or "…" for day in (activity.valid_from, activity.valid_until))
    has_days = activity.valid_from or activity.valid_until
    facts = [
        (t("activity.cap_of"), t("activity.no_cap") if activity.cap is None else formats.count(activity.cap)),
        (t("gift_office.days"), days if has_days else t("gift_office.always")),
    ]
    lines: list[ft.Control] = [fact_line(label, body(words)) for label, words in facts]
    return card(ft.Column(lines, spacing=tokens.SPACE_3))


def _grant_row(item: GrantItem, now_ms: int) -> ft.Control:
    return row(
        item.customer or t("schemes.no_name"),
        f"{item.grant.event} · {formats.moment(item.grant.granted_at_ms, now_ms)}",
        identifier=f"grant-{item.grant.id}",
        trailing=row_title(formats.signed(item.grant.points)),
        flush=True,
    )
