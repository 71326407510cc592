"""Motifs for thrillers: something turns, something watches, one thing is out of line."""

from movies.posters.drawn.shapes import Pen, num, polar


def spiral(p: Pen) -> str:
    """Arcs of growing radius around a restless centre."""
    x, y = p.rng.uniform(90, 170), p.h * p.rng.uniform(0.4, 0.6)
    step, d = p.rng.uniform(9, 14), f"M{num(x)} {num(y)}"
    side = 1
    for i in range(1, 2 + int(190 / step)):
        side = -side
        d += f"a{num(step * i)} {num(step * i)} 0 0 1 {num(side * step * 2 * i)} 0"
    return p.line(p.ink, step * 0.55, d) + p.circle(p.accent, x, y, step * 1.3)


def eye(p: Pen) -> str:
    x, y, r = p.rng.uniform(95, 145), p.h * p.rng.uniform(0.45, 0.55), p.h * 0.27
    lid = p.h * 0.62
    gaze = p.rng.uniform(-0.3, 0.3) * r
    almond = f"M-20 {num(y)}Q120 {num(y - lid)} 260 {num(y)}Q120 {num(y + lid)} -20 {num(y)}z"
    return (
        p.path(p.ink, almond)
        + p.circle(p.accent, x, y, r)
        + p.circle(p.ink, x + gaze, y, r * 0.52)
        + p.circle(p.ground, x + gaze + r * 0.18, y - r * 0.2, r * 0.14)
    )


def blinds(p: Pen) -> str:
    """Slats, and one of them out of line."""
    n = p.rng.randint(6, 9)
    step = p.h / n
    odd, tilt = p.rng.randint(1, n - 2), p.rng.choice((-9, -6, 6, 9))
    slats = [p.rect(p.ink, 0, i * step, 240, step * 0.58) for i in range(n) if i != odd]
    bent = p.rect(p.accent, -20, odd * step, 280, step * 0.58)
    return "".join(slats) + p.turned(tilt, 120, (odd + 0.3) * step, bent)


def corridor(p: Pen) -> str:
    """Doors within doors; somebody left the last one open."""
    x, y = p.rng.uniform(70, 170), p.h * p.rng.uniform(0.5, 0.75)
    n = p.rng.randint(4, 6)
    parts = []
    for i in range(n):
        k = 1 - i / n
        fill = p.ink if i % 2 == 0 else p.ground
        left, right = x - (x - 10) * k, x + (230 - x) * k
        top = y - (y - 6) * k
        parts.append(p.rect(fill, left, top, right - left, y + (p.h - y) * k - top + 1))
    door = p.h * 0.22
    parts.append(p.rect(p.accent, x - door * 0.22, y - door * 0.4, door * 0.44, door))
    return "".join(parts)


def keyhole(p: Pen) -> str:
    x, y, r = p.rng.uniform(90, 150), p.h * 0.38, p.h * p.rng.uniform(0.2, 0.26)
    spread = p.rng.uniform(0.9, 1.3) * r
    neck, foot = r * 0.45, p.h + 2
    return (
        p.circle(p.accent, x, p.h * 0.52, p.h * 0.62)
        + p.circle(p.ink, x, y, r)
        + p.poly(p.ink, (x - neck, y), (x + neck, y), (x + spread, foot), (x - spread, foot))
        + p.circle(p.second, x + r * 0.3, y, r * 0.16)
    )


def shards(p: Pen) -> str:
    """A pane struck at one point."""
    x, y = p.rng.uniform(90, 160), p.h * p.rng.uniform(0.4, 0.6)
    n = p.rng.randint(7, 10)
    start, parts = p.rng.uniform(0, 40), []
    for i in range(n):
        at = start + i * 360 / n + p.rng.uniform(-8, 8)
        wide = p.rng.uniform(8, 15)
        fill = p.accent if i in (1, 4) else p.second if i == 6 else p.ink
        tip = polar(x, y, p.rng.uniform(14, 40), at)
        parts.append(p.poly(fill, tip, polar(x, y, 290, at - wide), polar(x, y, 290, at + wide)))
    return "".join(parts)


MOTIFS = (spiral, eye, blinds, corridor, keyhole, shards)
