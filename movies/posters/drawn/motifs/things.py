# ruff: noqa: E501 (path data is read in one piece)
"""Motifs that no genre owns: vehicles, animals and everyday things that films are about."""

from movies.posters.drawn.shapes import Pen, num, polar


def train(p: Pen) -> str:
    y, w = p.h * 0.74, p.rng.uniform(128, 150)
    x, h = 120 - w / 2, p.h * 0.3
    puffs = "".join(
        p.circle(
            p.second, x + w * 0.2 - i * p.rng.uniform(14, 22), p.h * (0.3 - i * 0.07), 9 + 5 * i
        )
        for i in range(3)
    )
    return (
        puffs
        + p.rect(p.ink, x, y - h * 0.62, w * 0.66, h * 0.62)
        + p.rect(p.ink, x + w * 0.6, y - h * 1.1, w * 0.4, h * 1.1)
        + p.rect(p.accent, x + w * 0.69, y - h * 0.95, w * 0.22, h * 0.4)
        + p.rect(p.ink, x + w * 0.14, y - h, w * 0.1, h * 0.42)
        + "".join(
            p.circle(p.accent, x + w * k, y + 4, h * 0.22)
            + p.circle(p.ground, x + w * k, y + 4, h * 0.08)
            for k in (0.16, 0.44, 0.8)
        )
        + p.rect(p.ink, 0, y + h * 0.28, 240, 6)
    )


def motor_car(p: Pen) -> str:
    y, w = p.h * p.rng.uniform(0.6, 0.68), p.rng.uniform(150, 176)
    x, h = 120 - w / 2, w * 0.2
    roof = f"M{num(x + w * 0.18)} {num(y - h)}l{num(w * 0.14)} {num(-h * 0.9)}h{num(w * 0.3)}l{num(w * 0.2)} {num(h * 0.9)}z"
    return (
        p.circle(p.second, p.rng.uniform(50, 190), p.h * 0.28, p.h * 0.16)
        + p.path(p.ink, roof)
        + p.rounded(p.accent, x, y - h, w, h * 1.1, h * 0.4)
        + "".join(
            p.circle(p.ink, x + w * k, y + h * 0.1, h * 0.52)
            + p.circle(p.ground, x + w * k, y + h * 0.1, h * 0.2)
            for k in (0.22, 0.78)
        )
        + p.rect(p.ink, 0, y + h * 0.6, 240, 5)
    )


def aeroplane(p: Pen) -> str:
    x, y, s = p.rng.uniform(105, 135), p.h * 0.46, p.h * p.rng.uniform(0.3, 0.36)
    tilt = p.rng.uniform(18, 44)
    return p.circle(p.second, p.rng.uniform(60, 180), p.h * 0.5, p.h * 0.34) + p.turned(
        tilt, x, y,
        p.ellipse(p.ink, x, y, s * 0.14, s),
        p.poly(p.ink, (x, y - s * 0.35), (x + s * 1.05, y + s * 0.25), (x + s * 1.05, y + s * 0.42), (x, y + s * 0.2), (x - s * 1.05, y + s * 0.42), (x - s * 1.05, y + s * 0.25)),
        p.poly(p.accent, (x, y + s * 0.6), (x + s * 0.42, y + s * 0.98), (x - s * 0.42, y + s * 0.98)),
    )  # fmt: skip


def paw(p: Pen) -> str:
    x, y, r = p.rng.uniform(105, 135), p.h * 0.6, p.h * p.rng.uniform(0.17, 0.2)
    toes = ((-1.45, -0.9), (-0.52, -1.65), (0.52, -1.65), (1.45, -0.9))
    pads = [p.ellipse(p.ink, x, y, r * 1.25, r)]
    pads += [p.ellipse(p.accent, x + r * dx, y + r * dy, r * 0.42, r * 0.55) for dx, dy in toes]
    return p.circle(p.second, x, y - r * 0.5, r * 2.5) + p.turned(
        p.rng.uniform(-20, 20), x, y, *pads
    )


def horseshoe(p: Pen) -> str:
    x, y, r = p.rng.uniform(108, 132), p.h * 0.44, p.h * p.rng.uniform(0.24, 0.29)
    legs = f"M{num(x - r)} {num(y + r * 1.15)}V{num(y)}a{num(r)} {num(r)} 0 0 1 {num(2 * r)} 0V{num(y + r * 1.15)}"
    nails = "".join(
        p.circle(p.ground, *polar(x, y, r, angle), 4) for angle in (190, 225, 270, 315, 350)
    )
    return p.circle(p.second, x, y, r * 1.7) + p.line(p.ink, r * 0.42, legs) + nails + p.rect(
        p.accent, x - r * 1.35, y + r * 1.1, r * 0.7, 9
    ) + p.rect(p.accent, x + r * 0.65, y + r * 1.1, r * 0.7, 9)  # fmt: skip


