"""The tokens as Flutter themes, so that no control shows a bare Material default."""

import flet as ft

from mobile.design import tokens


def theme(palette: tokens.Palette) -> ft.Theme:
    """The theme of one brightness."""
    return ft.Theme(
        color_scheme=_scheme(palette),
        font_family=tokens.FONT,
        scaffold_bgcolor=palette.bg,
        splash_color=ft.Colors.with_opacity(0.06, palette.accent),
        highlight_color=ft.Colors.with_opacity(0.04, palette.accent),
        hover_color=ft.Colors.with_opacity(0.04, palette.accent),
        focus_color=ft.Colors.with_opacity(0.12, palette.accent),
        visual_density=ft.VisualDensity.STANDARD,
        tooltip_theme=ft.TooltipTheme(
            text_style=ft.TextStyle(size=tokens.SIZE_SECONDARY, color=palette.bg, font_family=tokens.FONT)
        ),
        snackbar_theme=ft.SnackBarTheme(bgcolor=palette.ink, elevation=0),
        scrollbar_theme=ft.ScrollbarTheme(thickness=4, radius=2),
        page_transitions=_no_transitions(),
    )


def _scheme(palette: tokens.Palette) -> ft.ColorScheme:
    return ft.ColorScheme(
        primary=palette.accent,
        on_primary=palette.on_accent,
        primary_container=palette.accent_soft,
        on_primary_container=palette.accent,
        secondary=palette.gold,
        on_secondary=palette.bg,
        secondary_container=palette.warm_soft,
        on_secondary_container=palette.gold,
        tertiary=palette.warm,
        on_tertiary=palette.bg,
        tertiary_container=palette.warm_soft,
        on_tertiary_container=palette.warm,
        error=palette.danger,
        on_error=palette.on_danger,
        error_container=palette.danger_soft,
        on_error_container=palette.danger,
        surface=palette.bg,
        on_surface=palette.ink,
        on_surface_variant=palette.soft,
        outline=palette.soft,
        outline_variant=palette.line,
        surface_container_lowest=palette.surface,
        surface_container_low=palette.surface,
        surface_container=palette.surface,
        surface_container_high=palette.sunk,
        surface_container_highest=palette.sunk,
        surface_tint=tokens.TRANSPARENT,
        inverse_surface=palette.ink,
        on_inverse_surface=palette.bg,
        inverse_primary=palette.accent_soft,
    )


def _no_transitions() -> ft.PageTransitionsTheme:
    none = ft.PageTransitionTheme.NONE
    return ft.PageTransitionsTheme(android=none, ios=none, linux=none, macos=none, windows=none)
