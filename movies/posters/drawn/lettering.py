"""Setting a title: the largest size at which it fits its column, broken where it reads well."""

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
# A run of letters, or one ideograph with the marks that may not begin a line.
_TOKENS = re.compile(rf"\s*([{_WIDE}][ー々っッ、。，！？」』)]*|[^\s{_WIDE}]+)")
_WEAK_ENDS = frozenset(
    ("the", "a", "an", "of", "and", "&", "to", "in", "on", "for", "at", "from", "with", "by")
)
_WEAK_PENALTY = 0.6  # em: how much longer a line may become before it ends on "of the"


@dataclass(frozen=True, slots=True)
class Face:
    """Proportions of a voice in em: what decides how close lines may stand."""

    capitals: bool
    top: float  # from the baseline to the top of a capital
    accent: float  # what an accent on a capital adds
    leading: float
    below: float  # what hangs below the last baseline

    def tall(self, n_lines: int) -> float:
        return self.top + (n_lines - 1) * self.leading


FACES = {
    "display": Face(capitals=True, top=0.86, accent=0.24, leading=1.0, below=0.04),
    "serif": Face(capitals=False, top=0.74, accent=0.2, leading=0.98, below=0.2),
    "round": Face(capitals=False, top=0.72, accent=0.2, leading=0.93, below=0.18),
}
WIDE_LEADING = 1.12
FOREIGN_BELOW = 0.24  # of faces that are not ours, and of what hangs from a capital
_HANGING = frozenset("ÇĄĘĮŲŞŢȘȚĢĶĻŅŖЩЦ,;")


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    size: float
    y: float  # baseline, from the top of the block
    voice: str
    em: float  # measured width in em


@dataclass(frozen=True, slots=True)
class Block:
    rows: tuple[Row, ...]
    height: float  # to the last baseline
    rightwards: bool  # False: set flush right, for scripts that run leftwards


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    glue: str  # what stands between it and the one before
    em: float


def tokens_of(text: str, voice: str) -> list[Token]:
    tokens = []
    for match in _TOKENS.finditer(text):
        glue = " " if match[0][0].isspace() and tokens else ""
        for i, piece in enumerate(_pieces(match[1], voice)):
            tokens.append(Token(piece, "" if i else glue, width(piece, voice)))
    return tokens


def _pieces(word: str, voice: str) -> list[str]:
    """A word that would make the whole title small, in equal parts; all others whole."""
    em = width(word, voice)
    if em <= LONGEST_WORD:
        return [word]
    length = ceil(len(word) / ceil(em / LONGEST_WORD))
    return [word[i : i + length] for i in range(0, len(word), length)]


def _joined(tokens: list[Token]) -> str:
    first, *rest = tokens
    return first.text + "".join(token.glue + token.text for token in rest)


def _measure(tokens: list[Token], space: float) -> float:
    return sum(token.em for token in tokens) + space * sum(1 for t in tokens[1:] if t.glue)


def _greedy(tokens: list[Token], space: float, limit: float) -> int:
    """How many lines it takes when none is wider than `limit` em; a large number if one must be."""
    lines, used = 1, 0.0
    for token in tokens:
        if token.em > limit:
            return 99
        step = token.em + (space if token.glue and used else 0)
        if used + step > limit:
            lines, used = lines + 1, token.em
        else:
            used += step
    return lines


def _balanced(tokens: list[Token], space: float, n_lines: int) -> list[list[Token]]:
    """Break into that many lines so that the widest is as narrow as can be, weak ends apart."""
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
    """On how many lines the title can be largest in a column `room` high."""
    n_lines = MAX_LINES
    for size in SIZES:
        n_lines = _greedy(tokens, space, COLUMN / size)
        if n_lines <= MAX_LINES and size * face.tall(n_lines) <= room:
            break
    return min(n_lines, len(tokens))


