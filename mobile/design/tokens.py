"""Colour roles, type scale, spacing and shapes: the only file that holds a figure or a colour of the look.

Colours are named by role. Each role is carried by a slot of Flutter's colour scheme, so that light and dark switch in
the client without drawing a screen again. Contrast of text roles on their grounds meets WCAG AA.
"""

from dataclasses import dataclass

BG = "surface"
SURFACE = "surfacecontainerlowest"
SUNK = "surfacecontainerhigh"
LINE = "outlinevariant"
INK = "onsurface"
SOFT = "onsurfacevariant"
ACCENT = "primary"
ON_ACCENT = "onprimary"
ACCENT_SOFT = "primarycontainer"
WARM = "tertiary"
WARM_SOFT = "tertiarycontainer"
GOLD = "secondary"
DANGER = "error"
ON_DANGER = "onerror"
DANGER_SOFT = "errorcontainer"
INVERSE = "inversesurface"
ON_INVERSE = "oninversesurface"
INVERSE_ACCENT = "inverseprimary"
TRANSPARENT = "transparent"
QR_INK = "#1F2A24"
QR_GROUND = "#FFFFFF"
"""A QR code is dark on light in every theme: scanners do not read it otherwise."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one brightness, by role."""

    bg: str
    surface: str
    sunk: str
    line: str
    ink: str
    soft: str
    accent: str
    on_accent: str
    accent_soft: str
    warm: str
    warm_soft: str
    gold: str
    danger: str
    on_danger: str
    danger_soft: str


LIGHT = Palette(
    bg="#F7F4EF",
    surface="#FFFFFF",
    sunk="#EFEAE2",
    line="#E2DCD2",
    ink="#1F2A24",
    soft="#5C635A",
    accent="#1F5D4C",
    on_accent="#FFFFFF",
    accent_soft="#DCE9E3",
    warm="#8F4A22",
    warm_soft="#F6E6DA",
    gold="#7A5A12",
    danger="#B3382C",
    on_danger="#FFFFFF",
    danger_soft="#F8E1DC",
)
DARK = Palette(
    bg="#141715",
    surface="#1C211E",
    sunk="#101311",
    line="#2C332E",
    ink="#ECE8E0",
    soft="#9AA39B",
    accent="#7CC4A8",
    on_accent="#10231C",
    accent_soft="#22352D",
    warm="#E0A078",
    warm_soft="#3A2A20",
    gold="#D9B45B",
    danger="#F08A7C",
    on_danger="#2A100C",
    danger_soft="#3B211D",
)

FONT = "Noto Sans SC"

SIZE_PAGE_TITLE = 30
SIZE_RECORD_TITLE = 28
SIZE_FIGURE = 26
SIZE_FIGURE_SMALL = 21
SIZE_ROW_TITLE = 16
SIZE_BODY = 15
SIZE_SECONDARY = 13
SIZE_CHIP = 12
SIZE_RAIL = 11

SPACE_1 = 4
SPACE_2 = 8
SPACE_3 = 12
SPACE_4 = 16
SPACE_5 = 20
SPACE_6 = 24
SPACE_7 = 28
PAGE_PADDING = 20
DETAIL_PADDING = 28
CARD_PADDING = 16

RADIUS_CARD = 16
RADIUS_CONTROL = 14
RADIUS_PILL = 999

TOUCH = 48
ICON = 24
AVATAR = 44
PICTURE_TILE = 72
ROW_HEIGHT = 73
ROW_GAP = 12
ROW_EXTENT = ROW_HEIGHT + ROW_GAP

RAIL_WIDTH = 92
LIST_WIDTH = 400
TWO_PANES_FROM = 900
"""From this window width on, a list and its detail stand side by side."""
SHEET_WIDTH = 560
LOW_SCREEN = 760
FORM_WIDTH = 520
SNACKBAR_WIDTH = 480
ABOVE_ACTIONS = 88
"""Free space at the bottom that leaves the actions, or the bottom bar, within reach."""
PAGE_WIDTH = 720
"""Pages without a second pane are no wider than this on a tablet."""

DEVICE_ACTIONS_WIDTH = 236
"""Three quiet buttons beside each other, at the end of a table's line."""

MOTION_MS = 180
