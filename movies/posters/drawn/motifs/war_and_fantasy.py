# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for war films (ruins) and fantasy (towers, moons, swords, crowns)."""

from movies.posters.drawn.shapes import Pen, num, polar


def helmet(p: Pen) -> str:
    """Left in a field, where poppies grow."""
    x, y, r = p.rng.uniform(88, 112), p.h * 0.84, p.h * p.rng.uniform(0.34, 0.4)
    hat = p.half(p.ink, x, y, r) + p.rounded(
        p.ink, x - r * 1.24, y - 5, r * 2.48, r * 0.17, r * 0.08
    )
    parts = [p.rect(p.second, 0, y + 4, 240, p.h - y)]
    for fx, k in ((x + r * 1.36, 0.3), (x + r * 1.08, p.rng.uniform(0.44, 0.52))):
        stem = f"M{num(fx)} {num(p.h * k)}Q{num(fx + 12)} {num(p.h * 0.7)} {num(fx)} {num(p.h)}"
        parts.append(p.line(p.ink, 4, stem) + p.circle(p.accent, fx, p.h * k, p.h * 0.085))
        parts.append(p.circle(p.ink, fx, p.h * k, p.h * 0.026))
    tilted = p.turned(
        p.rng.uniform(-14, 4), x, y, hat, p.star(p.ground, x, y - r * 0.5, r * 0.24, r * 0.1, 5)
    )
    return "".join(parts) + tilted


def squadron(p: Pen) -> str:
    parts, s = [p.circle(p.accent, p.rng.uniform(60, 180), p.h * 0.56, p.h * 0.3)], p.h * 0.1
    lead, fall = p.rng.uniform(80, 160), p.rng.uniform(0.12, 0.17)
    for i in (-2, -1, 0, 1, 2):
        x, y = lead + i * 52, p.h * (0.2 + fall * abs(i) + 0.1)
        parts.append(
            p.poly(
                p.ink,
                (x - s * 1.5, y),
                (x - s * 0.2, y - s * 0.5),
                (x, y - s * 1.2),
                (x + s * 0.2, y - s * 0.5),
                (x + s * 1.5, y),
                (x + s * 0.2, y),
                (x + s * 0.1, y + s * 0.7),
                (x + s * 0.45, y + s),
                (x - s * 0.45, y + s),
                (x - s * 0.1, y + s * 0.7),
                (x - s * 0.2, y),
            )
        )
    return "".join(parts)


def barbed_wire(p: Pen) -> str:
    n, parts = p.rng.randint(2, 3), []
    parts.append(p.circle(p.accent, p.rng.uniform(70, 170), p.h * 0.45, p.h * 0.28))
    for i in range(n):
        y, sag = p.h * (0.26 + 0.26 * i), p.rng.uniform(8, 22)
        parts.append(p.line(p.ink, 4, f"M-4 {num(y)}Q120 {num(y + sag * 2)} 244 {num(y)}"))
        d = ""
        for k in range(4):
            x = 30 + k * 60 + p.rng.uniform(-8, 8)
            at = y + sag * (1 - ((x - 120) / 124) ** 2)
            d += f"M{num(x - 13)} {num(at - 13)}l26 26m0-26l-26 26"
        parts.append(p.line(p.ink, 5, d))
    post = p.rng.uniform(30, 70)
    return "".join(parts) + p.rect(p.ink, post, p.h * 0.1, 12, p.h)


def crosses(p: Pen) -> str:
    """Rows to the horizon, and one poppy."""
    sky, parts = p.h * 0.3, [p.rect(p.second, 0, p.h * 0.3, 240, p.h)]
    shift = p.rng.uniform(-16, 16)
    for row in range(4):
        k = 0.36 + row * 0.26
        y, n = sky + p.h * (0.08 + 0.17 * row), 7 - row
        for i in range(n):
            x, s = 120 + shift * k + (i - (n - 1) / 2) * 78 * k, 17 * k
            parts.append(
                p.path(
                    p.ink,
                    f"M{num(x - s * 0.2)} {num(y - s)}h{num(s * 0.4)}v{num(s * 0.5)}h{num(s * 0.6)}v{num(s * 0.4)}h{num(-s * 0.6)}v{num(s * 1.3)}h{num(-s * 0.4)}v{num(-s * 1.3)}h{num(-s * 0.6)}v{num(-s * 0.4)}h{num(s * 0.6)}z",
                )
            )
    x = p.rng.uniform(50, 190)
    return "".join(parts) + p.circle(p.accent, x, sky * 0.56, sky * 0.36)


def castle(p: Pen) -> str:
    x, foot, moon = p.rng.uniform(90, 150), p.h + 2, p.rng.choice((-52, 52))
    parts = [p.circle(p.accent, x + moon, p.h * 0.34, p.h * p.rng.uniform(0.2, 0.28))]
    for dx, top, w in (
        (0, 0.3, 20),
        (-44, 0.48, 15),
        (42, p.rng.uniform(0.4, 0.56), 16),
        (-80, 0.64, 12),
    ):
        cx, y = x + dx, p.h * top
        parts.append(p.rect(p.ink, cx - w, y, w * 2, foot - y))
        parts.append(p.poly(p.second, (cx - w - 5, y), (cx, y - p.h * 0.18), (cx + w + 5, y)))
    parts.append(p.rect(p.ink, x - 90, p.h * 0.78, 150, p.h * 0.24))
    parts.append(
        p.path(
            p.ground, f"M{num(x - 13)} {num(foot)}v{num(-p.h * 0.12)}a13 13 0 0 1 26 0V{num(foot)}z"
        )
    )
    return "".join(parts)


