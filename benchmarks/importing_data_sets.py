"""Importing a data set into PostgreSQL and SQLite, beside a bare bulk load of the same rows.

    python benchmarks/importing_data_sets.py                 a tenth of MovieLens 25M; ten minutes
    python benchmarks/importing_data_sets.py --shape ml-25m  all of it; needs 12 GB of disk
    python benchmarks/importing_data_sets.py --quick         100,000 ratings, as a smoke test

The bare load writes the rows with everything known beforehand: movies and raters are there, the
ratings are arrays of primary keys. On PostgreSQL it is COPY into a table without indexes, a million
rows at a time, then its four indexes, its two foreign keys, and one count of all movies' ratings;
on SQLite one INSERT after the other into the finished table, then the same count, without foreign
keys. It parses no file. The import starts from movies.csv, links.csv and ratings.csv, in a process
of its own. Processor seconds are those of client and server.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import synthetic
from measurements import ROOT, Measurement, Table, option_parser, report, say

sys.path.insert(0, str(ROOT))

from tests.servers import postgresql

# ml-25m has 62,423 movies; synthetic.py's shape counts the rated ones.
synthetic.SHAPES.update(
    {
        "quick": (650, 1_500, 100_000),
        "tenth": (16_254, 6_242, 2_500_010),
        "ml-25m": (162_541, 62_423, 25_000_095),
    }
)
BARS = {"times": "<= 1.6", "memory": "<= 1000", "again": "<= 15"}
# The smoke test is smaller than what PostgreSQL loads into a table of its own.
NO_BARS = {"times": "", "memory": "", "again": ""}
ROWS_AT_ONCE = 1_000_000


def main() -> int:
    options = _options()
    figures: list[Measurement] = []
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        folder = write_data_set(Path(scratch) / "generated", options.shape)
        for name in ("PostgreSQL", "SQLite"):
            if name.lower() in options.only:
                bars = NO_BARS if options.shape == "quick" else BARS
                _measure(name, folder, Path(scratch), bars, figures, rows)
    columns = ["database", "bare load", "import", "times", "import again", "per row", "peak memory"]
    n = synthetic.SHAPES[options.shape][2]
    table = Table(
        f"Importing {n:,} generated ratings (processor seconds)", columns, rows, n_words=1
    )
    return report(options, "importing_data_sets", [table], figures)


def _options() -> argparse.Namespace:
    parser = option_parser(__doc__.splitlines()[0])
    parser.add_argument("--shape", choices=["quick", "tenth", "ml-25m"], default="tenth")
    parser.add_argument("--quick", action="store_const", const="quick", dest="shape")
    parser.add_argument(
        "--only", nargs="+", choices=["postgresql", "sqlite"], default=["postgresql", "sqlite"]
    )
    parser.add_argument("--scratch", help="folder for files and databases (default: temporary)")
    return parser.parse_args()


def _measure(
    name: str,
    folder: Path,
    scratch: Path,
    bars: dict[str, str],
    figures: list[Measurement],
    rows: list[list[str]],
) -> None:
    data = scratch / name
    data.mkdir()
    with database(name, data) as url:
        say(f"{name}: importing")
        site = {**os.environ, "DATABASE_URL": url, "CFSITE_DATA_DIR": str(data)}
        first = in_site(["migrate"], ["import", str(folder)], site)
        again = in_site([], ["import", str(folder)], site)
        say(f"{name}: bare load")
        bare = in_site([], ["bare"], site)
    shutil.rmtree(data)
    times = first["processor"] / bare["processor"]
    per_row = 1e6 * again["seconds"] / first["rows"]
    memory = max(first["megabytes"], again["megabytes"])
    figures += [
        Measurement(f"{name}, processor time of the import", times, "x bare load", bars["times"]),
        Measurement(f"{name}, import again", per_row, "us a row", bars["again"]),
        Measurement(f"{name}, peak memory of the import", memory, "MB", bars["memory"]),
        Measurement(f"{name}, movies with wrong counts", first["wrong"], "", "<= 0"),
    ]
    rows.append(
        [
            name,
            f"{bare['seconds']:.1f} s ({bare['processor']:.1f})",
            f"{first['seconds']:.1f} s ({first['processor']:.1f})",
            f"{times:.2f}",
            f"{again['seconds']:.1f} s ({again['processor']:.1f})",
            f"{per_row:.1f} us",
            f"{memory:.0f} MB",
        ]
    )


def database(name: str, data: Path) -> contextlib.AbstractContextManager[str]:
    if name == "PostgreSQL":
        return postgresql(durable=True)
    return contextlib.nullcontext(f"sqlite:///{data / 'site.sqlite3'}")


def in_site(before: list[str], work: list[str], site: dict[str, str]) -> dict[str, float]:
    """Run this script again as a process of the site; returns what it measured."""
    if before:
        command = [sys.executable, str(ROOT / "manage.py"), *before, "--verbosity", "0"]
        subprocess.run(command, env=site, check=True, cwd=ROOT)
    done = subprocess.run(
        [sys.executable, __file__, "--work", *work],
        env=site,
        check=True,
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout.splitlines()[-1])


def write_data_set(folder: Path, shape: str) -> Path:
    """Ratings sorted by user and movie, as MovieLens has them."""
    say(f"generating {synthetic.SHAPES[shape][2]:,} ratings")
    made = synthetic.synthetic(shape)
    order = np.lexsort((made.items, made.users))
    seconds = np.random.default_rng(1).integers(8 * 10**8, 16 * 10**8, order.size)
    folder.mkdir()
    with (folder / "ratings.csv").open("w") as file:
        file.write("userId,movieId,rating,timestamp\n")
        for start in range(0, order.size, ROWS_AT_ONCE):
            rows = order[start : start + ROWS_AT_ONCE]
            columns = (
                *(made.users[rows] + 1, 3 * made.items[rows] + 1, made.stars[rows]),
                seconds[start : start + ROWS_AT_ONCE],
            )
            lines = zip(*(column.tolist() for column in columns), strict=True)
            file.writelines(
                [f"{user},{item},{stars:.1f},{time}\n" for user, item, stars, time in lines]
            )
    n_items = synthetic.SHAPES[shape][1]
    with (folder / "movies.csv").open("w") as movies, (folder / "links.csv").open("w") as links:
        movies.write("movieId,title,genres\n")
        links.write("movieId,imdbId,tmdbId\n")
        for item in range(n_items):
            movies.write(f"{3 * item + 1},Movie {item} ({1930 + item % 95}),Drama|Comedy\n")
            links.write(f"{3 * item + 1},{item + 1:07d},{item + 1}\n")
    return folder


def _work(arguments: list[str]) -> None:
    """In a process of the site: print seconds, rows and megabytes as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "cfsite.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from movies.models import Rating
    from movies.models.triggers import rating_counts

    began, used = time.perf_counter(), _processor_seconds(connection)
    if arguments[0] == "bare":
        measured = _bare_load(connection)
    else:
        call_command("import_movielens", *arguments[1:], stdout=sys.stderr)
        measured = {
            "seconds": time.perf_counter() - began,
            "processor": _processor_seconds(connection) - used,
            "megabytes": _peak_megabytes(),
        }
        measured["wrong"] = rating_counts.recount(connection)
        measured["rows"] = Rating.objects.count()
    print(json.dumps(measured))