def _fit(text: str, voice: str, room: float) -> tuple[list[list[Token]], float]:
    """Lines and size: as large as `room` (height) and the column allow.

    One line less is worth a slightly smaller size.
    """
    face, space = FACES[voice], width(" ", voice)
    tokens = _shortened(tokens_of(text, voice), space, LONGEST_TITLE)

    def balanced(n_lines: int) -> tuple[list[list[Token]], float]:
        lines = _balanced(tokens, space, n_lines)
        # A title of nothing but joiners or marks has no width.
        widest = max(*(_measure(line, space) for line in lines), sys.float_info.min)
        tallest = max(room / face.tall(n_lines), SIZES[-1])
        return lines, min(SIZES[0], COLUMN / widest, tallest)

    n_lines = _n_lines(tokens, space, face, room)
    best = balanced(n_lines)
    if n_lines > 2 and (fewer := balanced(n_lines - 1))[1] >= 0.88 * best[1]:
        return fewer
    return best


def _voice_for(text: str, voice: str) -> str:
    """The wished voice, unless only the display voice has these letters (Cyrillic)."""
    if is_covered(text, voice) or not is_covered(text, "display"):
        return voice
    return "display"


def _small_lines(text: str, voice: str, sizes: tuple[int, ...]) -> tuple[list[str], float]:
    """A subtitle on at most three lines; what is still too long ends in an ellipsis."""
    tokens, space = tokens_of(text, voice), width(" ", voice)
    size = next((s for s in sizes if _greedy(tokens, space, COLUMN / s) <= 3), sizes[-1])
    limit = COLUMN / size
    while (n_lines := _greedy(tokens, space, limit)) > 3:
        tokens = _shortened(tokens, space, min(3 * limit, _measure(tokens, space) - 0.5))
    lines = _balanced(tokens, space, n_lines)
    return [_joined(line) for line in lines], float(size)


class _Column:
    """Rows set one under the other."""

    def __init__(self, voice: str) -> None:
        self.voice, self.face = voice, FACES[voice]
        self.rows: list[Row] = []
        self.y = 0.0
        self._hanging = 0.0

    def add(self, text: str, size: float, gap: float) -> None:
        """The top of the capitals `gap` below what hangs from the row before."""
        top = self.face.top + (self.face.accent if _has_accents(text) else 0)
        self.y += self._hanging + gap + top * size
        self._put(text, size)

    def follow(self, text: str, size: float, leading: float) -> None:
        self.y += leading * size
        self._put(text, size)

    def _put(self, text: str, size: float) -> None:
        self.rows.append(Row(text, size, self.y, self.voice, width(text, self.voice)))
        covered = is_covered(text, self.voice)
        below = self.face.below if covered and not _HANGING & set(text) else FOREIGN_BELOW
        self._hanging = below * size


def _cased(text: str, voice: str) -> str:
    return text.upper() if FACES[voice].capitals else text


def set_title(title: str, year: int | None, voice: str) -> Block:
    """The whole block: small article, title, small subtitle, year."""
    parts = parts_of(title)
    voice = _voice_for(_cased(" ".join(parts), voice), voice)
    article, name, subtitle = (_cased(part, voice) for part in parts)
    column = _Column(voice)
    lines, size = _fit(name, voice, _room(name, voice, bool(subtitle)))
    texts = [_joined(line) for line in lines]
    if article:
        column.add(article, max(15.0, min(30.0, size * 0.4)), 0)
    column.add(texts[0], size, min(size * 0.12, 8) if article else 0)
    for text in texts[1:]:
        column.follow(text, size, _leading(texts, FACES[voice]))
    if subtitle:
        small, small_size = _small_lines(subtitle, voice, (19, 17, 15, 13, 12))
        column.add(small[0], small_size, 7)
        for text in small[1:]:
            column.follow(text, small_size, _leading(small, FACES[voice]) * 1.1)
    if year is not None:
        column.add(str(year), YEAR_SIZE, 9)
    return Block(tuple(column.rows), column.y, not _runs_leftwards(title))


def _room(name: str, voice: str, subtitle: bool) -> float:
    """Height for the large lines: more for a long title, less if a subtitle follows."""
    length = width(name, voice)
    if length < 1.9:
        return 116
    return (84 if subtitle else 108) + (30 if length > 9 else 0) + (34 if length > 18 else 0)


def _runs_leftwards(title: str) -> bool:
    """Whether the first letter with a direction belongs to a right-to-left script."""
    directions = (unicodedata.bidirectional(char) for char in title)
    return next((d in ("R", "AL") for d in directions if d in ("L", "R", "AL")), False)
