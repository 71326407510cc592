# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for dramas: few things, far apart."""

from movies.posters.drawn.shapes import Pen, num, polar


def door_ajar(p: Pen) -> str:
    """Light through a door, along the floor."""
    x, w = p.rng.uniform(80, 140), p.rng.uniform(34, 52)
    top, floor = p.h * 0.14, p.h * 0.62
    spread = p.rng.uniform(50, 110)
    return (
        p.rect(p.ink, 0, 0, 240, floor)
        + p.poly(
            p.accent,
            (x, floor),
            (x + w, floor),
            (x + w + spread, p.h + 1),
            (x - spread * 0.3, p.h + 1),
        )
        + p.rect(p.accent, x, top, w, floor - top)
        + p.poly(
            p.second, (x + w, top), (x + w + 26, top - 14), (x + w + 26, floor + 18), (x + w, floor)
        )
    )


def low_sun(p: Pen) -> str:
    """Half a sun and what the water makes of it."""
    x, r, y = p.rng.uniform(70, 170), p.h * p.rng.uniform(0.28, 0.36), p.h * 0.6
    n = p.rng.randint(4, 5)
    bars = []
    for i in range(n):
        w = r * (1.9 - i * 0.36) * p.rng.uniform(0.9, 1.15)
        h = p.h * 0.035 + i * 0.8
        bars.append(
            p.rect((p.ink, p.accent)[i % 2], x - w / 2, y + p.h * 0.05 + i * p.h * 0.075, w, h)
        )
    return p.half(p.accent, x, y, r) + p.rect(p.ink, 0, y, 240, 3) + "".join(bars)


def apart(p: Pen) -> str:
    """Two people, and the ground between them."""
    y = p.h * 0.97
    left, right = p.rng.uniform(34, 60), p.rng.uniform(176, 208)
    tall = p.h * p.rng.uniform(0.5, 0.62)
    short = tall * p.rng.uniform(0.6, 0.8)
    return (
        p.circle(p.second, 120, p.h * 0.42, p.h * 0.27)
        + _figure(p, p.ink, left, y, tall)
        + _figure(p, p.accent, right, y, short)
        + p.rect(p.ink, 0, y - 1, 240, p.h * 0.03 + 2)
    )


def _figure(p: Pen, fill: str, x: float, foot: float, tall: float) -> str:
    w, head = tall * 0.15, tall * 0.095
    neck = foot - tall + head * 2.15
    body = p.poly(fill, (x - w * 0.45, neck), (x + w * 0.45, neck), (x + w, foot), (x - w, foot))
    return body + p.circle(fill, x, foot - tall + head, head)


def stairs(p: Pen) -> str:
    n = p.rng.randint(5, 8)
    w, h = 240 / n, p.h * 0.82 / n
    d = f"M0 {num(p.h + 2)}"
    for i in range(n):
        d += f"V{num(p.h - h * (n - i))}h{num(w)}"
    at = p.rng.randint(1, n - 2)
    foot = p.h - h * (n - at)
    return (
        p.circle(p.second, 190, p.h * 0.26, p.h * 0.17)
        + p.path(p.ink, d + f"V{num(p.h + 2)}z")
        + _figure(p, p.accent, w * (at + 0.5), foot, p.h * 0.26)
    )


def bare_tree(p: Pen) -> str:
    x = p.rng.uniform(90, 150)
    sun = p.rng.choice((-1, 1))
    d, y = f"M{num(x)} {num(p.h + 4)}V{num(p.h * 0.16)}", p.h * 0.72
    side = p.rng.choice((-1, 1))
    while y > p.h * 0.3:
        reach, rise = (y - p.h * 0.08) * p.rng.uniform(0.45, 0.7), p.h * p.rng.uniform(0.14, 0.2)
        twig = reach * 0.55
        d += f"M{num(x)} {num(y)}l{num(side * reach)} {num(-rise)}"
        d += f"M{num(x + side * twig)} {num(y - rise * 0.55)}v{num(-rise * 0.9)}"
        side, y = -side, y - p.h * 0.095
    disc = p.circle(p.accent, x + sun * 62, p.h * 0.36, p.h * p.rng.uniform(0.2, 0.28))
    return disc + p.line(p.ink, 7, d) + p.rect(p.second, 0, p.h * 0.95, 240, p.h * 0.05 + 1)


