# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for comedies: big round things, slightly too large for the poster."""

from movies.posters.drawn.shapes import Pen, num, polar


def grin(p: Pen) -> str:
    """A face too large for the sheet."""
    x, r = p.rng.uniform(120, 150), p.h * p.rng.uniform(0.5, 0.6)
    y, mouth = p.h * 0.5, r * 0.62
    teeth = p.rect(p.ground, x - mouth * 0.86, y + r * 0.12, mouth * 1.72, r * 0.15)
    eyes = "".join(p.circle(p.ink, x + side * r * 0.36, y - r * 0.28, r * 0.1) for side in (-1, 1))
    return (
        p.circle(p.accent, x, y, r) + p.half(p.ink, x, y + r * 0.12, mouth, up=False) + teeth + eyes
    )


def bow_tie(p: Pen) -> str:
    x, y, tall = 120, p.h * p.rng.uniform(0.45, 0.6), p.h * p.rng.uniform(0.26, 0.36)
    wings = ((-1, p.accent), (1, p.accent))
    body = "".join(
        p.poly(fill, (x, y), (x + s * 128, y - tall), (x + s * 128, y + tall)) for s, fill in wings
    )
    n = p.rng.randint(2, 3)
    dots = "".join(
        p.circle(p.second, x + s * (46 + 30 * i), y + tall * 0.34 * d * (0.5 + 0.2 * i), 6 + i)
        for s in (-1, 1) for i in range(n) for d in (-1, 1)
    )  # fmt: skip
    return body + dots + p.rounded(p.ink, x - 20, y - 24, 40, 48, 10)


def balloons(p: Pen) -> str:
    n, foot = p.rng.randint(3, 5), p.rng.uniform(90, 150)
    parts, fills = [], (p.accent, p.ink, p.second, p.accent, p.ink)
    for i in range(n):
        x = 240 * (i + 0.5) / n + p.rng.uniform(-10, 10)
        y, r = p.h * p.rng.uniform(0.2, 0.5), p.rng.uniform(26, 42)
        parts.append(
            p.line(
                p.ink,
                1.5,
                f"M{num(x)} {num(y)}Q{num(x)} {num(p.h * 0.75)} {num(foot)} {num(p.h + 4)}",
            )
        )
        parts.append(p.ellipse(fills[i], x, y, r, r * 1.18))
    return "".join(parts)


def bowler(p: Pen) -> str:
    """A hat, a moustache, and nobody in between."""
    x, w = 120, p.h * p.rng.uniform(0.26, 0.32)
    y = p.h * 0.48
    swing = p.rng.uniform(-10, 10)
    crown = f"M{num(x - w)} {num(y)}v{num(-w * 0.7)}a{num(w)} {num(w)} 0 0 1 {num(2 * w)} 0v{num(w * 0.7)}z"
    lip, m = p.h * 0.76, w * 1.05
    whisker = (
        f"M{x} {num(lip)}q{num(m * 0.5)} {num(-m * 0.55)} {num(m)} {num(m * 0.2)}"
        f"q{num(-m * 0.7)} {num(m * 0.25)} {num(-m)} {num(-m * 0.2)}"
        f"q{num(-m * 0.3)} {num(m * 0.45)} {num(-m)} {num(m * 0.2)}q{num(m * 0.5)} {num(-m * 0.75)} {num(m)} {num(-m * 0.2)}z"
    )
    hat = p.path(p.ink, crown) + p.rect(p.accent, x - w, y - w * 0.36, 2 * w, w * 0.36)
    brim = p.rounded(p.ink, x - w * 1.7, y - 4, w * 3.4, w * 0.22, w * 0.11)
    return p.turned(swing, x, y, hat, brim) + p.path(p.ink, whisker)


def confetti(p: Pen) -> str:
    parts, fills = [], (p.accent, p.ink, p.second)
    step = 60
    for row in range(int(p.h / step) + 1):
        for col in range(4):
            x, y = col * step + 30, row * step + 30
            fill, kind = p.rng.choice(fills), p.rng.randint(0, 3)
            if kind == 0:
                parts.append(p.circle(fill, x, y, 20))
            elif kind == 1:
                parts.append(p.half(fill, x, y + 10, 24, up=p.rng.chance(0.5)))
            elif kind == 2:
                turn = p.rng.randint(0, 3) * 30
                parts.append(p.poly(fill, *(polar(x, y, 24, turn + a) for a in (0, 120, 240))))
            else:
                parts.append(p.ring(fill, x, y, 15, 9))
    return "".join(parts)


def sunglasses(p: Pen) -> str:
    y, r = p.h * p.rng.uniform(0.46, 0.56), p.rng.uniform(54, 64)
    gap = r + 7
    tilt = p.rng.uniform(-12, 12)
    lenses = "".join(
        p.circle(p.ink, 120 + s * gap, y, r)
        + p.half(p.accent, 120 + s * gap, y, r * 0.74, up=False)
        for s in (-1, 1)
    )
    arms = p.line(
        p.ink,
        12,
        f"M-60 {num(y - 24)}L{num(120 - gap)} {num(y - 14)}M120 {num(y - 14)}h{num(gap)}L300 {num(y - 24)}",
    )
    bridge = p.line(
        p.ink, 11, f"M{num(120 - 20)} {num(y - 14)}Q120 {num(y - 36)} 140 {num(y - 14)}"
    )
    glints = "".join(
        p.circle(p.ground, 120 + s * gap - r * 0.3, y - r * 0.35, r * 0.12) for s in (-1, 1)
    )
    return p.turned(tilt, 120, y, arms + bridge + lenses + glints)


def cocktail(p: Pen) -> str:
    x, top = p.rng.uniform(105, 135), p.h * 0.14
    w, mid, foot = p.h * 0.4, p.h * 0.6, p.h * 0.97
    k = p.rng.uniform(0.2, 0.4)
    level = top + (mid - top) * k
    return (
        p.circle(p.second, x + w * 0.62, top + 12, w * 0.34)
        + p.poly(p.ink, (x - w, top), (x + w, top), (x, mid + 6))
        + p.poly(p.accent, (x - w * (1 - k) + 9, level), (x + w * (1 - k) - 9, level), (x, mid - 9))
        + p.rect(p.ink, x - 4, mid - 4, 8, foot - mid)
        + p.half(p.ink, x, foot, w * 0.5)
        + p.line(
            p.ground,
            3,
            f"M{num(x - w * 0.3)} {num(top - 30)}L{num(x + w * 0.12)} {num(level + 20)}",
        )
        + p.circle(p.ground, x + w * 0.06, level + 12, w * 0.11)
    )


def pinwheel(p: Pen) -> str:
    x, y, r = p.rng.uniform(100, 140), p.h * 0.46, p.h * p.rng.uniform(0.4, 0.46)
    n, turn = p.rng.choice((6, 8)), p.rng.uniform(0, 60)
    stick = p.line(p.ink, 9, f"M{num(x)} {num(y)}L{num(x + 12)} {num(p.h + 4)}")
    blades = []
    for i in range(n):
        a = turn + i * 360 / n
        fill = (p.accent, p.ink)[i % 2]
        blades.append(p.poly(fill, (x, y), polar(x, y, r, a), polar(x, y, r * 0.62, a + 310 / n)))
    return stick + "".join(blades) + p.circle(p.second, x, y, r * 0.12)


MOTIFS = (grin, bow_tie, balloons, bowler, confetti, sunglasses, cocktail, pinwheel)
