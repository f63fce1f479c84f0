"""A sheet that loses nothing: what is typed into it is kept at every change and there again when it opens after a kill."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import flet as ft

from mobile.design.marks import Tone
from mobile.design.states import notice
from mobile.state.drafts import SheetDrafts
from mobile.state.hooks import latest, use_app
from mobile.text import t

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class KeptSheet(Generic[T]):
    """What a sheet holds as it was last drawn, and how it changes. The draft is a frozen dataclass."""

    draft: T
    shown: bool
    restored: bool
    """Whether it opened with what was left in it before."""
    open: Callable[[], None]
    edit: Callable[[Callable[[T], T]], None]
    """Changes the draft and keeps it."""
    now: Callable[[], T]
    """The draft with the last letters in it."""
    close: Callable[[], None]
    """Puts the sheet away; what is in it comes back."""
    finish: Callable[[], None]
    """Puts the sheet away and forgets what was in it: it was saved, or given up."""

    def change(self, **given: Any) -> None:
        """Change these fields."""
        self.edit(lambda before: replace(before, **given))

    def note(self) -> list[ft.Control]:
        """One sentence on top of the sheet: what was typed before is here again, and Cancel throws it away."""
        return [notice(t("draft.restored"), Tone.WARM, identifier="restored")] if self.restored else []


def use_kept_sheet(
    name: str, subject: str, blank: Callable[[], T], *, passing: Sequence[str] = ()
) -> KeptSheet[T]:
    """The sheet `name` about the record `subject`; call the hook once in a component.

    `blank` is what it holds when nothing was left in it. The fields in `passing`, such as errors, are not kept.
    """
    app = use_app()
    drafts = SheetDrafts(app.facts, name)
    held, hold = ft.use_state((blank(), False))
    shown, show = ft.use_state(initial=False)

    def edit(step: Callable[[T], T]) -> None:
        def take(before: tuple[T, bool]) -> tuple[T, bool]:
            after, first = step(before[0]), blank()
            passed = {field: getattr(first, field) for field in passing}
            drafts.keep(subject, first, replace(after, **passed))
            return after, before[1]

        hold(take)

    def open_sheet() -> None:
        left = drafts.load(subject, blank())
        hold((replace(blank(), **left), bool(left)))
        show(True)

    def finish() -> None:
        drafts.forget(subject)
        show(False)

    return KeptSheet(
        draft=held[0],
        shown=shown,
        restored=held[1],
        open=open_sheet,
        edit=edit,
        now=lambda: latest(hold)[0],
        close=lambda: show(False),
        finish=finish,
    )
