"""Sets a title as large as its column allows, with line breaks where it reads well."""

import re
import sys
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from movies.posters.drawn.font_metrics import is_covered, width
from movies.posters.drawn.titles import parts_of

COLUMN = 208.0  # of the poster's 240, with margins of 16
SIZES = (150, 126, 104, 92, 82, 73, 65, 58, 52, 46, 41, 37, 33, 30, 27, 24, 22, 20, 18, 16, 14)
MAX_LINES = 6
LONGEST_WORD = COLUMN / 20  # em
LONGEST_TITLE = 72.0  # em: six lines at the smallest size; what is longer ends in an ellipsis
ELLIPSIS_EM = 0.9
YEAR_SIZE = 13

_WIDE = "\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
# A run of letters, or one ideograph with the punctuation that may not begin a line.
_TOKENS = re.compile(rf"\s*([{_WIDE}][ー々っッ、。，！？」』)]*|[^\s{_WIDE}]+)")
_WEAK_ENDS = frozenset(
    ("the", "a", "an", "of", "and", "&", "to", "in", "on", "for", "at", "from", "with", "by")
)
_WEAK_PENALTY = 0.6  # em: how much longer a line may become before it ends on "of the"


@dataclass(frozen=True, slots=True)
class Face:
    """Proportions of a typeface in em, which decide the distance of lines."""

    capitals: bool
    top: float  # from the baseline to the top of a capital
    accent: float  # what an accent on a capital adds
    leading: float
    below: float  # what hangs below the last baseline

    def height(self, n_lines: int) -> float:
        return self.top + (n_lines - 1) * self.leading


FACES = {
    "display": Face(capitals=True, top=0.86, accent=0.24, leading=1.0, below=0.04),
    "serif": Face(capitals=False, top=0.74, accent=0.2, leading=0.98, below=0.2),
    "round": Face(capitals=False, top=0.72, accent=0.2, leading=0.93, below=0.18),
}
WIDE_LEADING = 1.12
FOREIGN_BELOW = 0.24  # for fonts that are not ours, and for descenders of capitals
_HANGING = frozenset("ÇĄĘĮŲŞŢȘȚĢĶĻŅŖЩЦ,;")


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    size: float
    y: float  # baseline, from the top of the block
    typeface: str
    em: float  # measured width in em


@dataclass(frozen=True, slots=True)
class Block:
    rows: tuple[Row, ...]
    height: float  # to the last baseline
    rightwards: bool  # False: set flush right, for scripts that run leftwards


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    space_before: str  # " " or ""
    em: float


def tokens_of(text: str, typeface: str) -> list[Token]:
    tokens = []
    for match in _TOKENS.finditer(text):
        space_before = " " if match[0][0].isspace() and tokens else ""
        for i, piece in enumerate(_pieces(match[1], typeface)):
            tokens.append(Token(piece, "" if i else space_before, width(piece, typeface)))
    return tokens


def _pieces(word: str, typeface: str) -> list[str]:
    """Equal parts of a word so long that it would make the whole title small; else the word."""
    em = width(word, typeface)
    if em <= LONGEST_WORD:
        return [word]
    length = ceil(len(word) / ceil(em / LONGEST_WORD))
    return [word[i : i + length] for i in range(0, len(word), length)]


def _joined(tokens: list[Token]) -> str:
    first, *rest = tokens
    return first.text + "".join(token.space_before + token.text for token in rest)


def _measure(tokens: list[Token], space: float) -> float:
    return sum(token.em for token in tokens) + space * sum(1 for t in tokens[1:] if t.space_before)


def _lines_needed(tokens: list[Token], space: float, limit: float) -> int:
    """Number of lines if none may be wider than `limit` em; 99 if one token is."""
    lines, used = 1, 0.0
    for token in tokens:
        if token.em > limit:
            return 99
        step = token.em + (space if token.space_before and used else 0)
        if used + step > limit:
            lines, used = lines + 1, token.em
        else:
            used += step
    return lines


def _balanced(tokens: list[Token], space: float, n_lines: int) -> list[list[Token]]:
    """Break into `n_lines` with the widest as narrow as possible, avoiding weak words at ends."""
    n = len(tokens)
    costs: list[tuple[float, list[int]]] = [(0.0, [0])] + [(1e9, [0])] * n
    for _ in range(n_lines):
        following: list[tuple[float, list[int]]] = [(1e9, [0])] * (n + 1)
        for end in range(1, n + 1):
            weak = end < n and tokens[end - 1].text.casefold() in _WEAK_ENDS
            for start in range(end - 1, -1, -1):
                line = _measure(tokens[start:end], space) + weak * _WEAK_PENALTY
                if line >= following[end][0]:
                    break
                before, cuts = costs[start]
                if (cost := max(before, line)) < following[end][0]:
                    following[end] = (cost, [*cuts, end])
        costs = following
    return [tokens[a:b] for a, b in pairwise(costs[n][1])]


def _shortened(tokens: list[Token], space: float, longest: float) -> list[Token]:
    if _measure(tokens, space) <= longest:
        return tokens
    while len(tokens) > 1 and _measure(tokens, space) + ELLIPSIS_EM > longest:
        tokens = tokens[:-1]
    return [*tokens, Token("…", "", ELLIPSIS_EM)]


def _has_accents(line: str) -> bool:
    return any(c.isupper() and c > "~" and unicodedata.decomposition(c) for c in line if c > "\xbf")


