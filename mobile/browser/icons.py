"""The app's own mark, drawn from the font: 展 on a rounded green square, as SVG for the page and PNG for the system."""

from __future__ import annotations

from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from mobile.browser.fonts import download_fonts
from mobile.browser.page import ACCENT

CHARACTER = "展"
WEIGHT = 700
GLYPH_SHARE = 0.62
# The safe zone of a maskable icon is a circle of 80 %; its background fills the whole square.
MASKABLE_GLYPH_SHARE = 0.5
CORNER_SHARE = 0.22
OVERSAMPLING = 4
VIEW = 96


def logo_svg() -> str:
    """The mark as inline SVG, its character as a path so that no font has to be there first."""
    font = TTFont(download_fonts() / f"{WEIGHT}.ttf")
    glyphs = font.getGlyphSet()
    name = font.getBestCmap()[ord(CHARACTER)]
    pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.0f}")
    glyphs[name].draw(pen)
    scale = VIEW * GLYPH_SHARE / font["head"].unitsPerEm
    box = font["glyf"][name]
    x = VIEW / 2 - scale * (box.xMin + box.xMax) / 2
    y = VIEW / 2 + scale * (box.yMin + box.yMax) / 2
    return (
        f'<svg viewBox="0 0 {VIEW} {VIEW}" role="img" aria-label="{CHARACTER}">'
        f'<rect width="{VIEW}" height="{VIEW}" rx="{VIEW * CORNER_SHARE:.0f}" fill="{ACCENT}"/>'
        f'<path transform="translate({x:.2f} {y:.2f}) scale({scale:.4f} -{scale:.4f})" fill="#FFF" '
        f'd="{pen.getCommands()}"/></svg>'
    )


def draw_icon(size: int, *, maskable: bool = False) -> Image.Image:
    """The mark as an image of `size` pixels square; a maskable one leaves the rounding to the system."""
    edge = size * OVERSAMPLING
    image = Image.new("RGBA", (edge, edge), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(
        (0, 0, edge - 1, edge - 1), radius=0 if maskable else int(edge * CORNER_SHARE), fill=ACCENT
    )
    share = MASKABLE_GLYPH_SHARE if maskable else GLYPH_SHARE
    font = ImageFont.truetype(str(download_fonts() / f"{WEIGHT}.ttf"), int(edge * share))
    left, top, right, bottom = draw.textbbox((0, 0), CHARACTER, font=font)
    draw.text(
        (edge / 2 - (left + right) / 2, edge / 2 - (top + bottom) / 2), CHARACTER, font=font, fill="#FFFFFF"
    )
    return image.resize((size, size), Image.Resampling.LANCZOS)


def write_icons(out: Path) -> None:
    """Write every icon that index.html and the manifest name."""
    for size in (192, 512):
        draw_icon(size).save(out / "icons" / f"icon-{size}.png", optimize=True)
        draw_icon(size, maskable=True).save(out / "icons" / f"icon-maskable-{size}.png", optimize=True)
    draw_icon(192, maskable=True).convert("RGB").save(
        out / "icons" / "apple-touch-icon-192.png", optimize=True
    )
    draw_icon(48).save(out / "favicon.png", optimize=True)