def rings(p: Pen) -> str:
    y, r = p.h * p.rng.uniform(0.58, 0.64), p.h * p.rng.uniform(0.2, 0.24)
    apart = r * p.rng.uniform(0.6, 0.75)
    stone = (120 + apart, y - r * 1.28)
    return (
        p.ring(p.second, 120 - apart, y, r, 15)
        + p.ring(p.accent, 120 + apart, y, r, 15)
        + p.poly(p.ink, (stone[0] - 20, stone[1]), (stone[0] - 11, stone[1] - 13), (stone[0] + 11, stone[1] - 13), (stone[0] + 20, stone[1]), (stone[0], stone[1] + 20))
    )  # fmt: skip


def ghost(p: Pen) -> str:
    x, w, top = p.rng.uniform(100, 140), p.rng.uniform(84, 104), p.h * 0.16
    foot, r = p.h * 0.84, 0.0
    r = w / 2
    hem = "".join(f"q{num(-w / 12)} {num(14 if i % 2 else -14)} {num(-w / 6)} 0" for i in range(6))
    sheet = f"M{num(x - r)} {num(foot)}V{num(top + r)}a{num(r)} {num(r)} 0 0 1 {num(w)} 0V{num(foot)}{hem}z"
    return (
        p.circle(p.second, p.rng.uniform(50, 190), p.h * 0.36, p.h * 0.3)
        + p.path(p.ink, sheet)
        + p.ellipse(p.accent, x - r * 0.36, top + r, r * 0.14, r * 0.22)
        + p.ellipse(p.accent, x + r * 0.36, top + r, r * 0.14, r * 0.22)
        + p.ellipse(p.ground, x, top + r * 1.55, r * 0.16, r * 0.24)
    )


def clock(p: Pen) -> str:
    x, y, r = 120.0, p.h * 0.48, p.h * p.rng.uniform(0.32, 0.37)
    hour, minute = p.rng.uniform(0, 360), 30.0 * p.rng.randint(0, 11)
    ticks = "".join(
        p.turned(30 * i, x, y, p.rect(p.ink, x - 2.5, y - r + 9, 5, 13 if i % 3 == 0 else 7))
        for i in range(12)
    )
    hx, hy = polar(x, y, r * 0.5, hour)
    mx, my = polar(x, y, r * 0.74, minute)
    return (
        p.circle(p.second, x, y, r)
        + p.ring(p.ink, x, y, r, 9)
        + ticks
        + p.line(p.ink, 9, f"M{num(x)} {num(y)}L{num(hx)} {num(hy)}", round_ends=True)
        + p.line(p.accent, 5, f"M{num(x)} {num(y)}L{num(mx)} {num(my)}", round_ends=True)
        + p.circle(p.accent, x, y, 8)
    )


def snowflake(p: Pen) -> str:
    x, y, r = p.rng.uniform(100, 140), p.h * 0.46, p.h * p.rng.uniform(0.32, 0.38)
    arm = f"M{num(x)} {num(y)}v{num(-r)}"
    for k in (0.45, 0.7):
        arm += f"M{num(x - r * 0.2)} {num(y - r * (k + 0.16))}L{num(x)} {num(y - r * k)}L{num(x + r * 0.2)} {num(y - r * (k + 0.16))}"
    arms = "".join(p.turned(60 * i, x, y, p.line(p.ink, 6, arm, round_ends=True)) for i in range(6))
    flakes = "".join(
        p.circle(p.second, p.rng.uniform(12, 228), p.h * p.rng.uniform(0.05, 0.95), 4 + i % 4)
        for i in range(12)
    )
    return flakes + arms + p.circle(p.accent, x, y, r * 0.13)


def telephone(p: Pen) -> str:
    y, w = p.h * 0.64, p.rng.uniform(104, 124)
    x, h = 120 - w / 2, p.h * 0.3
    body = f"M{num(x)} {num(y + h * 0.6)}q{num(w * 0.1)} {num(-h * 0.9)} {num(w * 0.26)} {num(-h)}h{num(w * 0.48)}q{num(w * 0.16)} {num(h * 0.1)} {num(w * 0.26)} {num(h)}z"
    lifted = y - h * p.rng.uniform(0.75, 1.0)
    receiver = (
        f"M{num(x - 12)} {num(lifted + 12)}q{num(w / 2 + 12)} {num(-h * 0.7)} {num(w + 24)} 0"
    )
    holes = "".join(
        p.circle(p.ink, *polar(120, y + h * 0.1, h * 0.22, 36 * i), 3) for i in range(10)
    )
    return (
        p.path(p.accent, body)
        + p.circle(p.second, 120, y + h * 0.1, h * 0.34)
        + holes
        + p.line(p.ink, 19, receiver, round_ends=True)
    )


