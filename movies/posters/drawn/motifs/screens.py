"""Motifs for IMAX, and for movies without a genre."""

from movies.posters.drawn.shapes import Pen, polar


def screen(p: Pen) -> str:
    n, parts = p.rng.randint(4, 6), []
    y = p.h * p.rng.uniform(0.44, 0.56)
    for i in range(n):
        k = 1.12 - i / n
        parts.append(
            p.rect(
                (p.ink, p.second, p.accent)[i % 3],
                120 - 120 * k,
                y - p.h * 0.44 * k,
                240 * k,
                p.h * 0.88 * k,
            )
        )
    return "".join(parts)


def beam(p: Pen) -> str:
    y, x = p.h * p.rng.uniform(0.3, 0.7), p.rng.uniform(24, 44)
    heads = "".join(p.circle(p.ink, i * 40 + 20, p.h * 0.98, 17) for i in range(6))
    return (
        p.poly(p.accent, (x, y), (244, p.h * 0.06), (244, p.h * 0.86))
        + p.poly(p.second, (x, y), (244, p.h * 0.3), (244, p.h * 0.6))
        + p.rounded(p.ink, x - 60, y - 22, 70, 44, 8)
        + heads
    )


def dome(p: Pen) -> str:
    x, n, parts = p.rng.uniform(80, 160), p.rng.randint(4, 6), []
    for i in range(n):
        parts.append(
            p.half(
                (p.ink, p.accent, p.second, p.ground)[i % 4], x, p.h + 1, p.h * 0.94 * (1 - i / n)
            )
        )
    return "".join(parts)


def quarters(p: Pen) -> str:
    """Tiles of quarter circles."""
    parts, s = [], 80
    for row in range(int(p.h / s) + 1):
        for col in range(3):
            x, y, fill = col * s, row * s, p.rng.choice((p.ink, p.accent, p.second))
            corner = p.rng.randint(0, 3)
            cx, cy = x + s * (corner % 2), y + s * (corner // 2)
            dx, dy = (s, -s)[corner % 2], (s, -s)[corner // 2]
            sweep = 1 if (dx > 0) == (dy > 0) else 0
            parts.append(p.path(fill, f"M{cx} {cy}h{dx}a{s} {s} 0 0 {sweep} {-dx} {dy}z"))
    return "".join(parts)


def three_shapes(p: Pen) -> str:
    x, y, r = p.rng.uniform(70, 110), p.h * 0.4, p.h * p.rng.uniform(0.24, 0.3)
    t = p.rng.uniform(0, 40)
    return (
        p.turned(t, 160, p.h * 0.6, p.rect(p.second, 160 - r, p.h * 0.6 - r, 2 * r, 2 * r))
        + p.circle(p.accent, x, y, r * 1.15)
        + p.poly(p.ink, *(polar(120, p.h * 0.66, r * 1.15, t * 2 + a) for a in (-90, 30, 150)))
    )


def stripes(p: Pen) -> str:
    n, turn = p.rng.randint(4, 6), p.rng.choice((-38, -24, 24, 38))
    step = 300 / n
    bands = "".join(p.rect(p.ink, i * step - 30, -120, step * 0.5, p.h + 240) for i in range(n))
    x, y = p.rng.uniform(80, 160), p.h * p.rng.uniform(0.4, 0.6)
    return p.turned(turn, 120, p.h / 2, bands) + p.circle(p.accent, x, y, p.h * 0.28)


def reel(p: Pen) -> str:
    x, y, r = p.rng.uniform(90, 150), p.h * 0.5, p.h * p.rng.uniform(0.4, 0.46)
    n, turn = p.rng.choice((5, 6)), p.rng.uniform(0, 60)
    holes = "".join(
        p.circle(p.second if i else p.accent, *polar(x, y, r * 0.6, turn + i * 360 / n), r * 0.23)
        for i in range(n)
    )
    return p.circle(p.ink, x, y, r) + holes + p.circle(p.ground, x, y, r * 0.1)


LARGE_SCREEN = (screen, beam, dome)
ANY = (quarters, three_shapes, stripes, reel)
