# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for horror films and thrillers: teeth, claws, watching eyes, one thing out of line."""

from movies.posters.drawn.shapes import Pen, num, polar


def claws(p: Pen) -> str:
    n, parts = p.rng.randint(3, 5), []
    step, lean = 200 / n, p.rng.uniform(30, 70)
    for i in range(n):
        x, w = 34 + step * (i + 0.35), p.rng.uniform(9, 15)
        top, foot = p.rng.uniform(-10, p.h * 0.14), p.h * p.rng.uniform(0.8, 0.99)
        d = f"M{num(x + lean)} {num(top)}Q{num(x + w)} {num(p.h * 0.5)} {num(x - lean * 0.5)} {num(foot)}Q{num(x - w)} {num(p.h * 0.45)} {num(x + lean)} {num(top)}z"
        parts.append(p.path(p.accent if i == n // 2 else p.ink, d))
    return "".join(parts)


def jaws(p: Pen) -> str:
    n = p.rng.randint(4, 6)
    w, gape = 240 / n, p.h * p.rng.uniform(0.4, 0.5)
    upper = lower = ""
    for i in range(n):
        tip, base = p.rng.uniform(0.55, 1) * gape, p.h * 0.1
        upper += f"M{num(i * w)} {num(base)}h{num(w)}l{num(-w / 2)} {num(tip)}z"
        lower += (
            f"M{num((i - 0.5) * w)} {num(p.h * 0.94)}h{num(w)}l{num(-w / 2)} {num(-tip * 0.8)}z"
        )
    last = f"M{num(240 - w / 2)} {num(p.h * 0.94)}h{num(w)}l{num(-w / 2)} {num(-gape * 0.5)}z"
    return (
        p.rect(p.accent, 0, 0, 240, p.h + 1)
        + p.circle(p.second, 120, p.h * 0.5, p.h * 0.2)
        + p.path(p.ink, upper + lower + last)
        + p.rect(p.ink, 0, 0, 240, p.h * 0.105)
        + p.rect(p.ink, 0, p.h * 0.93, 240, p.h * 0.08)
    )


def house(p: Pen) -> str:
    """A house nobody should have bought, with one light on."""
    x, hill = p.rng.uniform(96, 144), p.h * 0.8
    w, lean = p.h * 0.15, p.rng.uniform(-9, 9)
    eave, top = p.h * 0.46, p.h * p.rng.uniform(0.2, 0.26)
    moon = x + p.rng.choice((-46, 46))
    walls = p.poly(
        p.ink, (x - w, hill + 9), (x - w + lean, eave), (x + w + lean, eave), (x + w, hill + 9)
    )
    roof = p.poly(
        p.ink, (x - w * 1.3 + lean, eave + 2), (x + lean * 2, top), (x + w * 1.3 + lean, eave + 2)
    )
    chimney = p.rect(p.ink, x + w * 0.5 + lean, top + 4, w * 0.26, p.h * 0.2)
    windows = "".join(
        p.rect(fill, x + lean * 0.6 + dx * w, eave + p.h * dy, w * 0.34, p.h * 0.09)
        for fill, dx, dy in ((p.accent, -0.64, 0.05), (p.ground, 0.3, 0.05), (p.ground, -0.64, 0.2))
    )
    door = p.rect(p.ground, x + w * 0.2, hill - p.h * 0.12, w * 0.44, p.h * 0.14)
    ground = f"M-4 {num(p.h + 2)}V{num(hill + 16)}Q{num(x)} {num(hill - 24)} 244 {num(hill + 16)}V{num(p.h + 2)}z"
    return (
        p.circle(p.accent, moon, p.h * 0.33, p.h * 0.27)
        + walls
        + roof
        + chimney
        + windows
        + door
        + p.path(p.ink, ground)
    )


def drips(p: Pen) -> str:
    n = p.rng.randint(6, 8)
    w = 240 / n
    d = f"M0 0v{num(p.h * 0.12)}"
    for _ in range(n):
        deep = p.h * p.rng.uniform(0.08, 0.62)
        r = w * 0.3
        gap = (w - 2 * r) / 2
        d += f"a{num(gap / 2)} {num(gap / 2)} 0 0 1 {num(gap)} 0v{num(deep)}a{num(r)} {num(r)} 0 0 0 {num(2 * r)} 0v{num(-deep)}"
        d += f"a{num(gap / 2)} {num(gap / 2)} 0 0 1 {num(gap)} 0"
    x = w * (p.rng.randint(1, n - 2) + 0.5)
    drop = f"M{num(x)} {num(p.h * 0.78)}c-{num(w * 0.1)} 12-{num(w * 0.36)} 20-{num(w * 0.36)} 32a{num(w * 0.36)} {num(w * 0.36)} 0 0 0 {num(w * 0.72)} 0c0-12-{num(w * 0.26)}-20-{num(w * 0.36)}-32z"
    return p.path(p.accent, d + "V0z") + p.path(p.ink, drop)


def watchers(p: Pen) -> str:
    """Pairs of eyes where nothing else is seen."""
    parts, row, y = [], 0, p.h * 0.12
    while y < p.h * 0.9:
        r = p.rng.uniform(9, 19)
        x = p.rng.uniform(44, 84) + (row % 2) * 106
        fill = p.accent if row % 3 == 1 else p.ink
        for s in (-1, 1):
            cx = x + s * r * 1.2
            parts.append(p.circle(fill, cx, y, r))
            parts.append(p.ellipse(p.ground, cx - s * r * 0.2, y, r * 0.2, r * 0.66))
        row, y = row + 1, y + r + p.h * 0.09
    return "".join(parts)


def hand(p: Pen) -> str:
    """Out of the ground."""
    x, w = p.rng.uniform(84, 116), p.h * 0.085
    lengths = (0.3, 0.42, 0.47, 0.4)
    fingers = "".join(
        p.turned((i - 1.5) * 7, x + i * w * 1.1, p.h * 0.7,
                 p.rounded(p.ink, x + i * w * 1.12 - w / 2, p.h * (0.66 - k * p.rng.uniform(0.8, 1.05)), w, p.h * k, w / 2))
        for i, k in enumerate(lengths)
    )  # fmt: skip
    thumb = p.turned(
        48, x + w * 4, p.h * 0.78, p.rounded(p.ink, x + w * 3.4, p.h * 0.46, w, p.h * 0.36, w / 2)
    )
    return (
        p.circle(p.accent, 120 + p.rng.uniform(-30, 30), p.h * 0.42, p.h * 0.36)
        + fingers
        + thumb
        + p.rounded(p.ink, x - w * 0.6, p.h * 0.56, w * 4.6, p.h * 0.6, w)
        + p.rect(p.second, 0, p.h * 0.93, 240, p.h * 0.07 + 1)
    )


def skull(p: Pen) -> str:
    x, y, r = 120, p.h * 0.42, p.h * p.rng.uniform(0.32, 0.37)
    tilt, eye = p.rng.uniform(-14, 14), p.rng.uniform(0.22, 0.3)
    teeth = "".join(
        p.rect(p.ground, x - r * 0.42 + i * r * 0.24, y + r * 1.02, r * 0.08, r * 0.4)
        for i in range(4)
    )
    return p.turned(
        tilt, x, y,
        p.circle(p.ink, x, y, r),
        p.rounded(p.ink, x - r * 0.6, y + r * 0.5, r * 1.2, r * 0.92, r * 0.16),
        p.circle(p.accent, x - r * 0.4, y + r * 0.14, r * eye),
        p.circle(p.accent, x + r * 0.4, y + r * 0.14, r * (0.52 - eye)),
        p.poly(p.ground, (x, y + r * 0.44), (x - r * 0.13, y + r * 0.7), (x + r * 0.13, y + r * 0.7)),
        teeth,
    )  # fmt: skip


def knife(p: Pen) -> str:
    tilt, x = p.rng.uniform(14, 38), p.rng.uniform(110, 135)
    blade = f"M{num(x - 17)} {num(p.h * 0.98)}V{num(p.h * 0.3)}H{num(x + 17)}V{num(p.h * 0.8)}z"
    drop = p.circle(p.accent, x - 64, p.h * 0.84, p.h * 0.05)
    return (
        p.poly(p.accent, (-2, -2), (242, -2), (242, p.h * 0.2), (-2, p.h * p.rng.uniform(0.34, 0.5)))
        + p.turned(
            tilt, x, p.h * 0.45,
            p.path(p.ink, blade),
            p.rounded(p.second if p.second != p.accent else p.ink, x - 14, -p.h * 0.16, 28, p.h * 0.42, 6),
            p.rect(p.ink, x - 22, p.h * 0.25, 44, p.h * 0.05),
        )
        + drop
    )  # fmt: skip


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


HORROR = (claws, jaws, house, drips, watchers, hand, skull, knife)
THRILLER = (spiral, eye, blinds, corridor, keyhole, shards)
