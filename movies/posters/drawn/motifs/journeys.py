# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for mysteries and adventures."""

from movies.posters.drawn.shapes import Pen, num, polar


def magnifier(p: Pen) -> str:
    x, y, r = p.rng.uniform(88, 120), p.h * 0.42, p.h * p.rng.uniform(0.29, 0.33)
    a = p.rng.uniform(36, 54)
    ax, ay = polar(x, y, r, a)
    bx, by = polar(x, y, r * 2.6, a)
    return (
        p.line(p.ink, 22, f"M{num(ax)} {num(ay)}L{num(bx)} {num(by)}", round_ends=True)
        + p.circle(p.accent, x, y, r)
        + p.ring(p.ink, x, y, r, 13)
        + p.ellipse(p.second, x, y, r * 0.6, r * 0.3)
        + p.circle(p.ink, x + p.rng.uniform(-0.2, 0.2) * r, y, r * 0.22)
    )


def question(p: Pen) -> str:
    x, y, r = p.rng.uniform(100, 140), p.h * 0.34, p.h * p.rng.uniform(0.2, 0.24)
    hook = f"M{num(x - r)} {num(y)}a{num(r)} {num(r)} 0 1 1 {num(r * 1.5)} {num(r * 0.86)}q{num(-r * 0.5)} {num(r * 0.3)} {num(-r * 0.5)} {num(r * 0.8)}"
    return (
        p.circle(p.second, x + p.rng.uniform(-30, 30), p.h * 0.5, p.h * 0.42)
        + p.line(p.ink, r * 0.62, hook)
        + p.circle(p.accent, x, y + r * 2.4, r * 0.4)
    )


def labyrinth(p: Pen) -> str:
    x, y, parts = p.rng.uniform(100, 140), p.h * 0.5, []
    step, turn = p.h * 0.074, p.rng.uniform(0, 360)
    for i in range(2, 7):
        r, gap = step * i, 26 + 60 / i
        turn += p.rng.uniform(90, 200)
        (ax, ay), (bx, by) = polar(x, y, r, turn + gap / 2), polar(x, y, r, turn - gap / 2)
        parts.append(f"M{num(ax)} {num(ay)}A{num(r)} {num(r)} 0 1 1 {num(bx)} {num(by)}")
    return p.line(p.ink, step * 0.45, "".join(parts)) + p.circle(p.accent, x, y, step * 0.9)


def three_doors(p: Pen) -> str:
    """Behind one of them there is light."""
    open_door, parts, high = p.rng.randint(0, 2), [], p.rng.uniform(0.18, 0.32)
    for i in range(3):
        x, top = 22 + i * 70, p.h * high
        h = p.h * 0.92 - top
        if i == open_door:
            parts.append(
                p.rect(p.accent, x, top, 54, h)
                + p.poly(
                    p.accent, (x, top + h), (x + 54, top + h), (x + 84, p.h + 2), (x - 30, p.h + 2)
                )
            )
            parts.append(
                p.poly(p.ink, (x, top), (x + 15, top + 12), (x + 15, top + h + 10), (x, top + h))
            )
        else:
            parts.append(
                p.rect(p.ink, x, top, 54, h) + p.circle(p.second, x + 44, top + h * 0.54, 4.5)
            )
    return p.rect(p.second, 0, p.h * 0.92, 240, p.h * 0.1) + "".join(parts)


def hourglass(p: Pen) -> str:
    x, w, t = p.rng.uniform(100, 140), p.h * p.rng.uniform(0.26, 0.31), p.h * 0.06
    top, foot, mid = p.h * 0.12, p.h * 0.9, p.h * 0.51
    k = p.rng.uniform(0.25, 0.6)
    return p.turned(
        p.rng.uniform(-16, 16), x, mid,
        p.poly(p.ink, (x - w, top), (x + w, top), (x, mid + 6)),
        p.poly(p.ink, (x - w, foot), (x + w, foot), (x, mid - 6)),
        p.poly(p.accent, (x - w * k * 0.8, mid - (mid - top) * k), (x + w * k * 0.8, mid - (mid - top) * k), (x, mid - 6)),
        p.poly(p.accent, (x - w * 0.72, foot - t), (x + w * 0.72, foot - t), (x, foot - (foot - mid) * (0.9 - k))),
        p.rect(p.second, x - w * 1.15, top - t, w * 2.3, t),
        p.rect(p.second, x - w * 1.15, foot, w * 2.3, t),
    )  # fmt: skip


