"""The fonts of drawn posters: measured, small, licensed, and in the style sheet."""

from movies.posters.drawn.font_metrics import ADVANCES, FILES, FONTS, width
from movies.posters.drawn.lettering import FACES


def test_the_table_has_the_characters_of_the_served_fonts() -> None:
    for typeface, files in FILES.items():
        assert typeface in FACES
        assert all((FONTS / file).stat().st_size < 20_000 for file, _ in files)
        assert set("ABCXYZabcxyz0123456789 .,:;!?&-–'’ÀÉÜßñø…") <= set(ADVANCES[typeface])
        assert width("W", typeface) > width("I", typeface) > 0


def test_a_page_in_latin_letters_needs_at_most_60_kilobytes_of_fonts() -> None:
    assert sum((FONTS / files[0][0]).stat().st_size for files in FILES.values()) < 60_000


def test_every_font_has_its_licence_beside_it() -> None:
    for font in FONTS.glob("*.woff2"):
        family = font.stem.removesuffix("-ext").rpartition("-")[0]
        text = (FONTS / f"{family}-OFL.txt").read_text(encoding="utf-8")
        assert "SIL Open Font License" in text


def test_the_style_sheet_names_every_file_and_every_typeface() -> None:
    styles = FONTS.parent / "css"
    faces = (styles / "fonts.css").read_text(encoding="utf-8")
    posters = (styles / "posters.css").read_text(encoding="utf-8")
    assert all(f'url("../fonts/{font.name}")' in faces for font in FONTS.glob("*.woff2"))
    assert all(f".poster-{typeface} " in posters for typeface in FACES)
