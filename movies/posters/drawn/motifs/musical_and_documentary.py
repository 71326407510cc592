# ruff: noqa: E501 (path data is read in one piece)
"""Motifs for musicals (keys, notes, records) and documentaries (cameras, recordings)."""

from movies.posters.drawn.shapes import Pen, num, polar


def notes(p: Pen) -> str:
    s, x = p.h * p.rng.uniform(0.1, 0.12), p.rng.uniform(64, 84)
    y, gap, up = p.h * 0.72, p.h * 0.38, p.rng.uniform(0, 18)
    heads = p.turned(-18, x, y, p.ellipse(p.accent, x, y, s * 1.25, s)) + p.turned(
        -18, x + gap, y - up, p.ellipse(p.ink, x + gap, y - up, s * 1.25, s)
    )
    top, right = p.h * 0.2, s * 1.1
    beam = p.poly(
        p.ink,
        (x + right - 4, top),
        (x + gap + right + 4, top - up),
        (x + gap + right + 4, top + s * 1.1 - up),
        (x + right - 4, top + s * 1.1),
    )
    stems = p.line(
        p.ink,
        8,
        f"M{num(x + right)} {num(y)}V{num(top)}M{num(x + gap + right)} {num(y - up)}V{num(top - up)}",
    )
    return p.circle(p.second, 190, p.h * 0.3, p.h * 0.18) + stems + beam + heads


def keys(p: Pen) -> str:
    """A keyboard on its way out of the sheet."""
    tilt, n = p.rng.uniform(-22, 22), 6
    w, top, parts = 48, p.h * p.rng.uniform(0.2, 0.3), []
    hot = p.rng.randint(1, 4)
    for i in range(n + 2):
        parts.append(p.rect(p.accent if i == hot else p.second, (i - 1) * w + 1.5, top, w - 3, p.h))
    for i in range(n + 1):
        if i % 7 not in (2, 6):
            parts.append(p.rect(p.ink, i * w - w * 0.3, top, w * 0.6, p.h * 0.46))
    return p.turned(tilt, 120, p.h * 0.6, *parts)


def record(p: Pen) -> str:
    x, y, r = p.rng.uniform(60, 150), p.h * p.rng.uniform(0.48, 0.58), p.h * 0.46
    grooves = "".join(p.ring(p.ground, x, y, r * k, 1.5) for k in (0.86, 0.72, 0.58))
    hub = p.circle(p.accent, x, y, r * 0.36) + p.circle(p.ground, x, y, r * 0.06)
    ax, ay = polar(x, y, r * 0.6, p.rng.uniform(-20, 20))
    arm = p.line(
        p.second, 8, f"M214 {num(p.h * 0.1)}V{num(ay - 30)}L{num(ax)} {num(ay)}", round_ends=True
    )
    return p.circle(p.ink, x, y, r) + grooves + hub + arm + p.circle(p.second, 214, p.h * 0.1, 14)


def curtain(p: Pen) -> str:
    """The curtain parts and one spot is on."""
    spot, n = p.rng.uniform(100, 140), p.rng.randint(3, 4)
    parts = [
        p.poly(
            p.second,
            (spot - 12, -2),
            (spot + 12, -2),
            (spot + 66, p.h * 0.9),
            (spot - 66, p.h * 0.9),
        ),
        p.ellipse(p.accent, spot, p.h * 0.9, 66, p.h * 0.06),
    ]
    for i in range(n):
        fill = (p.ink, p.accent)[i % 2]
        at, foot = 110 * (1 - i / n), 62 * (1 - i / n)
        for edge, s in ((-2, 1), (242, -1)):
            d = f"M{edge} -2H{num(edge + s * at)}Q{num(edge + s * at)} {num(p.h * 0.5)} {num(edge + s * foot)} {num(p.h + 2)}H{edge}z"
            parts.append(p.path(fill, d))
    return "".join(parts)