def footprints(p: Pen) -> str:
    """They lead here, and stop."""
    n, parts, turn = 3, [], p.rng.uniform(14, 34)
    for i in range(n):
        x, y = 120 + (-40 if i % 2 else 40), p.h * (0.84 - 0.31 * i)
        fill = p.accent if i == n - 1 else p.ink
        sole = p.ellipse(fill, x, y, p.h * 0.115, p.h * 0.145)
        waist = p.rect(p.ground, x - 40, y + p.h * 0.11, 80, p.h * 0.026)
        heel = p.rounded(fill, x - p.h * 0.075, y + p.h * 0.1, p.h * 0.15, p.h * 0.12, p.h * 0.06)
        parts.append(sole + heel + waist)
    return p.turned(turn, 120, p.h * 0.5, *parts)


def candle(p: Pen) -> str:
    x, w = p.rng.uniform(90, 150), p.h * p.rng.uniform(0.09, 0.13)
    top = p.h * p.rng.uniform(0.46, 0.56)
    f = p.h * 0.15
    flame = f"M{num(x)} {num(top - f * 1.9)}q{num(f)} {num(f * 1.1)} 0 {num(f * 1.7)}q{num(-f)} {num(-f * 0.6)} 0 {num(-f * 1.7)}z"
    run = f"M{num(x - w)} {num(p.h + 2)}V{num(top)}h{num(2 * w)}v{num(p.h * 0.2)}a{num(w * 0.25)} {num(w * 0.25)} 0 0 1 {num(-w * 0.5)} 0V{num(top + 24)}h-4V{num(p.h + 2)}z"
    return (
        p.circle(p.second, x, top - f, p.h * 0.36)
        + p.path(p.accent, flame)
        + p.rect(p.ink, x - w, top, 2 * w, p.h - top + 2)
        + p.path(p.ground, run)
        + p.rect(p.ink, x - w, top, 1.5 * w, p.h - top + 2)
        + p.rect(p.ink, x - 1.5, top - 14, 3, 15)
    )


def compass(p: Pen) -> str:
    x, y, r = p.rng.uniform(95, 145), p.h * 0.5, p.h * 0.44
    turn = p.rng.uniform(-30, 30)
    needle = []
    for a, fills in (
        (0, (p.accent, p.ink)),
        (90, (p.second, p.ink)),
        (180, (p.second, p.ink)),
        (270, (p.second, p.ink)),
    ):
        tip = polar(x, y, r * 0.94, turn + a - 90)
        for fill, side in zip(fills, (-45, 45), strict=True):
            needle.append(p.poly(fill, (x, y), tip, polar(x, y, r * 0.26, turn + a - 90 + side)))
    return p.ring(p.ink, x, y, r * 0.72, 4) + "".join(needle)


def peaks(p: Pen) -> str:
    x, top = p.rng.uniform(80, 160), p.h * p.rng.uniform(0.16, 0.24)
    far, cap = x + p.rng.choice((-82, 82)), p.h * 0.16
    return (
        p.circle(p.accent, x + (84 if far < x else -84), p.h * 0.3, p.h * 0.13)
        + p.poly(p.second, (far, p.h * 0.42), (far + 130, p.h + 2), (far - 130, p.h + 2))
        + p.poly(p.ink, (x, top), (x + 128, p.h + 2), (x - 128, p.h + 2))
        + p.poly(
            p.ground,
            (x, top),
            (x + cap * 0.62, top + cap),
            (x + cap * 0.2, top + cap * 0.8),
            (x - cap * 0.1, top + cap * 1.2),
            (x - cap * 0.62, top + cap),
        )
        + p.line(p.ink, 3, f"M{num(x)} {num(top + 2)}v-26")
        + p.poly(p.accent, (x, top - 26), (x + 22, top - 19), (x, top - 11))
    )