def _processor_seconds(connection) -> float:
    """Of this process, and of all processes of the PostgreSQL server on this machine."""
    seconds = time.process_time()
    if connection.vendor != "postgresql":
        return seconds
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = _stat(cursor.fetchone()[0])[1]
    ticks = sum(_stat(server)[13:15])  # of its children that have ended
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile
            stat = _stat(int(process.name))
            ticks += sum(stat[11:13]) if stat[1] == server else 0
    return seconds + ticks / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[int]:
    """The fields of /proc/PID/stat behind the name; the first, a letter, is left as 0."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return [0, *map(int, fields[1:])]


def _peak_megabytes() -> float:
    """Not `ru_maxrss`, which counts the process that started this one too."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s*(\d+)", status)[0]) / 1024


_RECOUNT = """
    UPDATE movies_movie SET n_ratings = total.n, half_star_sum = total.half_stars
    FROM (SELECT movie_id, count(*) AS n, sum(half_stars) AS half_stars FROM bare
          GROUP BY movie_id) AS total
    WHERE movies_movie.id = total.movie_id
"""
_INDEXES = (
    "ALTER TABLE bare ADD PRIMARY KEY (id)",
    "CREATE UNIQUE INDEX ON bare (user_id, movie_id)",
    "CREATE INDEX ON bare (user_id, rated_at DESC, id DESC)",
    "CREATE INDEX ON bare (movie_id, half_stars)",
    "ALTER TABLE bare ADD FOREIGN KEY (user_id) REFERENCES accounts_user",
    "ALTER TABLE bare ADD FOREIGN KEY (movie_id) REFERENCES movies_movie",
)


def _bare_load(connection) -> dict[str, float]:
    rows = _rows_as_stored(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE movies_movie SET n_ratings = 0, half_star_sum = 0")
        if connection.vendor == "postgresql":
            cursor.execute("CREATE TABLE bare (LIKE movies_rating INCLUDING ALL EXCLUDING INDEXES)")
            cursor.execute("CHECKPOINT")
        else:
            _create_bare_on_sqlite(cursor)
        from movies.imports.rating_rows import insert

        began, used = time.perf_counter(), _processor_seconds(connection)
        for start in range(0, rows.n, ROWS_AT_ONCE):
            from django.db import transaction

            with transaction.atomic():
                insert(rows.take(slice(start, start + ROWS_AT_ONCE)), "bare")
        for statement in _INDEXES if connection.vendor == "postgresql" else ():
            cursor.execute(statement)
        cursor.execute(_RECOUNT)
    processor = _processor_seconds(connection) - used
    return {"seconds": time.perf_counter() - began, "processor": processor}


def _create_bare_on_sqlite(cursor) -> None:
    """The ratings table under another name, without foreign keys and triggers."""
    cursor.execute(
        "CREATE TABLE bare (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, user_id bigint NOT NULL,"
        " movie_id bigint NOT NULL, half_stars smallint NOT NULL, rated_at datetime NOT NULL,"
        " updated_at datetime NOT NULL, prediction_shown bool NOT NULL, UNIQUE (user_id, movie_id))"
    )
    cursor.execute("CREATE INDEX bare_newest ON bare (user_id, rated_at DESC, id DESC)")
    cursor.execute("CREATE INDEX bare_spread ON bare (movie_id, half_stars)")


def _rows_as_stored(connection):
    from movies.imports.rating_rows import RatingRows

    second = {
        "postgresql": "extract(epoch FROM rated_at)::bigint",
        "sqlite": "CAST(strftime('%s', rated_at) AS integer)",
    }[connection.vendor]
    parts = list(_read(connection, second))
    return RatingRows(*np.concatenate(parts).T.copy())


def _read(connection, second: str) -> Iterator[np.ndarray]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT user_id, movie_id, half_stars, {second} FROM movies_rating ORDER BY id"
        )
        while rows := cursor.fetchmany(100_000):
            yield np.array(rows, np.int64)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        _work(sys.argv[2:])
    else:
        raise SystemExit(main())
