# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for animation and children's films: things that bounce, fly, float and pile up."""

from movies.posters.drawn.shapes import Pen, num, polar


def bounce(p: Pen) -> str:
    """A ball, and the way it came."""
    floor, r = p.h * 0.9, p.h * p.rng.uniform(0.15, 0.19)
    first, second = p.rng.uniform(54, 74), p.rng.uniform(120, 138)
    way = (
        f"M-8 {num(p.h * 0.3)}Q{num(first - 24)} {num(p.h * 0.3)} {num(first)} {num(floor)}"
        f"Q{num((first + second) / 2)} {num(p.h * 0.1)} {num(second)} {num(floor)}"
        f"Q{num(second + 22)} {num(p.h * 0.42)} {num(second + 44)} {num(p.h * 0.36)}"
    )
    return (
        p.line(p.second, 7, way)
        + p.rect(p.ink, 0, floor, 240, p.h - floor + 1)
        + p.circle(p.accent, second + 46, p.h * 0.36, r)
        + p.circle(p.ground, second + 46 - r * 0.34, p.h * 0.36 - r * 0.34, r * 0.2)
    )


def creature(p: Pen) -> str:
    """Somebody made of two shapes."""
    x, w, top = p.rng.uniform(100, 140), p.h * p.rng.uniform(0.27, 0.34), p.h * 0.28
    look, n = p.rng.uniform(-0.1, 0.1) * w, p.rng.randint(1, 3)
    body = f"M{num(x - w)} {num(p.h + 2)}V{num(top + w)}a{num(w)} {num(w)} 0 0 1 {num(2 * w)} 0V{num(p.h + 2)}z"
    eyes, r = "", w * (0.42, 0.34, 0.26)[n - 1]
    for i in range(n):
        ex = x + (i - (n - 1) / 2) * r * 2.2
        eyes += p.circle(p.ground, ex, top + w * 0.8, r) + p.circle(
            p.ink, ex + look, top + w * 0.8, r * 0.45
        )
    horns = "".join(
        p.poly(
            p.second,
            (x + s * w * 0.85, top + w * 0.7),
            (x + s * w * 0.3, top + w * 0.14),
            (x + s * w * 0.95, top - w * 0.4),
        )
        for s in (-1, 1)
    )
    smile = p.half(p.ink, x, top + w * 1.36, w * 0.36, up=False)
    return horns + p.path(p.accent, body) + eyes + smile


def pencil(p: Pen) -> str:
    x, w, tilt = 120, p.rng.uniform(40, 52), p.rng.uniform(22, 44)
    y = p.h * 0.62
    return p.line(p.second, 9, f"M-10 {num(p.h * 0.86)}q40-50 80 0t80 0 80 0 80 0") + p.turned(
        tilt, x, y,
        p.rect(p.accent, x - w / 2, -p.h * 0.5, w, p.h * 0.5 + y - 40),
        p.rect(p.ink, x - w / 6, -p.h * 0.5, w / 3, p.h * 0.5 + y - 40),
        p.poly(p.second, (x - w / 2, y - 40), (x + w / 2, y - 40), (x, y + 30)),
        p.poly(p.ink, (x - w * 0.17, y + 6), (x + w * 0.17, y + 6), (x, y + 30)),
    )  # fmt: skip


def pile(p: Pen) -> str:
    """Blocks in a tower that will not stand for long."""
    y, parts, n = p.h, [], 4
    size = p.h * 0.28
    fills = (p.ink, p.accent, p.second)
    for i in range(n):
        s = size * (1.05 - i * 0.09)
        x = 120 - s / 2 + p.rng.uniform(-20, 20)
        y -= s
        kind, fill = p.rng.randint(0, 2), fills[i % 3]
        mark = p.ground
        inner = (
            p.circle(mark, x + s / 2, y + s / 2, s * 0.28),
            p.star(mark, x + s / 2, y + s / 2, s * 0.36, s * 0.15, 5),
            p.rect(mark, x + s * 0.25, y + s * 0.25, s * 0.5, s * 0.5),
        )[kind]
        parts.append(p.rect(fill, x, y, s, s + 0.5) + inner)
    return "".join(parts)


