"""The forms of designers, firms and events."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.screens.office.typed import fen, moment_of, optional_whole
from mobile.state.application import App
from mobile.state.designer_actions import (
    DesignerFile,
    EventPlan,
    FirmFile,
    edit_designer,
    save_event,
    save_firm,
)
from mobile.state.designer_office import take_in
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.designer_offers import stores
from mobile.state.queries.designer_office import firm_items
from mobile.state.queries.designers import level_versions
from mobile.text import formats, t, word
from shared_models.designers.levels import LevelRules
from shared_models.designers.stored import rules_at
from shared_models.designers.tables import Designer, DesignerEvent, DesignerEventKind, DesignerFirm
from shared_models.errors import RuleError

Options = tuple[tuple[str, str], ...]
_SEPARATORS = ("，", "、", "；", ";", "\n")


def use_designer_form() -> Callable[[Designer | None], None]:
    """A function that opens a designer's file, or begins one; call the hook once in a component."""
    app = use_app()
    open_form = use_form()
    firms = use_query(lambda session: firm_items(session, ""), ("designerfirm", "designer"))
    places = use_query(stores, ("store",))
    versions = use_query(level_versions, ("designerlevels",))
    firm_options = (("", t("designers.no_firm")), *((item.firm.id, item.firm.name) for item in firms))
    store_options = tuple((place.id, place.name) for place in places)

    def open_designer(designer: Designer | None) -> None:
        async def save(values: Mapping[str, Any]) -> str:
            if designer is None:
                go(f"/designers/{await take_in(app, _taken_in(values))}")
                return t("designers.taken_in", name=values["name"])
            edit_designer(app, designer.id, _file(values))
            return t("lead.saved")

        fields = _about(firm_options, store_options)
        if designer is None:
            fields = [*fields, *_opening(rules_at(versions, app.now_ms()))]
        form = Form(
            t("designers.new_designers" if designer is None else "designers.edit"),
            fields,
            confirm=t("common.save"),
            note=t("designers.opening_note") if designer is None else "",
            identifier="designer-form",
        )
        open_form(form, _designer_values(designer), save)

    return open_designer


def use_firm_form() -> Callable[[DesignerFirm | None], None]:
    """A function that opens a firm's file, or begins one; call the hook once in a component."""
    app = use_app()
    open_form = use_form()
    names = ("name", "contact", "phone", "address", "notes")

    def open_firm(firm: DesignerFirm | None) -> None:
        async def save(values: Mapping[str, Any]) -> str:
            file = FirmFile(**{name: str(values[name]) for name in names})
            go(f"/designers/{save_firm(app, firm.id if firm else None, file)}")
            return t("lead.saved")

        kinds = {"notes": FieldKind.LONG}
        fields = [Field(name, t(f"firm.{name}"), kinds.get(name, FieldKind.TEXT)) for name in names]
        title = t("designers.new_firms" if firm is None else "firm.edit")
        first = {name: getattr(firm, name) if firm else "" for name in names}
        open_form(Form(title, fields, confirm=t("common.save"), identifier="firm-form"), first, save)

    return open_firm


def use_event_form() -> Callable[[DesignerEvent | None], None]:
    """A function that opens an event, or plans one; call the hook once in a component."""
    app = use_app()
    open_form = use_form()

    def open_event(event: DesignerEvent | None) -> None:
        async def save(values: Mapping[str, Any]) -> str:
            go(f"/designers/{save_event(app, event.id if event else None, _plan(values))}")
            return t("lead.saved")

        title = t("designers.new_events" if event is None else "event_office.edit")
        form = Form(title, _event_fields(), confirm=t("common.save"), identifier="event-form")
        open_form(form, _event_values(event, app), save)

    return open_event


def _about(firms: Options, places: Options) -> Sequence[Field]:
    return [
        Field("name", t("new.name")),
        Field("phone", t("new.phone"), FieldKind.NUMBER),
        Field("contact", t("designers.contact")),
        Field("styles", t("designers.styles"), hint=t("designers.styles_hint")),
        Field("firm_id", t("designers.firm"), FieldKind.CHOICE, firms),
        Field("store_id", t("designers.store"), FieldKind.CHOICE, places),
    ]