def ship(p: Pen) -> str:
    x, sea = p.rng.uniform(104, 136), p.h * 0.78
    mast, w = p.h * 0.12, p.rng.uniform(62, 76)
    wave = "q15-13 30 0t30 0 30 0 30 0 30 0 30 0 30 0 30 0 30 0"
    off = p.rng.uniform(-28, 0)
    return (
        p.circle(p.second, x + p.rng.choice((-60, 60)), p.h * 0.36, p.h * 0.22)
        + p.rect(p.ink, x - 3, mast, 6, sea - mast)
        + p.path(
            p.accent,
            f"M{num(x + 5)} {num(mast + 6)}q{num(w)} {num(p.h * 0.16)} {num(w * 0.9)} {num(p.h * 0.42)}h{num(-w * 0.9)}z",
        )
        + p.path(
            p.ink,
            f"M{num(x - 7)} {num(mast + 24)}q{num(-w * 0.7)} {num(p.h * 0.14)} {num(-w * 0.8)} {num(p.h * 0.34)}h{num(w * 0.8)}z",
        )
        + p.poly(
            p.ink,
            (x - w, sea - 26),
            (x + w * 1.1, sea - 26),
            (x + w * 0.7, sea + 16),
            (x - w * 0.7, sea + 16),
        )
        + p.path(p.ink, f"M{num(off)} {num(sea + 6)}{wave}V{num(p.h + 2)}H{num(off)}z")
        + p.line(p.ground, 3, f"M{num(off - 14)} {num(sea + 26)}{wave}")
    )


def treasure_map(p: Pen) -> str:
    ax, ay = p.rng.uniform(24, 50), p.h * p.rng.uniform(0.7, 0.86)
    bx, by = p.rng.uniform(170, 200), p.h * p.rng.uniform(0.2, 0.34)
    trail = f"M{num(ax)} {num(ay)}C{num(ax + 90)} {num(ay + 20)} {num(bx - 150)} {num(by - 10)} {num(bx)} {num(by)}"
    islands = p.ellipse(p.second, bx - 20, by + 8, 78, p.h * 0.22) + p.ellipse(
        p.second, ax + 6, ay, 70, p.h * 0.16
    )
    dashed = p.line(p.ink, 7, trail).replace("/>", ' stroke-dasharray="15 11"/>')
    cross = p.line(p.accent, 13, f"M{num(bx - 20)} {num(by - 20)}l40 40m0-40l-40 40")
    return islands + dashed + cross + p.circle(p.ink, ax, ay, 11)


def palm(p: Pen) -> str:
    """An island with room for one."""
    x, y = p.rng.uniform(104, 136), p.h * p.rng.uniform(0.26, 0.34)
    sea, r, bend = p.h * 0.86, p.h * 0.25, p.rng.choice((-26, 26))
    leaves = "".join(
        p.turned(
            a,
            x,
            y,
            p.path(
                p.ink,
                f"M{num(x)} {num(y)}q{num(r * 0.7)} {num(-r * 0.55)} {num(r * 1.5)} {num(r * 0.12)}q{num(-r * 0.8)} {num(-r * 0.14)} {num(-r * 1.5)} {num(-r * 0.12)}z",
            ),
        )
        for a in (-62, -12, 40, 140, 192, 242)
    )
    return (
        p.circle(p.accent, x - bend * 2, p.h * 0.4, p.h * 0.24)
        + p.line(
            p.ink,
            11,
            f"M{num(x)} {num(y)}Q{num(x + bend)} {num(p.h * 0.6)} {num(x + bend * 0.4)} {num(sea)}",
        )
        + leaves
        + p.half(p.ink, x + bend * 0.4, sea + 2, p.h * 0.17)
        + p.rect(p.second, 0, sea, 240, p.h - sea + 1)
    )


def round_the_world(p: Pen) -> str:
    """Around the world, by whatever flies."""
    x, y, r = p.rng.uniform(90, 150), p.h * 0.86, p.h * p.rng.uniform(0.46, 0.54)
    a = p.rng.uniform(-120, -60)
    px, py = polar(x, y, r * 1.28, a)
    way = p.ring(p.ink, x, y, r * 1.28, 4).replace("/>", ' stroke-dasharray="13 10"/>')
    plane = p.poly(p.accent, (px + 32, py), (px - 26, py - 20), (px - 13, py), (px - 26, py + 20))
    land = p.ellipse(p.second, x - r * 0.3, y - r * 0.48, r * 0.36, r * 0.22) + p.ellipse(
        p.second, x + r * 0.46, y - r * 0.3, r * 0.24, r * 0.34
    )
    return way + p.circle(p.ink, x, y, r) + land + p.turned(a + 90, px, py, plane)


MYSTERY = (magnifier, question, labyrinth, three_doors, hourglass, footprints, candle)
ADVENTURE = (compass, peaks, ship, treasure_map, palm, round_the_world)
