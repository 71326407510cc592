# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for science fiction: planets and machines."""

from movies.posters.drawn.shapes import Pen, num, polar


def ringed_planet(p: Pen) -> str:
    x, y, r = (
        p.rng.uniform(95, 145),
        p.h * p.rng.uniform(0.44, 0.54),
        p.h * p.rng.uniform(0.25, 0.31),
    )
    tilt = p.rng.uniform(-28, -10)
    front = f"M{num(x - r * 1.75)} {num(y)}a{num(r * 1.75)} {num(r * 0.46)} 0 0 0 {num(r * 3.5)} 0"
    moon = polar(x, y, r * 1.7, p.rng.uniform(200, 240))
    return (
        p.circle(p.second, moon[0], moon[1], r * 0.2)
        + p.circle(p.accent, x, y, r)
        + p.turned(tilt, x, y, p.line(p.ground, 20, front), p.line(p.ink, 9, front))
    )


def orbits(p: Pen) -> str:
    x, y = p.rng.uniform(80, 160), p.h * p.rng.uniform(0.4, 0.6)
    parts = [p.circle(p.accent, x, y, p.h * 0.1)]
    for i in range(p.rng.randint(3, 5)):
        r = p.h * (0.2 + 0.125 * i)
        px, py = polar(x, y, r, p.rng.uniform(0, 360))
        parts.append(p.ring(p.ink, x, y, r, 2.5))
        parts.append(p.circle((p.second, p.ink, p.accent)[i % 3], px, py, 5 + 3 * (i % 3)))
    return "".join(parts)


def rocket(p: Pen) -> str:
    x, tilt, w = p.rng.uniform(105, 135), p.rng.uniform(8, 30), p.h * 0.13
    top, foot = p.h * 0.08, p.h * 0.66
    hull = f"M{num(x)} {num(top)}q{num(w * 1.5)} {num(p.h * 0.22)} {num(w * 0.8)} {num(foot - top)}h{num(-w * 1.6)}q{num(-w * 0.7)} {num(-p.h * 0.36)} {num(w * 0.8)} {num(top - foot)}z"
    return (
        p.circle(p.second, p.rng.uniform(40, 70), p.h * 0.3, p.h * 0.15)
        + p.turned(
            tilt, x, p.h * 0.5,
            p.poly(p.accent, (x - w * 0.6, foot), (x + w * 0.6, foot), (x, foot + p.h * p.rng.uniform(0.24, 0.4))),
            p.poly(p.accent, (x - w * 0.6, foot - 44), (x - w * 1.7, foot + 18), (x - w * 0.4, foot)),
            p.poly(p.accent, (x + w * 0.6, foot - 44), (x + w * 1.7, foot + 18), (x + w * 0.4, foot)),
            p.path(p.ink, hull),
            p.circle(p.ground, x, p.h * 0.34, w * 0.4),
        )
    )  # fmt: skip


def grid_sun(p: Pen) -> str:
    x, sea, r = p.rng.uniform(90, 150), p.h * 0.58, p.h * p.rng.uniform(0.34, 0.4)
    cuts = "".join(
        p.rect(p.ground, 0, sea - r * k, 240, r * t)
        for k, t in ((0.2, 0.1), (0.42, 0.08), (0.62, 0.06))
    )
    d = "".join(f"M{num(x)} {num(sea)}L{num(x + (i - 4) * 76)} {num(p.h + 2)}" for i in range(9))
    d += "".join(f"M0 {num(sea + (p.h - sea) * k)}H240" for k in (0.12, 0.32, 0.64))
    return p.half(p.accent, x, sea, r) + cuts + p.line(p.ink, 2.5, d + f"M0 {num(sea)}H240")


def monolith(p: Pen) -> str:
    x, w = p.rng.uniform(90, 150), p.rng.uniform(34, 46)
    r = p.h * p.rng.uniform(0.3, 0.38)
    return (
        p.circle(p.accent, x, p.h * 0.36, r)
        + p.circle(p.ground, x + p.rng.choice((-9, 9)), p.h * 0.36 - 6, r * 0.86)
        + p.rect(p.ink, x - w / 2, p.h * 0.2, w, p.h * 0.66)
        + p.path(
            p.second,
            f"M-4 {num(p.h + 2)}V{num(p.h * 0.86)}Q120 {num(p.h * 0.74)} 244 {num(p.h * 0.86)}V{num(p.h + 2)}z",
        )
        + p.rect(p.ink, x - w / 2, p.h * 0.5, w, p.h * 0.36)
    )


def saucer(p: Pen) -> str:
    x, y, w = p.rng.uniform(95, 145), p.h * p.rng.uniform(0.24, 0.34), p.rng.uniform(78, 98)
    spread = p.rng.uniform(60, 95)
    return (
        p.poly(
            p.accent,
            (x - w * 0.3, y),
            (x + w * 0.3, y),
            (x + spread, p.h + 2),
            (x - spread, p.h + 2),
        )
        + p.half(p.second, x, y, w * 0.48)
        + p.ellipse(p.ink, x, y + 3, w, w * 0.23)
        + "".join(p.circle(p.ground, x + i * w * 0.4, y + 5, 5) for i in (-1.4, -0.5, 0.5, 1.4))
        + p.rounded(p.ink, x - 5, p.h * 0.84, 10, p.h * 0.2, 5)
        + p.circle(p.ink, x, p.h * 0.8, 7)
    )


def robot(p: Pen) -> str:
    w, y = p.h * p.rng.uniform(0.52, 0.6), p.h * 0.24
    x, h = 120 - w / 2, w * 0.78
    look = p.rng.uniform(-0.05, 0.05) * w
    eyes = "".join(
        p.circle(p.accent, 120 + s * w * 0.24, y + h * 0.38, w * 0.14)
        + p.circle(p.ink, 120 + s * w * 0.24 + look, y + h * 0.38, w * 0.06)
        for s in (-1, 1)
    )
    grille = "".join(
        p.rect(p.ground, x + w * (0.26 + 0.13 * i), y + h * 0.68, w * 0.08, h * 0.17)
        for i in range(4)
    )
    return (
        p.rect(p.ink, 117, y - p.h * 0.13, 6, p.h * 0.16)
        + p.circle(p.accent, 120, y - p.h * 0.13, 10)
        + p.rounded(p.second, x - 16, y + h * 0.28, w + 32, h * 0.36, 8)
        + p.rounded(p.ink, x, y, w, h, 14)
        + eyes
        + grille
        + p.rect(p.ink, 120 - w * 0.16, y + h, w * 0.32, 16)
        + p.rounded(p.ink, 120 - w * 0.8, y + h + 14, w * 1.6, p.h, 20)
    )


MOTIFS = (ringed_planet, orbits, rocket, grid_sun, monolith, saucer, robot)