def crescent(p: Pen) -> str:
    x, y, r = p.rng.uniform(100, 140), p.h * 0.5, p.h * p.rng.uniform(0.36, 0.43)
    bite = p.rng.uniform(0.36, 0.5) * r
    stars = ""
    for fill, at, s in ((p.ink, 10, 19), (p.second, 70, 12), (p.ink, -62, 13)):
        sx, sy = polar(x + bite, y, r * p.rng.uniform(0.36, 0.6), at + p.rng.uniform(-12, 12))
        stars += p.star(fill, sx, sy, s, s * 0.36, 4)
    return (
        p.circle(p.accent, x, y, r) + p.circle(p.ground, x + bite, y - r * 0.12, r * 0.86) + stars
    )


def sword(p: Pen) -> str:
    """In the stone, still."""
    x, w = p.rng.uniform(100, 140), p.rng.uniform(9, 13)
    guard = p.h * p.rng.uniform(0.28, 0.34)
    stone = p.h * 0.72
    a = p.rng.uniform(-14, 14)
    return (
        p.circle(p.second, x, p.h * 0.44, p.h * 0.36)
        + p.turned(
            a, x, stone,
            p.poly(p.ink, (x - w, guard), (x + w, guard), (x + w, stone + 20), (x - w, stone + 20)),
            p.rounded(p.accent, x - 48, guard - 7, 96, 14, 7),
            p.rect(p.accent, x - 5, guard - p.h * 0.17, 10, p.h * 0.17),
            p.circle(p.accent, x, guard - p.h * 0.19, 11),
        )
        + p.poly(p.ink, (x - 120, p.h + 2), (x - 66, stone + 16), (x - 24, stone), (x + 34, stone + 6), (x + 76, stone + 26), (x + 110, p.h + 2))
    )  # fmt: skip


def crown(p: Pen) -> str:
    n, w, y = p.rng.choice((3, 5)), 88, p.h * 0.76
    top, dip = p.h * p.rng.uniform(0.26, 0.34), p.h * 0.54
    corners, balls = [(120 - w, y)], ""
    for i in range(n):
        x = 120 - w * 1.1 + (i + 0.5) * w * 2.2 / n
        high = top + abs(i - (n - 1) / 2) * 9
        corners.append((x, high))
        balls += p.circle(p.accent if i % 2 == 0 else p.second, x, high - 5, 10)
        if i < n - 1:
            corners.append((120 - w * 1.1 + (i + 1) * w * 2.2 / n, dip))
    band = p.rect(p.accent, 120 - w, y + 5, 2 * w, p.h * 0.07)
    gems = "".join(p.circle(p.ground, 120 + s * 44, y - 18, 8) for s in (-1, 0, 1))
    return p.turned(
        p.rng.uniform(-12, 12), 120, y, p.poly(p.ink, *corners, (120 + w, y)), balls, band, gems
    )


def great_tree(p: Pen) -> str:
    x, y = p.rng.uniform(100, 140), p.h * 0.4
    n, turn = p.rng.randint(5, 7), p.rng.uniform(0, 70)
    trunk = (
        f"M{num(x - 34)} {num(p.h + 2)}Q{num(x - 8)} {num(p.h * 0.9)} {num(x - 2)} {num(y - p.h * 0.16)}"
        f"h4Q{num(x + 8)} {num(p.h * 0.9)} {num(x + 34)} {num(p.h + 2)}z"
    )
    crown = "".join(
        p.circle(
            (p.accent, p.second)[i % 2],
            *polar(x, y, p.h * 0.22, turn + i * 360 / n),
            p.h * p.rng.uniform(0.13, 0.18),
        )
        for i in range(n)
    )
    fruit = "".join(p.circle(p.ink, *polar(x, y, p.h * 0.24, turn + i * 120), 6) for i in range(3))
    return p.circle(p.accent, x, y, p.h * 0.26) + crown + p.path(p.ink, trunk) + fruit


def tags(p: Pen) -> str:
    """Two tags on a chain."""
    x, w = p.rng.uniform(100, 140), p.h * 0.3
    top, lines = p.h * 0.34, p.rng.uniform(-14, -4)
    chain = p.line(
        p.second,
        5,
        f"M{num(x - 60)} -4Q{num(x - 10)} {num(p.h * 0.2)} {num(x)} {num(top + 14)}Q{num(x + 10)} {num(p.h * 0.2)} {num(x + 60)} -4",
    )
    marks = "".join(
        p.rect(p.ground, x - w * 0.32, top + p.h * (0.2 + 0.07 * i), w * (0.64, 0.44, 0.56)[i], 6)
        for i in range(3)
    )
    hole = p.circle(p.ground, x, top + 16, 6)
    back = p.turned(lines + 30, x, top, p.rounded(p.accent, x - w / 2, top, w, p.h * 0.48, w / 2))
    return (
        chain
        + back
        + p.turned(
            lines, x, top, p.rounded(p.ink, x - w / 2, top, w, p.h * 0.48, w / 2), marks, hole
        )
    )


WAR = (helmet, squadron, barbed_wire, crosses, tags)
FANTASY = (castle, crescent, sword, crown, great_tree)
