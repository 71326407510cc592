# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for romances: pairs."""

from math import sqrt

from movies.posters.drawn.shapes import Pen, num, polar


def overlap(p: Pen) -> str:
    """Two discs, and the lens they share."""
    r, y = p.h * p.rng.uniform(0.33, 0.4), p.h * p.rng.uniform(0.46, 0.54)
    off = r * p.rng.uniform(0.45, 0.7)
    tall = sqrt(r * r - off * off)
    lens = f"M120 {num(y - tall)}A{num(r)} {num(r)} 0 0 1 120 {num(y + tall)}A{num(r)} {num(r)} 0 0 1 120 {num(y - tall)}z"
    return (
        p.circle(p.ink, 120 - off, y, r)
        + p.circle(p.accent, 120 + off, y, r)
        + p.path(p.second, lens)
    )


def _heart(x: float, y: float, s: float) -> str:
    """Path of a heart as wide as 2s, its notch at (x, y)."""
    return (
        f"M{num(x)} {num(y)}c{num(-s * 0.35)} {num(-s * 0.75)} {num(-s)} {num(-s * 0.55)} {num(-s)} {num(s * 0.1)}"
        f"c0 {num(s * 0.55)} {num(s * 0.6)} {num(s * 0.9)} {num(s)} {num(s * 1.3)}"
        f"c{num(s * 0.4)} {num(-s * 0.4)} {num(s)} {num(-s * 0.75)} {num(s)} {num(-s * 1.3)}"
        f"c0 {num(-s * 0.65)} {num(-s * 0.65)} {num(-s * 0.85)} {num(-s)} {num(-s * 0.1)}z"
    )


def great_heart(p: Pen) -> str:
    x, s = p.rng.uniform(90, 150), p.h * p.rng.uniform(0.44, 0.54)
    y = p.h * 0.32
    small = s * p.rng.uniform(0.26, 0.4)
    return p.path(p.accent, _heart(x, y, s)) + p.path(
        p.ink, _heart(x + s * 0.3, y + s * 0.3, small)
    )


def rose(p: Pen) -> str:
    x, y, r = p.rng.uniform(95, 145), p.h * 0.36, p.h * p.rng.uniform(0.26, 0.31)
    turn = p.rng.uniform(0, 360)
    petals, fills = [p.circle(p.accent, x, y, r)], (p.ink, p.accent, p.second, p.accent)
    for i, fill in enumerate(fills):
        k = 0.76 - i * 0.19
        cx, cy = polar(x, y, r * 0.13, turn + i * 140)
        petals.append(p.circle(fill, cx, cy, r * k))
    bend = p.rng.choice((-1, 1)) * 20
    stem = p.line(
        p.ink,
        7,
        f"M{num(x)} {num(y)}Q{num(x + bend)} {num(p.h * 0.75)} {num(x + bend)} {num(p.h + 4)}",
    )
    ly, s = p.h * 0.82, 1 if bend > 0 else -1
    leaf = f"M{num(x + bend * 0.9)} {num(ly)}q{num(-s * 20)} {num(-50)} {num(-s * 74)} {num(-44)}q{num(s * 12)} 44 {num(s * 74)} 44z"
    return stem + p.path(p.ink, leaf) + "".join(petals)


def moonlight(p: Pen) -> str:
    x, r, sea = p.rng.uniform(70, 170), p.h * p.rng.uniform(0.2, 0.27), p.h * 0.62
    waves = []
    for i in range(p.rng.randint(4, 6)):
        w, y = p.rng.uniform(30, 90), sea + (i + 0.6) * p.h * 0.065
        waves.append(p.rounded(p.accent, x - w / 2 + p.rng.uniform(-12, 12), y, w, 5, 2.5))
    boat, bx = sea + 2, x + p.rng.choice((-70, 70))
    sail = p.poly(p.second, (bx, boat - 34), (bx + 22, boat - 4), (bx, boat - 4))
    return (
        p.circle(p.accent, x, p.h * 0.34, r)
        + p.rect(p.ink, 0, sea, 240, p.h - sea + 1)
        + sail
        + "".join(waves)
    )


def letter(p: Pen) -> str:
    w, tilt = p.rng.uniform(150, 180), p.rng.uniform(-14, 14)
    h, x, y = w * 0.66, 120 - w / 2, p.h * 0.5 - w * 0.33
    flap = p.rng.uniform(0.55, 0.65) * h
    return p.turned(
        tilt, 120, p.h * 0.5,
        p.rect(p.second, x + 9, y + 9, w, h),
        p.rect(p.ink, x, y, w, h),
        p.line(p.ground, 3, f"M{num(x)} {num(y)}L120 {num(y + flap)} {num(x + w)} {num(y)}"),
        p.path(p.accent, _heart(120, y + flap - w * 0.07, w * 0.13)),
    )  # fmt: skip


def tulips(p: Pen) -> str:
    """Two flowers that lean to each other."""
    lean, parts = p.rng.uniform(22, 40), []
    for s, fill, k in ((-1, p.ink, p.rng.uniform(0.28, 0.4)), (1, p.accent, 0.3)):
        x, y, r = 120 + s * (58 - lean * 0.3), p.h * k, p.h * 0.15
        stem = f"M{num(x)} {num(y + r)}Q{num(120 + s * 84)} {num(p.h * 0.75)} {num(120 + s * 66)} {num(p.h + 3)}"
        cup = (
            f"M{num(x - r)} {num(y - r)}l{num(r * 0.5)} {num(r * 0.5)} {num(r * 0.5)} {num(-r * 0.7)} {num(r * 0.5)} {num(r * 0.7)}"
            f" {num(r * 0.5)} {num(-r * 0.5)}v{num(r)}a{num(r)} {num(r)} 0 0 1 {num(-2 * r)} 0z"
        )
        parts.append(p.line(p.second if p.second != p.ground else p.ink, 6, stem))
        parts.append(p.turned(-s * lean, x, y + r, p.path(fill, cup)))
    return "".join(parts)


