# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for action films: diagonals, explosions, speed."""

from movies.posters.drawn.shapes import Pen, num, polar


def burst(p: Pen) -> str:
    x, y = p.rng.uniform(90, 150), p.h * p.rng.uniform(0.44, 0.54)
    tips, r = p.rng.randint(9, 13), p.h * 0.56
    turn = p.rng.uniform(0, 30)
    return (
        p.star(p.ink, x, y, r * 1.2, r * 0.66, tips, turn)
        + p.star(p.accent, x, y, r * 0.82, r * 0.44, tips, turn + 12)
        + p.circle(p.second, x, y, r * 0.24)
    )


def speed(p: Pen) -> str:
    """A ball, and where it was a moment ago."""
    y, r = p.h * p.rng.uniform(0.32, 0.46), p.h * p.rng.uniform(0.17, 0.23)
    x, n, parts = p.rng.uniform(160, 186), p.rng.randint(5, 7), []
    for i in range(n):
        band = 2 * r / n
        start = p.rng.uniform(-60, 90)
        parts.append(
            p.rect((p.ink, p.second, p.ink)[i % 3], start, y - r + i * band, x - start, band * 0.62)
        )
    return p.turned(p.rng.choice((-24, -18, 18)), x, y, *parts, p.circle(p.accent, x, y, r))


def chevrons(p: Pen) -> str:
    n, w = p.rng.randint(3, 5), p.rng.uniform(26, 36)
    reach, y, parts = p.h * 0.44, p.h * 0.5, []
    hot = p.rng.randint(0, n - 1)
    for i in range(n):
        x = i * (w + 24) - 24
        fill = p.accent if i == hot else p.ink
        parts.append(
            p.poly(
                fill,
                (x, y - reach),
                (x + w, y - reach),
                (x + w + 60, y),
                (x + w, y + reach),
                (x, y + reach),
                (x + 60, y),
            )
        )
    return "".join(parts)


def bomb(p: Pen) -> str:
    x, r = p.rng.uniform(90, 130), p.h * p.rng.uniform(0.29, 0.34)
    y = p.h * 0.95 - r
    sx, sy = x + r * 1.15, y - r * 1.25
    fuse = f"M{num(x + r * 0.6)} {num(y - r * 0.75)}Q{num(x + r * 0.7)} {num(y - r * 1.5)} {num(sx)} {num(sy)}"
    return (
        p.line(p.ink, 6, fuse)
        + p.turned(38, x, y, p.rect(p.ink, x - r * 0.25, y - r * 1.16, r * 0.5, r * 0.4))
        + p.circle(p.ink, x, y, r)
        + p.path(
            p.second,
            f"M{num(x - r * 0.62)} {num(y)}a{num(r * 0.62)} {num(r * 0.62)} 0 0 1 {num(r * 0.62)} {num(-r * 0.62)}v{num(r * 0.16)}a{num(r * 0.46)} {num(r * 0.46)} 0 0 0 {num(-r * 0.46)} {num(r * 0.46)}z",
        )
        + p.star(p.accent, sx, sy, r * 0.52, r * 0.18, p.rng.randint(7, 9))
    )


def rounds(p: Pen) -> str:
    """A belt of cartridges, one of them already hot."""
    n = p.rng.randint(4, 6)
    step = 240 / n
    w, top = step * 0.6, p.h * p.rng.uniform(0.16, 0.3)
    hot, parts = p.rng.randint(0, n - 1), []
    for i in range(n):
        x, y = i * step + step * 0.2, top + (i % 2) * p.h * 0.06
        fill = p.accent if i == hot else p.ink
        parts.append(
            p.path(
                fill,
                f"M{num(x)} {num(p.h * 0.8)}V{num(y + w)}q0-{num(w * 0.75)} {num(w / 2)}-{num(w)}q{num(w / 2)} {num(w * 0.25)} {num(w / 2)} {num(w)}V{num(p.h * 0.8)}z",
            )
        )
        parts.append(p.rect(fill, x - 2, p.h * 0.83, w + 4, p.h * 0.06))
    return p.rect(p.second, 0, p.h * 0.5, 240, p.h * 0.17) + "".join(parts)


def tower(p: Pen) -> str:
    """Looking up at two walls, with one window lit."""
    x, top, n = p.rng.uniform(100, 140), p.h * 0.04, p.rng.randint(5, 6)
    hot, parts = p.rng.randint(0, 2 * n - 1), []
    parts.append(p.poly(p.ink, (x, top), (x - 34, top + 14), (x - 112, p.h + 2), (x, p.h + 2)))
    parts.append(p.poly(p.second, (x, top), (x + 26, top + 18), (x + 84, p.h + 2), (x, p.h + 2)))
    for i in range(2 * n):
        k = 0.14 + (i // 2) * 0.8 / n
        y, wide, high = top + (p.h - top) * k, 34 + 78 * k, p.h * (0.035 + 0.05 * k)
        left = x - wide * (0.84, 0.42)[i % 2]
        slope = high * 0.32
        fill = p.accent if i == hot else p.ground
        parts.append(
            p.poly(
                fill,
                (left, y + slope),
                (left + wide * 0.28, y),
                (left + wide * 0.28, y + high),
                (left, y + high + slope),
            )
        )
    return "".join(parts)


def arrows(p: Pen) -> str:
    """One goes the other way."""
    n = p.rng.randint(3, 4)
    parts, band = [], p.h / n
    odd = p.rng.randint(0, n - 1)
    for i in range(n):
        y, t = band * (i + 0.5), band * 0.36
        tip, tail = p.rng.uniform(150, 225), p.rng.uniform(-40, 30)
        fill = p.ink
        if i == odd:
            tip, tail, fill = 240 - tip, 260, p.accent
        back = -t * 1.1 if tip > tail else t * 1.1
        parts.append(
            p.poly(
                fill,
                (tip, y),
                (tip + back, y - t),
                (tip + back, y - t * 0.45),
                (tail, y - t * 0.45),
                (tail, y + t * 0.45),
                (tip + back, y + t * 0.45),
                (tip + back, y + t),
            )
        )
    return "".join(parts)


def crossing(p: Pen) -> str:
    """Two beams cross; somebody stands where they meet."""
    x, y = p.rng.uniform(80, 160), p.h * p.rng.uniform(0.5, 0.66)
    a, spread = p.rng.uniform(28, 44), 9
    beams = []
    for fill, angle in ((p.second, 180 + a), (p.accent, 360 - a * 0.8)):
        beams.append(
            p.poly(
                fill,
                polar(x, y, 40, angle + 180),
                polar(x, y, 300, angle - spread),
                polar(x, y, 300, angle + spread),
            )
        )
    return (
        "".join(beams)
        + p.circle(p.ink, x, y, p.h * 0.2)
        + p.star(p.ground, x, y, p.h * 0.13, p.h * 0.05, 5)
        + p.rect(p.ink, 0, p.h * 0.9, 240, p.h * 0.1 + 1)
    )


MOTIFS = (burst, speed, chevrons, bomb, rounds, tower, arrows, crossing)
