"""Four flat colours a poster, mixed from one shelf of inks so that a wall holds together.

No pure white and no pure black: paper is warm, black is soot. `INK_CONTRAST` and `ACCENT_CONTRAST`
hold for every palette (a test measures them all).
"""

from typing import NamedTuple

INK_CONTRAST = 4.5
ACCENT_CONTRAST = 1.5

SHELF = {
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


def _mix(*recipes: str) -> tuple[Palette, ...]:
    return tuple(Palette(*(SHELF[name] for name in recipe.split())) for recipe in recipes)


# ground, ink, accent, second
PALETTES: dict[str, tuple[Palette, ...]] = {
    "Comedy": _mix(
        "lemon soot vermilion cream", "cream navy orange aqua", "pink soot cream lemon",
        "aqua soot lemon cream", "cream oxblood pink mustard", "orange soot cream lemon",
    ),
    "Drama": _mix(
        "cream soot brick stone", "prussian cream mustard teal", "oxblood cream rose sand",
        "bone navy rust stone", "bottle cream ochre mint", "sand umber brick cream",
    ),
    "Romance": _mix(
        "blush oxblood vermilion cream", "plum blush vermilion rose",
        "cream oxblood rose vermilion",
        "rose oxblood cream vermilion", "navy blush rose vermilion", "oxblood blush pink mustard",
    ),
    "Thriller": _mix(
        "vermilion soot cream oxblood", "soot cream vermilion stone", "navy bone orange sky",
        "mustard soot vermilion cream", "bone soot vermilion stone", "teal cream lemon navy",
    ),
    "Horror": _mix(
        "soot bone vermilion oxblood", "oxblood cream pink soot", "moss cream lemon soot",
        "bone soot brick ash", "plum bone orange soot", "night mint vermilion moss",
    ),
    "Action": _mix(
        "orange soot cream vermilion", "soot lemon vermilion cream", "cream soot vermilion mustard",
        "blue cream lemon navy", "lemon soot blue vermilion", "brick cream mustard soot",
    ),
    "Sci-Fi": _mix(
        "navy cream orange aqua", "night mint pink violet", "bone navy vermilion aqua",
        "violet cream lemon pink", "soot sky orange blue", "teal cream orange navy",
    ),
    "Crime": _mix(
        "soot cream mustard brick", "sand soot brick cream", "bottle cream vermilion sand",
        "stone soot oxblood cream", "prussian cream vermilion stone", "mustard soot cream brick",
    ),
    "Film-Noir": _mix(
        "soot bone stone ash", "night bone mustard ash", "stone soot bone ash",
        "umber cream ochre stone",
    ),
    "Western": _mix(
        "sand umber rust cream", "rust cream mustard umber", "cream umber orange sand",
        "mustard umber rust cream",
    ),
    "Musical": _mix(
        "violet cream lemon pink", "lemon plum pink vermilion", "cream violet pink mustard",
        "navy cream pink lemon",
    ),
    "Documentary": _mix(
        "bone soot blue stone", "stone soot cream vermilion", "cream prussian vermilion sky",
        "moss cream lemon mint",
    ),
    "Animation": _mix(
        "sky navy cream vermilion", "mint plum orange cream", "lemon navy pink blue",
        "cream violet leaf pink",
    ),
    "Children": _mix(
        "cream blue vermilion lemon", "mint navy vermilion cream", "sky soot cream vermilion",
        "blush prussian orange aqua",
    ),
    "War": _mix(
        "moss cream mustard soot", "sand soot brick olive", "stone soot vermilion umber",
        "umber sand vermilion moss",
    ),
    "Fantasy": _mix(
        "violet cream mustard lilac", "bottle cream lemon mint", "lilac plum cream lemon",
        "navy cream lilac mustard",
    ),
    "Mystery": _mix(
        "teal cream mustard navy", "plum cream mint violet", "bone plum teal mustard",
        "night sand vermilion bone",
    ),
    "Adventure": _mix(
        "teal cream orange mint", "sand prussian vermilion cream", "mustard umber teal cream",
        "cream bottle orange sky",
    ),
    "IMAX": _mix("prussian cream sky orange", "soot cream aqua blue", "sky navy cream vermilion"),
    "": _mix(
        "cream soot vermilion blue", "bone prussian mustard vermilion",
        "navy cream vermilion aqua", "mint soot vermilion cream",
    ),
}  # fmt: skip


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
