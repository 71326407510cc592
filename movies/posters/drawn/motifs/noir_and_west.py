# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for film noir and Westerns: hard light."""

from movies.posters.drawn.shapes import Pen, num, polar


def light_through_blinds(p: Pen) -> str:
    n, slope = p.rng.randint(5, 7), p.rng.uniform(26, 52)
    step, parts = p.h * 0.9 / n, [p.rect(p.ink, 0, 0, 240, p.h + 1)]
    left = p.rng.uniform(20, 70)
    for i in range(n):
        y = p.h * 0.06 + i * step
        parts.append(
            p.poly(
                p.ground,
                (left, y),
                (250, y - slope),
                (250, y - slope + step * 0.5),
                (left, y + step * 0.5),
            )
        )
    x, r = p.rng.uniform(120, 170), p.h * 0.12
    parts.append(p.circle(p.ink, x, p.h * 0.5, r))
    parts.append(
        p.poly(
            p.ink,
            (x - r * 0.5, p.h * 0.5),
            (x + r * 0.5, p.h * 0.5),
            (x + r * 2.2, p.h + 2),
            (x - r * 2.2, p.h + 2),
        )
    )
    parts.append(
        p.rect(p.accent, x - r * 1.7, p.h * 0.4, r * 3.4, r * 0.3)
        + p.rounded(p.accent, x - r * 0.9, p.h * 0.31, r * 1.8, p.h * 0.1, 5)
    )
    return "".join(parts)


def smoke(p: Pen) -> str:
    """A cigarette, and where its smoke went."""
    x, y = p.rng.uniform(110, 140), p.h * 0.8
    d, side, at = f"M{num(x)} {num(y)}", p.rng.choice((-1, 1)), y
    for i in range(4):
        rise = p.h * (0.16 + 0.035 * i)
        bow = (20 + 13 * i) * side
        d += f"c{num(bow * 1.6)} {num(-rise * 0.3)} {num(bow * 1.6)} {num(-rise * 0.7)} 0 {num(-rise)}"
        side, at = -side, at - rise
    return (
        p.circle(p.second, x - 40, p.h * 0.4, p.h * 0.26)
        + p.line(p.ink, p.rng.uniform(9, 15), d, round_ends=True)
        + p.turned(
            -14, x, y, p.rect(p.ink, x + 12, y - 2, 190, 17), p.rect(p.accent, x - 6, y - 2, 18, 17)
        )
    )


def alley(p: Pen) -> str:
    """Two walls, a strip of light, a long shadow."""
    x, w = p.rng.uniform(96, 144), p.rng.uniform(16, 26)
    horizon = p.h * 0.56
    man, tall = x + p.rng.uniform(-5, 5), p.h * 0.16
    return (
        p.poly(p.ink, (0, 0), (x - w * 1.2, p.h * 0.16), (x - w, horizon), (0, p.h * 0.86))
        + p.poly(p.accent, (240, 0), (x + w * 1.2, p.h * 0.16), (x + w, horizon), (240, p.h * 0.86))
        + p.poly(
            p.second,
            (x - w, horizon),
            (x + w, horizon),
            (240, p.h * 0.86),
            (240, p.h + 1),
            (0, p.h + 1),
            (0, p.h * 0.86),
        )
        + p.poly(
            p.ink,
            (man - 4, horizon + tall * 0.6),
            (man + 4, horizon + tall * 0.6),
            (man + 60, p.h + 2),
            (man + 6, p.h + 2),
        )
        + p.poly(
            p.ink,
            (man - 3, horizon - tall * 0.3),
            (man + 3, horizon - tall * 0.3),
            (man + 9, horizon + tall * 0.7),
            (man - 9, horizon + tall * 0.7),
        )
        + p.circle(p.ink, man, horizon - tall * 0.45, tall * 0.2)
    )


def lamp_and_gun(p: Pen) -> str:
    """One lamp, one table, one thing on it."""
    x, y = p.rng.uniform(60, 120), p.h * 0.14
    gx, gy = x + p.rng.uniform(-30, 24), p.h * 0.7
    return (
        p.poly(p.accent, (x - 14, y), (x + 14, y), (x + 130, p.h * 0.84), (x - 110, p.h * 0.84))
        + p.half(p.ink, x, y + 6, 38)
        + p.rect(p.ink, x - 2, 0, 4, y)
        + p.rect(p.ink, 0, p.h * 0.8, 240, p.h * 0.2 + 1)
        + p.rounded(p.second, gx, gy, 70, 18, 4)
        + p.turned(22, gx + 8, gy, p.rounded(p.second, gx, gy, 20, 46, 5))
    )


