"""What a sheet says when it opens with what was left in it."""

import flet as ft

from mobile.design.marks import Tone
from mobile.design.states import notice
from mobile.text import t


def restored_note(*, shown: bool) -> list[ft.Control]:
    """One sentence on top of the sheet: what was typed before is here again, and Cancel throws it away."""
    return [notice(t("draft.restored"), Tone.WARM, identifier="restored")] if shown else []