def ball(p: Pen) -> str:
    x, y, r = p.rng.uniform(100, 140), p.h * 0.42, p.h * p.rng.uniform(0.25, 0.3)
    turn = p.rng.uniform(-30, 30)
    seams = (
        f"M{num(x - r)} {num(y)}H{num(x + r)}M{num(x)} {num(y - r)}V{num(y + r)}"
        f"M{num(x - r * 0.72)} {num(y - r * 0.7)}q{num(r * 0.6)} {num(r * 0.7)} 0 {num(r * 1.4)}"
        f"M{num(x + r * 0.72)} {num(y - r * 0.7)}q{num(-r * 0.6)} {num(r * 0.7)} 0 {num(r * 1.4)}"
    )
    return (
        p.ellipse(p.second, x, p.h * 0.86, r, 8)
        + p.circle(p.accent, x, y, r)
        + p.turned(turn, x, y, p.line(p.ink, 4, seams))
        + p.ring(p.ink, x, y, r, 5)
    )


def guitar(p: Pen) -> str:
    x, y, r = 120.0, p.h * 0.66, p.h * p.rng.uniform(0.17, 0.2)
    neck = p.h * 0.56
    return p.circle(p.second, p.rng.uniform(80, 160), p.h * 0.4, p.h * 0.3) + p.turned(
        p.rng.uniform(18, 40), x, p.h * 0.5,
        p.rect(p.ink, x - 6, y - r - neck, 12, neck + r),
        p.rect(p.ink, x - 12, y - r - neck - 4, 24, 26),
        p.circle(p.accent, x, y, r),
        p.circle(p.accent, x, y - r * 1.15, r * 0.74),
        p.circle(p.ink, x, y - r * 0.5, r * 0.34),
        p.rect(p.ink, x - r * 0.4, y + r * 0.45, r * 0.8, 6),
    )  # fmt: skip


def open_book(p: Pen) -> str:
    y, w, h = p.h * 0.6, p.rng.uniform(84, 98), p.h * 0.36
    tilt = p.rng.uniform(-7, 7)
    pages = []
    for side in (-1, 1):
        edge = f"M120 {num(y)}q{num(side * w * 0.5)} {num(-h * 0.26)} {num(side * w)} {num(-h * 0.08)}v{num(-h)}q{num(-side * w * 0.5)} {num(-h * 0.18)} {num(-side * w)} {num(h * 0.08)}z"
        pages.append(p.path(p.second if side < 0 else p.accent, edge))
        pages += [
            p.line(
                p.ink,
                3,
                f"M{num(120 + side * 16)} {num(y - h * k)}q{num(side * w * 0.35)} {num(-h * 0.12)} {num(side * w * 0.7)} {num(-h * 0.05)}",
            )
            for k in (0.3, 0.5, 0.7)
        ]
    cover = p.rect(p.ink, 120 - w - 6, y + 4, 2 * w + 12, 8)
    return p.turned(tilt, 120, y, cover, *pages)


def gloves(p: Pen) -> str:
    y, r = p.h * 0.5, p.h * p.rng.uniform(0.17, 0.2)
    parts = [
        p.line(
            p.ink,
            4,
            f"M{num(120 - r * 1.5)} {num(y - r)}L120 {num(-2)}L{num(120 + r * 1.5)} {num(y - r)}",
        )
    ]
    for side, colour in ((-1, p.accent), (1, p.second)):
        x = 120 + side * r * 1.5
        glove = (
            p.rounded(p.ink, x - r * 0.62, y - r * 1.3, r * 1.24, r * 0.8, 5)
            + p.rounded(colour, x - r, y - r * 0.7, r * 2, r * 2, r * 0.9)
            + p.line(
                p.ink,
                4,
                f"M{num(x - side * r * 0.95)} {num(y)}q{num(side * r * 0.9)} {num(-r * 0.1)} {num(side * r * 0.75)} {num(r * 0.85)}",
                round_ends=True,
            )
        )
        parts.append(p.turned(side * p.rng.uniform(4, 14), x, y - r, glove))
    return "".join(parts)


MOTIFS = (
    train, motor_car, aeroplane, paw, horseshoe, rings, ghost, clock, snowflake, telephone, ball,
    guitar, open_book, gloves,
)  # fmt: skip