def _leading(lines: list[str], face: Face) -> float:
    if any("\u2e80" <= char <= "\uffef" for line in lines for char in line):
        return WIDE_LEADING
    accents = face.capitals and any(_has_accents(line) for line in lines[1:])
    return face.leading + (face.accent if accents else 0)


def _n_lines(tokens: list[Token], space: float, face: Face, room: float) -> int:
    """The number of lines with which the title is largest in a column `room` high."""
    n_lines = MAX_LINES
    for size in SIZES:
        n_lines = _lines_needed(tokens, space, COLUMN / size)
        if n_lines <= MAX_LINES and size * face.height(n_lines) <= room:
            break
    return min(n_lines, len(tokens))


def _fit(text: str, typeface: str, room: float) -> tuple[list[list[Token]], float]:
    """Lines and font size, as large as the height `room` and the column allow.

    A slightly smaller size is accepted for one line less.
    """
    face, space = FACES[typeface], width(" ", typeface)
    tokens = _shortened(tokens_of(text, typeface), space, LONGEST_TITLE)

    def balanced(n_lines: int) -> tuple[list[list[Token]], float]:
        lines = _balanced(tokens, space, n_lines)
        # A title of nothing but joiners or marks has no width.
        widest = max(*(_measure(line, space) for line in lines), sys.float_info.min)
        tallest = max(room / face.height(n_lines), SIZES[-1])
        return lines, min(SIZES[0], COLUMN / widest, tallest)

    n_lines = _n_lines(tokens, space, face, room)
    best = balanced(n_lines)
    if n_lines > 2 and (fewer := balanced(n_lines - 1))[1] >= 0.88 * best[1]:
        return fewer
    return best


def _typeface_for(text: str, typeface: str) -> str:
    """The wanted typeface, unless only the display typeface has these letters (Cyrillic)."""
    if is_covered(text, typeface) or not is_covered(text, "display"):
        return typeface
    return "display"


def _small_lines(text: str, typeface: str, sizes: tuple[int, ...]) -> tuple[list[str], float]:
    """A subtitle on at most three lines, shortened with an ellipsis if it does not fit."""
    tokens, space = tokens_of(text, typeface), width(" ", typeface)
    size = next((s for s in sizes if _lines_needed(tokens, space, COLUMN / s) <= 3), sizes[-1])
    limit = COLUMN / size
    while (n_lines := _lines_needed(tokens, space, limit)) > 3:
        tokens = _shortened(tokens, space, min(3 * limit, _measure(tokens, space) - 0.5))
    lines = _balanced(tokens, space, n_lines)
    return [_joined(line) for line in lines], float(size)


class _Column:
    """Collects rows from top to bottom."""

    def __init__(self, typeface: str) -> None:
        self.typeface, self.face = typeface, FACES[typeface]
        self.rows: list[Row] = []
        self.y = 0.0
        self._hanging = 0.0

    def add(self, text: str, size: float, gap: float) -> None:
        """Add a row whose capitals begin `gap` below the descenders of the previous row."""
        top = self.face.top + (self.face.accent if _has_accents(text) else 0)
        self.y += self._hanging + gap + top * size
        self._put(text, size)

    def follow(self, text: str, size: float, leading: float) -> None:
        self.y += leading * size
        self._put(text, size)

    def _put(self, text: str, size: float) -> None:
        self.rows.append(Row(text, size, self.y, self.typeface, width(text, self.typeface)))
        covered = is_covered(text, self.typeface)
        below = self.face.below if covered and not _HANGING & set(text) else FOREIGN_BELOW
        self._hanging = below * size


def _cased(text: str, typeface: str) -> str:
    return text.upper() if FACES[typeface].capitals else text


def set_title(title: str, year: int | None, typeface: str) -> Block:
    """The whole block of text: small article, title, small subtitle, year."""
    parts = parts_of(title)
    typeface = _typeface_for(_cased(" ".join(parts), typeface), typeface)
    article, name, subtitle = (_cased(part, typeface) for part in parts)
    column = _Column(typeface)
    lines, size = _fit(name, typeface, _room(name, typeface, bool(subtitle)))
    texts = [_joined(line) for line in lines]
    if article:
        column.add(article, max(15.0, min(30.0, size * 0.4)), 0)
    column.add(texts[0], size, min(size * 0.12, 8) if article else 0)
    for text in texts[1:]:
        column.follow(text, size, _leading(texts, FACES[typeface]))
    if subtitle:
        small, small_size = _small_lines(subtitle, typeface, (19, 17, 15, 13, 12))
        column.add(small[0], small_size, 7)
        for text in small[1:]:
            column.follow(text, small_size, _leading(small, FACES[typeface]) * 1.1)
    if year is not None:
        column.add(str(year), YEAR_SIZE, 9)
    return Block(tuple(column.rows), column.y, not _runs_leftwards(title))


def _room(name: str, typeface: str, subtitle: bool) -> float:
    """Height for the large lines: more for a long title, less if a subtitle follows."""
    length = width(name, typeface)
    if length < 1.9:
        return 116
    return (84 if subtitle else 108) + (30 if length > 9 else 0) + (34 if length > 18 else 0)


def _runs_leftwards(title: str) -> bool:
    """Whether the first letter with a direction belongs to a right-to-left script."""
    directions = (unicodedata.bidirectional(char) for char in title)
    return next((d in ("R", "AL") for d in directions if d in ("L", "R", "AL")), False)