def microphone(p: Pen) -> str:
    x, w, tilt = p.rng.uniform(100, 140), p.h * p.rng.uniform(0.13, 0.16), p.rng.uniform(-26, 26)
    top, y = p.h * 0.14, p.h * 0.48
    d = "".join(f"M{num(x - w)} {num(top + (y - top) * k)}h{num(2 * w)}" for k in (0.3, 0.5, 0.7))
    head = p.rounded(p.accent, x - w, top, 2 * w, y - top + w * 0.4, w)
    cup = f"M{num(x - w * 1.5)} {num(y - w)}v{num(w * 0.7)}a{num(w * 1.5)} {num(w * 1.5)} 0 0 0 {num(w * 3)} 0v{num(-w * 0.7)}"
    return p.circle(p.second, x, p.h * 0.4, p.h * 0.38) + p.turned(
        tilt,
        x,
        y,
        head,
        p.line(p.ink, 5, d),
        p.line(p.ink, 10, cup + f"M{num(x)} {num(y + w * 1.2)}V{num(p.h * 1.2)}"),
    )


def sound_wave(p: Pen) -> str:
    n = p.rng.choice((11, 13, 15))
    step, y, hot = 240 / n, p.h * 0.5, p.rng.randint(3, n - 4)
    bars = []
    for i in range(n):
        tall = p.h * p.rng.uniform(0.1, 0.34) * (1.5 - abs(i - n / 2) / n * 1.6)
        fill = p.accent if abs(i - hot) < 2 else p.ink
        bars.append(
            p.rounded(fill, i * step + step * 0.2, y - tall, step * 0.6, 2 * tall, step * 0.3)
        )
    return "".join(bars)


def aperture(p: Pen) -> str:
    x, y, r = p.rng.uniform(95, 145), p.h * 0.5, p.h * p.rng.uniform(0.4, 0.45)
    n, turn, parts = p.rng.randint(6, 8), p.rng.uniform(0, 60), []
    for i in range(n):
        a = turn + i * 360 / n
        fill = p.accent if i == 0 else (p.ink, p.second)[i % 2]
        parts.append(
            p.poly(
                fill,
                polar(x, y, r, a),
                polar(x, y, r, a + 360 / n),
                polar(x, y, r * 0.36, a + 720 / n),
                polar(x, y, r * 0.36, a + 360 / n),
            )
        )
    return "".join(parts)


def lens(p: Pen) -> str:
    x, y, r = p.rng.uniform(80, 160), p.h * 0.5, p.h * p.rng.uniform(0.38, 0.45)
    gx, gy = polar(x, y, r * 0.36, p.rng.uniform(200, 320))
    return (
        p.rect(p.second, 0, y - r * 0.5, 240, r)
        + p.circle(p.ink, x, y, r)
        + p.ring(p.ground, x, y, r * 0.78, 3)
        + p.circle(p.accent, x, y, r * 0.56)
        + p.circle(p.ink, x, y, r * 0.3)
        + p.circle(p.ground, gx, gy, r * 0.1)
    )


def globe(p: Pen) -> str:
    x, y, r = p.rng.uniform(80, 160), p.h * 0.52, p.h * p.rng.uniform(0.4, 0.48)
    grid = "".join(
        f"M{num(x)} {num(y - r)}a{num(r * k)} {num(r)} 0 0 {s} 0 {num(2 * r)}"
        for k in (0.4, 0.78)
        for s in (0, 1)
    )
    grid += "".join(
        f"M{num(x - r * w)} {num(y + r * k)}h{num(2 * r * w)}"
        for k, w in ((-0.5, 0.86), (0, 1), (0.5, 0.86))
    )
    px, py = polar(x, y, r * 0.5, p.rng.uniform(0, 360))
    return (
        p.circle(p.ink, x, y, r)
        + p.turned(p.rng.uniform(-24, 24), x, y, p.line(p.ground, 2, grid))
        + p.circle(p.accent, px, py, r * 0.16)
    )


def film_strip(p: Pen) -> str:
    tilt, w = p.rng.uniform(-26, 26), 120
    x, hot, parts = 60, p.rng.randint(1, 2), [p.rect(p.ink, 60, -60, w, p.h + 120)]
    for i in range(-1, 5):
        y = i * p.h * 0.3 - 8
        parts.append(p.rect(p.accent if i == hot else p.second, x + 22, y, w - 44, p.h * 0.24))
        parts.extend(
            p.rect(p.ground, x + dx, y + p.h * k, 9, 11) for dx in (6, w - 15) for k in (0.02, 0.17)
        )
    return p.turned(tilt, 120, p.h / 2, *parts)


MUSICAL = (notes, keys, record, curtain, microphone)
DOCUMENTARY = (aperture, lens, globe, film_strip, sound_wave)
