"""The palettes of drawn posters: four flat colours each, from one set of inks.

There is no pure white or black, so that a page of posters looks of one piece. Every palette meets
the contrasts below; a test measures them all.
"""

from typing import NamedTuple

INK_CONTRAST = 4.5
ACCENT_CONTRAST = 1.5
SECOND_CONTRAST = 1.15

INKS = {
    "cream": "#f3e7cf", "paper": "#ead9b8", "bone": "#e4ded2", "sand": "#d8bd8e",
    "soot": "#1c1a18", "navy": "#16233f", "prussian": "#1f4060", "night": "#202536",
    "teal": "#1b6469", "bottle": "#1b4436", "moss": "#4d5f34", "olive": "#94914e",
    "mustard": "#e2a72e", "ochre": "#c4872c", "orange": "#e6762b", "vermilion": "#e6522f",
    "brick": "#a33428", "oxblood": "#671a20", "rust": "#a5481f", "lemon": "#f1d457",
    "rose": "#e39aa2", "blush": "#f1c6b4", "pink": "#ea7b90", "plum": "#472043",
    "lilac": "#ab93c4", "violet": "#5b3f7e", "sky": "#8dbbd3", "blue": "#2b68a8",
    "aqua": "#5fb3b0", "mint": "#a9cfb6", "leaf": "#4f9a63", "stone": "#b3a898",
    "ash": "#756f68", "umber": "#3b2a20",
}  # fmt: skip


class Palette(NamedTuple):
    ground: str
    ink: str
    accent: str
    second: str


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def is_legible(palette: Palette) -> bool:
    """Whether the title is readable and the accent stands out from ground and ink."""
    ground, ink, accent, second = palette
    return (
        contrast(ground, ink) >= INK_CONTRAST
        and min(contrast(ground, accent), contrast(ink, accent)) >= ACCENT_CONTRAST
        and min(contrast(second, other) for other in (ground, ink, accent)) >= SECOND_CONTRAST
    )


def _palettes(*recipes: str) -> tuple[Palette, ...]:
    """Palettes from names of inks, and each with accent and second swapped if still legible."""
    written = [Palette(*(INKS[name] for name in recipe.split())) for recipe in recipes]
    swapped = [Palette(p.ground, p.ink, p.second, p.accent) for p in written]
    return tuple(written + [palette for palette in swapped if is_legible(palette)])


# ground, ink, accent, second
PALETTES: dict[str, tuple[Palette, ...]] = {
    "Comedy": _palettes(
        "lemon soot vermilion cream", "cream navy orange aqua", "pink soot cream lemon",
        "aqua soot lemon cream", "cream oxblood pink mustard", "orange soot cream lemon",
    ),
    "Drama": _palettes(
        "cream soot brick stone", "prussian cream mustard teal", "oxblood cream rose sand",
        "bone navy rust stone", "bottle cream ochre mint", "sand umber brick cream",
    ),
    "Romance": _palettes(
        "blush oxblood vermilion cream", "plum blush vermilion rose",
        "cream oxblood rose vermilion",
        "rose oxblood cream vermilion", "navy blush vermilion rose", "oxblood blush pink mustard",
    ),
    "Thriller": _palettes(
        "vermilion soot cream oxblood", "soot cream vermilion stone", "navy bone orange sky",
        "mustard soot vermilion cream", "bone soot vermilion stone", "teal cream mustard navy",
    ),
    "Horror": _palettes(
        "soot bone vermilion oxblood", "oxblood cream pink soot", "moss cream orange soot",
        "bone soot brick ash", "plum bone orange soot", "night mint vermilion moss",
    ),
    "Action": _palettes(
        "orange soot cream vermilion", "soot lemon vermilion blue", "cream soot vermilion mustard",
        "blue cream mustard navy", "lemon soot blue vermilion", "brick cream mustard soot",
    ),
    "Sci-Fi": _palettes(
        "navy cream orange aqua", "night mint pink violet", "bone navy vermilion aqua",
        "violet cream orange navy", "soot cream orange blue", "teal cream orange navy",
    ),
    "Crime": _palettes(
        "soot cream mustard brick", "sand soot brick cream", "bottle cream vermilion sand",
        "stone soot brick cream", "prussian cream vermilion stone", "mustard soot cream brick",
    ),
    "Film-Noir": _palettes(
        "soot bone stone ash", "night bone mustard ash", "stone soot bone ash",
        "umber cream ochre stone",
    ),
    "Western": _palettes(
        "sand umber rust cream", "rust cream mustard umber", "cream umber orange sand",
        "mustard umber rust cream",
    ),
    "Musical": _palettes(
        "violet cream mustard pink", "lemon plum pink vermilion", "cream violet pink mustard",
        "navy cream pink mustard",
    ),
    "Documentary": _palettes(
        "bone soot blue stone", "stone soot cream vermilion", "cream prussian vermilion sky",
        "moss cream mustard mint",
    ),
    "Animation": _palettes(
        "sky navy cream vermilion", "mint plum orange cream", "lemon navy pink blue",
        "cream violet leaf pink",
    ),
    "Children": _palettes(
        "cream blue vermilion lemon", "mint navy vermilion cream", "sky soot cream vermilion",
        "blush prussian orange aqua",
    ),
    "War": _palettes(
        "moss cream mustard soot", "sand soot brick olive", "stone soot vermilion cream",
        "umber sand vermilion moss",
    ),
    "Fantasy": _palettes(
        "violet cream mustard lilac", "bottle cream mustard mint", "lilac plum cream lemon",
        "navy cream lilac mustard",
    ),
    "Mystery": _palettes(
        "teal cream mustard navy", "plum cream leaf violet", "bone plum teal mustard",
        "night sand vermilion teal",
    ),
    "Adventure": _palettes(
        "teal cream orange mint", "sand prussian vermilion cream", "mustard umber teal cream",
        "cream bottle orange sky",
    ),
    "IMAX": _palettes(
        "prussian cream sky orange", "soot cream aqua blue", "sky navy cream vermilion",
    ),
    "": _palettes(
        "cream soot vermilion blue", "bone prussian mustard vermilion",
        "navy cream vermilion aqua", "mint soot vermilion cream",
    ),
}  # fmt: skip