def umbrella(p: Pen) -> str:
    """Rain, and room for two."""
    x, y, r = p.rng.uniform(105, 135), p.h * 0.6, p.h * p.rng.uniform(0.36, 0.42)
    drops, slant = "", p.rng.choice((-9, 9))
    for i in range(7):
        dx, dy = 18 + i * 34 + p.rng.uniform(-6, 6), p.rng.uniform(0, p.h * 0.3)
        drops += f"M{num(dx)} {num(dy)}l{slant} 30"
    scallop = r / 3
    d = f"M{num(x - r)} {num(y)}a{num(r)} {num(r)} 0 0 1 {num(2 * r)} 0"
    d += f"a{num(scallop)} {num(scallop * 0.6)} 0 0 0 {num(-2 * scallop)} 0" * 3
    return (
        p.line(p.second, 4, drops)
        + p.line(
            p.ink,
            6,
            f"M{num(x)} {num(y - r - 12)}V{num(p.h * 0.9)}a11 11 0 0 0 22 0",
            round_ends=True,
        )
        + p.path(p.accent, d + "z")
    )


def lips(p: Pen) -> str:
    w, y = p.rng.uniform(92, 112), p.h * p.rng.uniform(0.46, 0.54)
    t = p.h * p.rng.uniform(0.2, 0.26)
    tilt = p.rng.uniform(-16, 16)
    upper = (
        f"M{num(120 - w)} {num(y)}C{num(120 - w * 0.6)} {num(y - t * 0.5)} {num(120 - w * 0.4)} {num(y - t * 1.2)} 120 {num(y - t * 0.55)}"
        f"C{num(120 + w * 0.4)} {num(y - t * 1.2)} {num(120 + w * 0.6)} {num(y - t * 0.5)} {num(120 + w)} {num(y)}z"
    )
    lower = f"M{num(120 - w)} {num(y)}Q120 {num(y + t * 2.5)} {num(120 + w)} {num(y)}z"
    gap = f"M{num(120 - w)} {num(y)}Q{num(120 - w * 0.4)} {num(y - 12)} 120 {num(y + 4)}Q{num(120 + w * 0.4)} {num(y - 12)} {num(120 + w)} {num(y)}Q120 {num(y + 26)} {num(120 - w)} {num(y)}z"
    disc = p.circle(
        p.second,
        120 + p.rng.uniform(-70, 70),
        y + p.rng.uniform(-40, 40),
        p.h * p.rng.uniform(0.2, 0.38),
    )
    return disc + p.turned(tilt, 120, y, p.path(p.accent, upper + lower), p.path(p.ink, gap))


def bicycle(p: Pen) -> str:
    """For one, with room on the carrier."""
    r, y = p.h * p.rng.uniform(0.21, 0.25), p.h * 0.7
    a, b = 120 - r * 1.22, 120 + r * 1.22
    top, crank = y - r * 1.15, 120 - r * 0.1
    frame = (
        f"M{num(a)} {num(y)}L{num(120 - r * 0.5)} {num(top)}H{num(b - r * 0.4)}L{num(crank)} {num(y)}L{num(120 - r * 0.5)} {num(top)}"
        f"M{num(crank)} {num(y)}H{num(a)}M{num(b)} {num(y)}L{num(b - r * 0.55)} {num(top - r * 0.5)}h{num(r * 0.5)}"
        f"M{num(120 - r * 0.5)} {num(top)}l{num(-r * 0.1)} {num(-r * 0.3)}m{num(-r * 0.25)} 0h{num(r * 0.5)}"
    )
    sun = p.circle(p.second, 120 + p.rng.uniform(-40, 40), p.h * 0.42, p.h * 0.3)
    wheels = p.ring(p.ink, a, y, r, 6) + p.ring(p.ink, b, y, r, 6)
    bx, by = b - r * 0.1, top - r * 0.3
    return (
        sun
        + wheels
        + p.line(p.accent, 7, frame, round_ends=True)
        + p.path(p.accent, _heart(bx, by - r * 0.5, r * 0.3))
    )


def window_for_two(p: Pen) -> str:
    """Two lit windows in a dark wall, across from each other."""
    rows, parts = 4, [p.rect(p.ink, 0, 0, 240, p.h + 1)]
    first, second = (
        p.rng.randint(0, 1) * 4 + p.rng.randint(0, 1) * 8,
        p.rng.randint(2, 3) + 4 * p.rng.randint(1, 2),
    )
    for i in range(rows * 4):
        x, y = 22 + (i % 4) * 53, p.h * (0.07 + 0.235 * (i // 4))
        fill = p.accent if i in (first, second) else p.ground
        parts.append(p.rect(fill, x, y, 36, p.h * 0.165))
        if fill == p.accent:
            parts.append(
                p.circle(p.ink, x + 18, y + p.h * 0.085, 7)
                + p.half(p.ink, x + 18, y + p.h * 0.165, 13)
            )
    return "".join(parts)


MOTIFS = (
    overlap, great_heart, rose, moonlight, letter, tulips, umbrella, lips, bicycle, window_for_two,
)  # fmt: skip