def kite(p: Pen) -> str:
    x, y, s = p.rng.uniform(100, 150), p.h * 0.36, p.h * p.rng.uniform(0.27, 0.33)
    tail = f"M{num(x)} {num(y + s)}q-30 {num(p.h * 0.1)} 0 {num(p.h * 0.16)}t-10 {num(p.h * 0.22)}-40 {num(p.h * 0.2)}"
    return p.line(p.ink, 3, tail) + p.turned(
        p.rng.uniform(8, 30), x, y,
        p.poly(p.accent, (x, y - s), (x + s * 0.74, y), (x, y)),
        p.poly(p.ink, (x, y - s), (x - s * 0.74, y), (x, y)),
        p.poly(p.second, (x - s * 0.74, y), (x, y + s * 1.2), (x, y)),
        p.poly(p.ink, (x + s * 0.74, y), (x, y + s * 1.2), (x, y)),
    )  # fmt: skip


def paper_boat(p: Pen) -> str:
    x, sea, w = p.rng.uniform(105, 135), p.h * 0.7, p.rng.uniform(70, 88)
    tilt, wave = p.rng.uniform(-10, 10), "a20 20 0 0 0 40 0"
    boat = (
        p.poly(p.accent, (x - w * 0.5, sea - 30), (x, sea - 30 - w * 0.8), (x, sea - 30))
        + p.poly(p.second, (x + w * 0.5, sea - 30), (x, sea - 30 - w * 0.8), (x, sea - 30))
        + p.poly(
            p.accent,
            (x - w, sea - 34),
            (x + w, sea - 34),
            (x + w * 0.6, sea + 22),
            (x - w * 0.6, sea + 22),
        )
    )
    off = p.rng.uniform(-38, 0)
    return (
        p.circle(p.second, x + p.rng.choice((-76, 76)), p.h * 0.22, p.h * 0.13)
        + p.turned(tilt, x, sea, boat)
        + p.path(p.ink, f"M{num(off)} {num(sea)}{wave * 7}V{num(p.h + 2)}H-40z")
    )


def hot_air_balloon(p: Pen) -> str:
    x, y, r = p.rng.uniform(90, 150), p.h * 0.37, p.h * p.rng.uniform(0.29, 0.33)
    foot = y + r * 1.5
    bag = f"M{num(x - r)} {num(y)}a{num(r)} {num(r)} 0 0 1 {num(2 * r)} 0q0 {num(r * 0.6)} {num(-r * 0.7)} {num(r * 1.25)}h{num(-r * 0.6)}q{num(-r * 0.7)} {num(-r * 0.65)} {num(-r * 0.7)} {num(-r * 1.25)}z"
    gore = f"M{num(x - r * 0.45)} {num(y)}q0 {num(-r)} {num(r * 0.45)} {num(-r)}t{num(r * 0.45)} {num(r)}q0 {num(r * 0.7)} {num(-r * 0.3)} {num(r * 1.25)}h{num(-r * 0.3)}q{num(-r * 0.3)} {num(-r * 0.55)} {num(-r * 0.3)} {num(-r * 1.25)}z"
    cx = 240 - x + p.rng.uniform(-20, 20)
    cloud = p.rounded(p.second, cx - 60, p.h * 0.82, 110, 20, 10) + p.rounded(
        p.second, cx - 30, p.h * 0.82 - 14, 60, 30, 14
    )
    return (
        cloud
        + p.path(p.accent, bag)
        + p.path(p.ink, gore)
        + p.line(
            p.ink,
            2,
            f"M{num(x - r * 0.24)} {num(y + r * 1.2)}V{num(foot)}M{num(x + r * 0.24)} {num(y + r * 1.2)}V{num(foot)}",
        )
        + p.rounded(p.ink, x - r * 0.26, foot - 2, r * 0.52, r * 0.34, 4)
    )