def empty_chair(p: Pen) -> str:
    """A chair, and the light that waits for somebody."""
    x, w, t = p.rng.uniform(78, 108), p.h * 0.3, p.h * 0.042
    foot, seat, top = p.h * 0.93, p.h * 0.62, p.h * 0.22
    light = p.circle(
        p.accent, x + w * p.rng.uniform(0.4, 0.9), p.h * 0.44, p.h * p.rng.uniform(0.3, 0.38)
    )
    frame = (
        f"M{num(x)} {num(top)}L{num(x + 6)} {num(seat)}L{num(x - 4)} {num(foot)}"
        f"M{num(x)} {num(seat)}H{num(x + w)}L{num(x + w + 6)} {num(foot)}"
        f"M{num(x + w * 0.3)} {num(top - 8)}L{num(x + w * 0.3 + 4)} {num(seat - 8)}M{num(x)} {num(top)}l{num(w * 0.3)} -8"
        f"M{num(x + 2)} {num(top + p.h * 0.14)}l{num(w * 0.3)} -8"
    )
    return (
        light
        + p.rect(p.second, 0, foot - 2, 240, p.h - foot + 3)
        + p.line(p.ink, t, frame, round_ends=True)
    )


def road(p: Pen) -> str:
    x, y = p.rng.uniform(70, 170), p.h * p.rng.uniform(0.34, 0.46)
    parts = [
        p.circle(p.accent, x + p.rng.choice((-60, 50)), y * 0.62, y * 0.36),
        p.rect(p.second, 0, y, 240, p.h - y + 1),
        p.poly(p.ink, (x - 5, y), (x + 5, y), (x + 150, p.h + 2), (x - 110, p.h + 2)),
    ]
    for near, far in ((0.12, 0.22), (0.32, 0.5), (0.64, 0.9)):
        ends = [(x + 20 * k, y + (p.h - y) * k, 8 * k) for k in (near, far)]
        (xa, ya, wa), (xb, yb, wb) = ends
        parts.append(p.poly(p.ground, (xa - wa, ya), (xa + wa, ya), (xb + wb, yb), (xb - wb, yb)))
    return "".join(parts)


def torn(p: Pen) -> str:
    """Three torn sheets, one over the other."""
    parts, n = [], 6
    for i, fill in enumerate((p.second, p.accent, p.ink)):
        edge = p.h * (0.18 + 0.26 * i)
        slope = p.rng.uniform(-0.3, 0.3) * p.h
        corners = [
            (240 * k / n, edge + slope * (k / n - 0.5) + p.rng.uniform(-13, 13))
            for k in range(n + 1)
        ]
        parts.append(p.poly(fill, (-2, p.h + 2), (-2, corners[0][1]), *corners, (242, p.h + 2)))
    return "".join(parts)


def leaning(p: Pen) -> str:
    """Two slabs that would fall without each other."""
    x, y = p.rng.uniform(105, 135), p.h * p.rng.uniform(0.14, 0.26)
    w = p.rng.uniform(30, 46)
    foot = p.h + 2
    moon = polar(x, y, p.h * 0.42, p.rng.choice((40, 140)))
    return (
        p.circle(p.second, moon[0], moon[1], p.h * 0.2)
        + p.poly(p.ink, (x, y), (x + w * 0.3, y + w), (x - 62 + w, foot), (x - 70 - w, foot))
        + p.poly(p.accent, (x, y), (x + w, y + w), (x + 84 + w, foot), (x + 84 - w, foot))
    )


MOTIFS = (door_ajar, low_sun, apart, stairs, bare_tree, empty_chair, road, torn, leaning)
