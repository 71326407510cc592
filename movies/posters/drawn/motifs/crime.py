# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for crime films: fingerprints, hats, bars, playing cards."""

from movies.posters.drawn.shapes import Pen, num, polar


def fingerprint(p: Pen) -> str:
    """Ridges around a whorl, one of them known to the police."""
    x, y = p.rng.uniform(112, 128), p.h * 0.5
    step, lit, parts = p.h * 0.052, p.rng.randint(2, 5), []
    for i in range(1, 9):
        rx, ry = step * i * 0.8, step * i * 1.12
        gap, dash = p.rng.uniform(14, 24), p.rng.uniform(60, 130) + i * 9
        parts.append(
            f'<ellipse fill="none" stroke="{p.accent if i == lit else p.ink}" cx="{num(x)}"'
            f' cy="{num(y + i * 2)}" rx="{num(rx)}" ry="{num(ry)}" stroke-width="{num(step * 0.5)}"'
            f' stroke-dasharray="{num(dash)} {num(gap)}"/>'
        )
    return p.turned(p.rng.uniform(-24, 24), x, y, *parts)


def bullet_holes(p: Pen) -> str:
    n, parts = p.rng.randint(3, 5), []
    for i in range(n):
        x = 34 + 172 * (i + 0.5) / n + p.rng.uniform(-10, 10)
        y, r = p.h * (0.2 + 0.6 * p.rng.uniform(0, 1)), p.rng.uniform(13, 24)
        parts.append(
            p.star(
                p.second if i % 2 else p.accent,
                x,
                y,
                r * 2.6,
                r * 0.9,
                p.rng.randint(7, 9),
                p.rng.uniform(0, 40),
            )
        )
        parts.append(p.circle(p.ink, x, y, r))
    return "".join(parts)


def fedora(p: Pen) -> str:
    """A hat and a collar: no face needed."""
    x, y, w = p.rng.uniform(108, 132), p.h * 0.42, p.h * p.rng.uniform(0.24, 0.29)
    tilt = p.rng.uniform(-9, 5)
    crown = f"M{num(x - w)} {num(y)}l{num(w * 0.2)} {num(-w * 1.05)}q{num(w * 0.3)} {num(-w * 0.3)} {num(w * 0.8)} {num(-w * 0.02)}q{num(w * 0.5)} {num(-w * 0.28)} {num(w * 0.8)} {num(w * 0.02)}L{num(x + w)} {num(y)}z"
    brim = f"M{num(x - w * 1.9)} {num(y + w * 0.12)}Q{num(x)} {num(y - w * 0.42)} {num(x + w * 1.9)} {num(y + w * 0.12)}Q{num(x)} {num(y + w * 0.5)} {num(x - w * 1.9)} {num(y + w * 0.12)}z"
    foot, neck = p.h + 2, p.h * 0.74
    coat = p.poly(
        p.ink,
        (x, p.h * 0.98),
        (x - w * 0.8, neck - w * 0.5),
        (x - w * 2.1, p.h * 0.93),
        (x - w * 2.6, foot),
        (x + w * 2.6, foot),
        (x + w * 2.1, p.h * 0.93),
        (x + w * 0.8, neck - w * 0.5),
    )
    band = p.poly(
        p.accent, (x - w, y), (x - w * 0.94, y - w * 0.32), (x + w * 0.94, y - w * 0.32), (x + w, y)
    )
    face = p.poly(
        p.second,
        (x - w * 0.72, y),
        (x + w * 0.72, y),
        (x + w * 0.5, neck),
        (x, neck + w * 0.5),
        (x - w * 0.5, neck),
    )
    return face + coat + p.turned(tilt, x, y, p.path(p.ink, crown), band, p.path(p.ink, brim))


def bars(p: Pen) -> str:
    n = p.rng.randint(5, 7)
    step, bent = 240 / n, p.rng.randint(1, n - 2)
    parts = [
        p.circle(p.accent, p.rng.uniform(80, 160), p.h * p.rng.uniform(0.35, 0.55), p.h * 0.27)
    ]
    for i in range(n):
        x = step * (i + 0.5)
        bow = p.rng.choice((-26, 26)) if i == bent else 0
        d = (
            f"M{num(x)} 0Q{num(x + bow * 2)} {num(p.h / 2)} {num(x)} {num(p.h)}"
            if bow
            else f"M{num(x)} 0V{num(p.h)}"
        )
        parts.append(p.line(p.ink, step * 0.32, d))
    return (
        "".join(parts) + p.rect(p.ink, 0, p.h * 0.1, 240, 8) + p.rect(p.ink, 0, p.h * 0.86, 240, 8)
    )