def whale(p: Pen) -> str:
    x, y, r = p.rng.uniform(104, 124), p.h * 0.84, p.h * p.rng.uniform(0.36, 0.42)
    spout = "".join(f"M{num(x)} {num(y - r)}q0 -30 {s * 26} -30v10" for s in (-1, 1))
    tail_x = x + r * 1.02
    tail = f"M{num(x + r * 0.4)} {num(y)}q{num(r * 0.7)} 0 {num(r * 0.6)} {num(-r * 0.7)}q{num(-r * 0.36)} {num(-r * 0.04)} {num(-r * 0.36)} {num(-r * 0.4)}q{num(r * 0.4)} {num(-r * 0.04)} {num(r * 0.5)} {num(r * 0.2)}q{num(r * 0.06)} {num(-r * 0.3)} {num(r * 0.46)} {num(-r * 0.32)}q{num(r * 0.1)} {num(r * 0.4)} {num(-r * 0.26)} {num(r * 0.56)}q{num(r * 0.1)} {num(r * 0.66)} {num(-r * 0.4)} {num(r * 0.9)}z"
    return (
        p.line(p.second, 6, spout)
        + p.path(p.accent, tail)
        + p.half(p.accent, x, y, r)
        + p.circle(p.ink, x - r * 0.5, y - r * 0.3, r * 0.07)
        + p.rect(p.ink, 0, y - 1, max(240, tail_x), p.h - y + 2)
    )


def fish(p: Pen) -> str:
    x, y, r = (
        p.rng.uniform(108, 132),
        p.h * p.rng.uniform(0.46, 0.56),
        p.h * p.rng.uniform(0.26, 0.31),
    )
    body = f"M{num(x - r * 1.5)} {num(y)}Q{num(x - r * 0.4)} {num(y - r * 1.7)} {num(x + r * 1.1)} {num(y)}Q{num(x - r * 0.4)} {num(y + r * 1.7)} {num(x - r * 1.5)} {num(y)}z"
    bubbles = "".join(
        p.ring(p.second, 26 + i * 9, y - r * 0.4 - i * p.h * 0.12, 6 + i * 3, 4)
        for i in range(p.rng.randint(2, 3))
    )
    band = f"M{num(x - r * 0.1)} {num(y - r * 0.8)}Q{num(x + r * 0.3)} {num(y)} {num(x - r * 0.1)} {num(y + r * 0.8)}"
    return (
        bubbles
        + p.poly(
            p.ink,
            (x + r * 0.7, y),
            (x + r * 1.8, y - r * 0.9),
            (x + r * 1.5, y),
            (x + r * 1.8, y + r * 0.9),
        )
        + p.path(p.accent, body)
        + p.line(p.ground, r * 0.2, band)
        + p.circle(p.ground, x - r * 0.75, y - r * 0.14, r * 0.25)
        + p.circle(p.ink, x - r * 0.8, y - r * 0.14, r * 0.12)
    )


def snail(p: Pen) -> str:
    x, y, r = p.rng.uniform(128, 148), p.h * 0.56, p.h * p.rng.uniform(0.28, 0.32)
    foot, turn = p.h * 0.9, p.rng.uniform(0, 360)
    shell = p.circle(p.accent, x, y, r)
    for i, fill in enumerate((p.second, p.accent, p.second)):
        cx, cy = polar(x, y, r * 0.1 * (i + 1), turn + i * 30)
        shell += p.circle(fill, cx, cy, r * (0.78 - i * 0.24))
    body = f"M{num(x + r * 1.2)} {num(foot)}H{num(x - r * 1.5)}q{num(-r * 0.4)} 0 {num(-r * 0.4)} {num(-r * 0.4)}V{num(y - r * 0.1)}h{num(r * 0.5)}v{num(r * 0.4)}q0 {num(r * 0.5)} {num(r * 0.5)} {num(r * 0.5)}h{num(r * 1.3)}z"
    hx = x - r * 1.66
    horns = p.line(
        p.ink,
        5,
        f"M{num(hx)} {num(y)}l-14 {num(-r * 0.62)}M{num(hx)} {num(y)}l16 {num(-r * 0.62)}",
        round_ends=True,
    )
    return p.path(p.ink, body) + shell + horns + p.rect(p.ink, 0, foot - 1, 240, p.h - foot + 2)


ANIMATION = (bounce, creature, pencil, pile, fish)
CHILDREN = (kite, paper_boat, hot_air_balloon, whale, snail)
