"""Two versions beside each other; what differs is marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import flet as ft

from mobile.design import tokens
from mobile.design.cards import card
from mobile.design.fields import choice_chips
from mobile.design.marks import Tone, chip
from mobile.design.scaffold import detail_pane
from mobile.design.states import empty_state
from mobile.design.type import secondary, section_label
from mobile.screens.schemes.draft import DraftPane
from mobile.screens.schemes.facts import facts
from mobile.screens.schemes.pane import since
from mobile.state.hooks import use_query
from mobile.state.queries.schemes import practice_of, rules_of, scheme_versions
from mobile.state.scheme_draft import SUBJECT
from mobile.text import t
from shared_models.loyalty.tables import Scheme

_MOST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Named:
    """A version: what it is called, what it says in words by label, and from when it holds."""

    name: str
    facts: Mapping[str, str]
    since: str = ""


@ft.component
def SchemePane(record_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The draft, or a version beside another one."""
    return DraftPane(back=back) if record_id == SUBJECT else ComparisonPane(record_id, back)


@ft.component
def ComparisonPane(record_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """A version beside the one before it, or beside any other."""
    versions = use_query(scheme_versions, ("scheme",))
    chosen, choose = ft.use_state("")
    own = next((each for each in versions if each.id == record_id), None)
    if own is None:
        return empty_state(t("common.not_found"), t("common.not_found_hint"))
    others = [each for each in versions if each.id != own.id]
    other = next((each for each in others if each.id == chosen), None) or _before(own, others)
    body: list[ft.Control] = []
    if others:
        options = [(each.id, t("schemes.version", version=each.version)) for each in others[:_MOST_CHOICES]]
        body.append(
            choice_chips(
                options,
                other.id if other else None,
                choose,
                identifier="compare",
                label=t("schemes.compare_with"),
                one_line=True,
            )
        )
    body.append(comparison_card(_named(own), _named(other) if other else None))
    return detail_pane(
        t("schemes.version", version=own.version), since(own), body, back=back, identifier="scheme"
    )


@ft.component
def VersionComparison(versions: Sequence[tuple[str, Named]], *, identifier: str) -> ft.Control:  # noqa: N802
    """Of versions with their identifiers, the first beside the one after it, or beside any other."""
    chosen, choose = ft.use_state("")
    (_, newest), *others = versions
    if not others:
        return comparison_card(newest, None)
    other_id, other = next((each for each in others if each[0] == chosen), others[0])
    compared = ft.Semantics(content=comparison_card(newest, other), identifier=identifier)
    if len(others) == 1:  # nothing to choose
        return compared
    chips = choice_chips(
        [(version_id, named.name) for version_id, named in others[:_MOST_CHOICES]],
        other_id,
        choose,
        identifier=f"{identifier}-with",
        label=t("schemes.compare_with"),
        one_line=True,
    )
    return ft.Column(
        [chips, compared], spacing=tokens.SPACE_2, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )


def comparison_card(own: Named, other: Named | None) -> ft.Control:
    """Line by line, the other one first as it came first; each a name and what it says by label."""
    mine = own.facts
    if other is None:
        lines = [_line(label, [words], changed=False) for label, words in mine.items()]
        return card(ft.Column([_head(own), *lines], spacing=0))
    theirs = other.facts
    labels = [*mine, *(label for label in theirs if label not in mine)]
    pairs = [(label, theirs.get(label, "—"), mine.get(label, "—")) for label in labels]
    changed = sum(before != after for _, before, after in pairs)
    head = _head(other, own)
    body = [_line(label, [before, after], changed=before != after) for label, before, after in pairs]
    count = chip(
        t("schemes.differences", n=changed) if changed else t("schemes.same"),
        Tone.WARM if changed else Tone.CALM,
    )
    return ft.Semantics(
        content=card(ft.Column([ft.Row([count]), head, *body], spacing=0)), identifier="comparison"
    )


def _named(scheme: Scheme) -> Named:
    name = t("schemes.version", version=scheme.version)
    return Named(name, facts(rules_of(scheme), practice_of(scheme)))


def _before(own: Scheme, others: Sequence[Scheme]) -> Scheme | None:
    """The version before this one; for the first, the one after it."""
    older = [each for each in others if each.version < own.version]
    return older[0] if older else (others[-1] if others else None)


def _head(*versions: Named) -> ft.Control:
    """Each version's name with the moment from which it holds below."""
    cells: list[ft.Control] = [ft.Container(expand=3)]
    for place, each in enumerate(versions):
        words: list[ft.Control] = [section_label(each.name)]
        if each.since:
            words.append(secondary(each.since, lines=4))
        if place:
            cells.append(ft.Container(width=24))
        cells.append(ft.Container(ft.Column(words, spacing=2), expand=4))
    return ft.Container(
        ft.Row(cells, spacing=tokens.SPACE_2, vertical_alignment=ft.CrossAxisAlignment.START),
        padding=ft.Padding.symmetric(horizontal=10, vertical=9),
    )


def _line(label: str, values: Sequence[str], *, changed: bool) -> ft.Control:
    """A label and its values; a change has another ground and a mark, so that it is not told by colour alone."""
    mark = ft.Icon(ft.Icons.ARROW_RIGHT_ALT, size=18, color=tokens.WARM) if changed else None
    cells: list[ft.Control] = [ft.Container(secondary(label, lines=3), expand=3)]
    for place, words in enumerate(values):
        last = place == len(values) - 1
        text = ft.Text(
            words,
            size=tokens.SIZE_BODY - 1,
            color=tokens.WARM if changed and last else tokens.INK if changed or last else tokens.SOFT,
            weight=ft.FontWeight.W_600 if changed and last else ft.FontWeight.W_400,
        )
        cells.append(ft.Container(text, expand=4))
        if not last:
            cells.append(ft.Container(mark, width=24))
    return ft.Container(
        ft.Row(cells, spacing=tokens.SPACE_2, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        padding=ft.Padding.symmetric(horizontal=10, vertical=9),
        border_radius=10,
        bgcolor=tokens.WARM_SOFT if changed else None,
    )