def ace(p: Pen) -> str:
    """Two cards on the table."""
    w, tilt = p.h * 0.44, p.rng.uniform(8, 18)
    h, x, y, r = w * 1.42, 120 - p.h * 0.22, p.h * 0.2, w * 0.26
    cx, cy = 120, y + h * 0.46
    spade = (
        f"M{num(cx)} {num(cy - r * 1.5)}c{num(r * 0.5)} {num(r)} {num(r * 1.4)} {num(r)} {num(r * 1.4)} {num(r * 1.8)}"
        f"a{num(r * 0.66)} {num(r * 0.66)} 0 0 1 {num(-r * 1.2)} {num(r * 0.4)}l{num(r * 0.34)} {num(r * 0.8)}h{num(-r * 1.08)}l{num(r * 0.34)} {num(-r * 0.8)}"
        f"a{num(r * 0.66)} {num(r * 0.66)} 0 0 1 {num(-r * 1.2)} {num(-r * 0.4)}c0 {num(-r * 0.8)} {num(r * 0.9)} {num(-r * 0.8)} {num(r * 1.4)} {num(-r * 1.8)}z"
    )
    back = p.turned(-tilt, 120, p.h, p.rounded(p.accent, x - w * 0.3, y, w, h, 9))
    front = (
        p.rounded(p.ink, x + w * 0.16, y, w, h, 9)
        + f'<g transform="translate({num(w * 0.16)})">'
        + p.path(p.ground, spade)
        + "</g>"
    )
    return back + p.turned(tilt * 0.7, 120, p.h, front)


def street_lamp(p: Pen) -> str:
    x, top = p.rng.uniform(60, 100), p.h * 0.16
    reach = p.rng.uniform(46, 70)
    lamp = x + reach
    return (
        p.poly(
            p.accent,
            (lamp - 12, top + 10),
            (lamp + 12, top + 10),
            (lamp + 78, p.h * 0.92),
            (lamp - 78, p.h * 0.92),
        )
        + p.line(p.ink, 7, f"M{num(x)} {num(p.h)}V{num(top + 26)}q0-30 30-30H{num(lamp)}")
        + p.half(p.ink, lamp, top + 12, 20)
        + p.rect(p.second, 0, p.h * 0.92, 240, p.h * 0.08 + 1)
        + p.poly(
            p.ink,
            (lamp + 4, p.h * 0.6),
            (lamp + 20, p.h * 0.6),
            (lamp + 26, p.h * 0.92),
            (lamp - 2, p.h * 0.92),
        )
        + p.circle(p.ink, lamp + 12, p.h * 0.54, p.h * 0.045)
        + p.rect(p.ink, lamp - 3, p.h * 0.505, 30, 4)
    )


def banknotes(p: Pen) -> str:
    n, parts = p.rng.randint(3, 4), []
    for i in range(n):
        y = p.h * (0.14 + 0.21 * i)
        x, turn = p.rng.uniform(10, 44), p.rng.uniform(-16, 16)
        w, h = 176, p.h * 0.3
        fill = p.accent if i == n - 1 else (p.ink, p.second)[i % 2]
        mark = p.ground if fill != p.ground else p.ink
        parts.append(
            p.turned(
                turn,
                x + w / 2,
                y + h / 2,
                p.rect(fill, x, y, w, h),
                p.circle(mark, x + w / 2, y + h / 2, h * 0.28),
                p.rect(mark, x + 14, y + h / 2 - 4, 26, 8),
                p.rect(mark, x + w - 40, y + h / 2 - 4, 26, 8),
            )
        )
    return "".join(parts)


def skyline(p: Pen) -> str:
    """The city at night, and a beam looking for somebody."""
    x, parts = -4.0, []
    bx, angle = p.rng.uniform(40, 200), p.rng.uniform(-120, -60)
    parts.append(
        p.poly(
            p.accent,
            (bx, p.h * 0.9),
            polar(bx, p.h * 0.9, 330, angle - 9),
            polar(bx, p.h * 0.9, 330, angle + 9),
        )
    )
    while x < 240:
        w, top = p.rng.uniform(26, 50), p.h * p.rng.uniform(0.42, 0.78)
        parts.append(p.rect(p.ink, x, top, w + 1, p.h - top + 1))
        if p.rng.chance(0.6):
            parts.append(
                p.rect(p.second, x + w * 0.3, top + 12, w * 0.18, 8)
                + p.rect(p.second, x + w * 0.58, top + 12, w * 0.18, 8)
            )
        x += w
    return "".join(parts)


MOTIFS = (fingerprint, bullet_holes, fedora, bars, ace, street_lamp, banknotes, skyline)