def mesas(p: Pen) -> str:
    x, r = p.rng.uniform(70, 170), p.h * p.rng.uniform(0.24, 0.32)
    top, wide = p.h * p.rng.uniform(0.4, 0.5), p.rng.uniform(70, 110)
    left = p.rng.uniform(-30, 30)
    return (
        p.circle(p.accent, x, p.h * 0.36, r)
        + p.poly(
            p.second,
            (left + 110, p.h * 0.84),
            (left + 128, p.h * 0.56),
            (left + 200, p.h * 0.56),
            (left + 222, p.h * 0.84),
        )
        + p.poly(
            p.ink,
            (left - 20, p.h * 0.86),
            (left, top),
            (left + wide, top),
            (left + wide + 24, p.h * 0.86),
        )
        + p.rect(p.ink, 0, p.h * 0.84, 240, p.h * 0.16 + 1)
    )


def cactus(p: Pen) -> str:
    x, w = p.rng.uniform(95, 145), p.h * p.rng.uniform(0.1, 0.13)
    foot, sun = p.h * 0.92, p.rng.choice((-58, 58))
    low, high = p.rng.uniform(0.52, 0.62) * p.h, p.rng.uniform(0.4, 0.5) * p.h
    arms = (
        f"M{num(x)} {num(low)}h{num(-w * 1.3)}q{num(-w * 0.7)} 0 {num(-w * 0.7)} {num(-w * 0.7)}v{num(-w * 1.2)}"
        f"M{num(x)} {num(high + w)}h{num(w * 1.2)}q{num(w * 0.7)} 0 {num(w * 0.7)} {num(-w * 0.7)}v{num(-w * 1.3)}"
    )
    return (
        p.circle(p.accent, x + sun, p.h * 0.32, p.h * 0.24)
        + p.line(p.ink, w, f"M{num(x)} {num(foot)}V{num(p.h * 0.22)}", round_ends=True)
        + p.line(p.ink, w * 0.75, arms, round_ends=True)
        + p.rect(p.second, 0, foot - 2, 240, p.h - foot + 3)
    )


def badge(p: Pen) -> str:
    x, y, r = 120, p.h * 0.48, p.h * p.rng.uniform(0.36, 0.43)
    tips, turn = p.rng.choice((5, 6)), p.rng.uniform(-100, -70)
    knobs = "".join(
        p.circle(p.ink, *polar(x, y, r, turn + i * 360 / tips), r * 0.12) for i in range(tips)
    )
    cx, cy = polar(x, y, r * 0.4, p.rng.uniform(0, 360))
    return (
        p.star(p.ink, x, y, r, r * 0.5, tips, turn)
        + knobs
        + p.ring(p.accent, x, y, r * 0.36, 5)
        + p.circle(p.ground, cx, cy, r * 0.1)
    )


def wheel(p: Pen) -> str:
    """Half a wagon wheel in the dust."""
    x, y, r = p.rng.uniform(90, 150), p.h * 0.66, p.h * p.rng.uniform(0.46, 0.54)
    n, turn = p.rng.choice((10, 12)), p.rng.uniform(0, 30)
    d = ""
    for i in range(n):
        a, b = polar(x, y, r * 0.16, turn + i * 360 / n), polar(x, y, r * 0.94, turn + i * 360 / n)
        d += f"M{num(a[0])} {num(a[1])}L{num(b[0])} {num(b[1])}"
    return (
        p.circle(p.accent, x + p.rng.choice((-70, 70)), p.h * 0.22, p.h * 0.15)
        + p.line(p.ink, 6, d)
        + p.ring(p.ink, x, y, r * 0.94, r * 0.12)
        + p.circle(p.ink, x, y, r * 0.2)
        + p.rect(p.second, 0, p.h * 0.92, 240, p.h * 0.08 + 1)
    )


FILM_NOIR = (light_through_blinds, smoke, alley, lamp_and_gun)
WESTERN = (mesas, cactus, badge, wheel)