def _opening(rules: LevelRules) -> Sequence[Field]:
    levels = (("", t("designers.by_history")), *((level.name, level.name) for level in rules.levels))
    return [
        Field("level", t("designers.level"), FieldKind.CHOICE, levels),
        Field("history", t("designers.history"), FieldKind.NUMBER),
        Field("joined_year", t("designers.joined"), FieldKind.NUMBER),
        Field("code", t("designers.code")),
        Field("password", t("designers.password")),
    ]


def _file(values: Mapping[str, Any]) -> DesignerFile:
    return DesignerFile(
        name=str(values["name"]),
        phone=str(values["phone"]),
        contact=str(values["contact"]),
        styles=styles_of(str(values["styles"])),
        firm_id=values["firm_id"] or None,
        store_id=values["store_id"] or None,
    )


def _taken_in(values: Mapping[str, Any]) -> dict[str, Any]:
    """The body by which the server takes a designer in."""
    file = _file(values)
    if not file.name.strip():
        raise RuleError("designer_name")
    body: dict[str, Any] = {
        "name": file.name.strip(),
        "phone": file.phone,
        "contact": file.contact.strip(),
        "styles": list(file.styles),
        "firm_id": file.firm_id,
        "store_id": file.store_id,
        "level": values["level"] or None,
        "history_fen": fen(values["history"]),
        "joined_year": optional_whole(values["joined_year"]),
    }
    if str(values["code"]).strip():
        body["log_in"] = {"code": str(values["code"]).strip(), "password": str(values["password"])}
    return body


def styles_of(text: str) -> tuple[str, ...]:
    """The styles in a line of them, whichever comma parts them; each once, in order."""
    for separator in _SEPARATORS:
        text = text.replace(separator, ",")
    return tuple(sorted({part.strip() for part in text.split(",") if part.strip()}))


def _designer_values(designer: Designer | None) -> dict[str, Any]:
    blank = dict.fromkeys(
        ("name", "phone", "contact", "styles", "level", "history", "joined_year", "code"), ""
    )
    if designer is None:
        return {**blank, "password": "", "firm_id": "", "store_id": ""}
    return {
        "name": designer.name,
        "phone": designer.phone,
        "contact": designer.contact,
        "styles": t("common.comma").join(designer.styles),
        "firm_id": designer.firm_id or "",
        "store_id": designer.store_id or "",
    }


def _event_fields() -> Sequence[Field]:
    kinds = tuple((kind.value, word("event", kind)) for kind in DesignerEventKind)
    return [
        Field("title", t("event_office.title")),
        Field("kind", t("event_office.kind"), FieldKind.CHOICE, kinds),
        Field("day", t("event_office.day"), hint="2026-05-01"),
        Field("clock", t("event_office.clock"), hint="14:30"),
        Field("place", t("event_office.place")),
        Field("description", t("event_office.description"), FieldKind.LONG),
    ]


def _event_values(event: DesignerEvent | None, app: App) -> dict[str, Any]:
    if event is None:
        later = formats.local(formats.midnight_ms(app.now_ms(), days=7))
        first = {"title": "", "kind": DesignerEventKind.TRAINING.value, "place": "", "description": ""}
        return {**first, "day": f"{later:%Y-%m-%d}", "clock": "14:00"}
    starts = formats.local(event.starts_at_ms)
    return {
        "title": event.title,
        "kind": event.kind,
        "day": f"{starts:%Y-%m-%d}",
        "clock": f"{starts:%H:%M}",
        "place": event.place,
        "description": event.description,
    }


def _plan(values: Mapping[str, Any]) -> EventPlan:
    return EventPlan(
        title=str(values["title"]),
        kind=str(values["kind"]),
        starts_at_ms=moment_of(values["day"], values["clock"]),
        place=str(values["place"]),
        description=str(values["description"]),
    )
