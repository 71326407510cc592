"""Files of the data folder."""

import os
import shutil
from io import StringIO
from pathlib import Path

from django.contrib.staticfiles.finders import find
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from cfsite.lib import asset_bundles
from cfsite.lib.mail_folder import MailFolder
from cfsite.lib.sqlite_cache import SqliteCache
from cfsite.operations.backups.backup import LOCK, back_up
from cfsite.operations.doctor import files as doctors_files
from movies.models import Rating
from movies.movie_page import share_image
from movies.posters import bitmaps, sizes
from recommender.serving.model_cache import ModelCache
from recommender.training import refit
from tests.lost.site import Site


def media(site: Site) -> None:
    site.movie.poster_file = "posters/1"
    site.movie.save()
    path = site.settings.MEDIA_ROOT / "posters" / "1-240.webp"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a picture")
    made = back_up()
    shutil.rmtree(site.settings.MEDIA_ROOT)
    assert Client().get(site.movie.get_absolute_url()).status_code == 200
    call_command("restore", str(site.settings.BACKUP_TO / made.name), force=True, stdout=StringIO())
    assert path.read_bytes() == b"a picture"


def secret_key(site: Site) -> None:
    client = Client()
    client.force_login(site.alice)
    assert client.get("/me/ratings/").status_code == 200
    site.settings.SECRET_KEY = "another one " * 5
    assert client.get("/me/ratings/").status_code == 302, "logged out"
    assert client.login(username="alice", password="a good password 1")
    assert client.get("/me/ratings/").status_code == 200
    script = "from cfsite import settings; print(settings.SECRET_KEY)"
    key = site.run(script)
    assert site.run(script) == key, "kept"
    (site.folder / "secret_key").unlink()
    assert site.run(script) != key, "a new one"


def mail_folder(site: Site) -> None:
    site.settings.EMAIL_FILE_PATH = str(site.folder / "mail")
    message = mail.EmailMessage("Hello", to=["alice@example.org"])
    for _ in range(2):
        MailFolder().send_messages([message])
        assert len(list((site.folder / "mail").iterdir())) == 1
        shutil.rmtree(site.folder / "mail")


def queue(site: Site) -> None:
    script = "import cfsite.settings"
    site.run(script)
    shutil.rmtree(site.folder / "queue")
    site.run(script)
    assert (site.folder / "queue" / "messages").is_dir()
    assert refit.is_due()


def limits(site: Site) -> None:
    path = site.folder / "limits.sqlite3"
    for _ in range(2):
        cache = SqliteCache(str(path), {})
        assert cache.add("tries", 1)
        assert cache.incr("tries") == 2
        cache.close()
        for file in site.folder.glob("limits.sqlite3*"):
            file.unlink()


def metrics(site: Site) -> None:
    script = """
import os; os.environ["CFSITE_METRICS_TOKEN"] = "a-token-of-enough-characters"
import django; os.environ["DJANGO_SETTINGS_MODULE"] = "cfsite.settings"; django.setup()
from cfsite.operations.metrics import requests
from prometheus_client import CollectorRegistry, generate_latest
requests.observe(200, 0.1)
registry = CollectorRegistry(); requests.add_to(registry)
print(generate_latest(registry).decode())
"""
    assert not (site.folder / "metrics").exists()
    assert 'request_duration_seconds_count{status="2xx"} 1.0' in site.run(script)
    assert (site.folder / "metrics").exists()


def share(site: Site) -> None:
    address = f"/movies/{site.movie.pk}/share.png"
    first = Client().get(address).content
    caches["limits"].clear()
    shutil.rmtree(site.folder / share_image.DRAWING.folder)
    assert Client().get(address).content == first


def faces(site: Site) -> None:
    first = bitmaps._faces()
    shutil.rmtree(site.folder / "faces")
    assert bitmaps._faces() == first
    assert all(Path(file).exists() for file in first)


def posters(site: Site) -> None:
    for _ in range(2):
        assert sizes.DRAWING.read_or_draw("1", lambda: b"drawn") == b"drawn"
        shutil.rmtree(site.folder / sizes.DRAWING.folder)
        caches["limits"].clear()


def numba(site: Site) -> None:
    """With a kernel as small as they come; the folder is the one that the settings name."""
    script = """
import os; os.environ.pop("NUMBA_CACHE_DIR", None); import cfsite.settings
exec(compile(open(os.environ["KERNEL"]).read(), os.environ["KERNEL"], "exec"))
print(one(1), os.environ["NUMBA_CACHE_DIR"])
"""
    kernel = site.folder / "kernel.py"
    kernel.write_text(
        "from numba import njit\n@njit('i8(i8)', cache=True)\ndef one(x):\n    return x\n"
    )
    os.environ["KERNEL"] = str(kernel)
    assert not (site.folder / "numba").exists()
    assert site.run(script).split() == ["1", str(site.folder / "numba")]
    assert list((site.folder / "numba").rglob("*.nbi"))


def models(site: Site) -> None:
    run = refit.refit(seed=7, force=True)
    assert run.state == "ready", run.reason
    cache = ModelCache(folder=site.folder / "models")
    for _ in range(2):
        assert cache.active_model() is not None
        assert list((site.folder / "models").rglob("*.npy"))
        shutil.rmtree(site.folder / "models")
        cache.clear()


def bundles(site: Site) -> None:
    first = Path(str(find("css/site.css")))
    before = first.read_bytes()
    shutil.rmtree(asset_bundles.BUILT)
    assert Path(str(find("css/site.css"))).read_bytes() == before


def static(site: Site) -> None:
    site.settings.STATIC_ROOT, site.settings.DEBUG = site.folder / "static", False
    found = list(doctors_files.static_files())
    assert [one.status for one in found] == ["error"]
    assert "collectstatic" in found[0].fix


def datasets(site: Site) -> None:
    folder = site.folder / "ml"
    folder.mkdir()
    (folder / "movies.csv").write_text("movieId,title,genres\n1,Toy Story (1995),Comedy\n")
    (folder / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,1,4.0,1000000000\n")
    call_command("import_movielens", str(folder), json=True, stdout=StringIO())
    shutil.rmtree(folder)
    assert Rating.objects.filter(movie__title="Toy Story").count() == 1
    assert refit.is_due()


def maintenance(site: Site) -> None:
    site.settings.MAINTENANCE, site.settings.MAINTENANCE_FILE = False, site.folder / "maintenance"
    site.settings.MAINTENANCE_FILE.touch()
    assert Client().get("/movies/").status_code == 503
    site.settings.MAINTENANCE_FILE.unlink()
    assert Client().get("/movies/").status_code == 200


def backup_lock(site: Site) -> None:
    back_up()
    (site.folder / LOCK).unlink()
    back_up()


def demo_logins(site: Site) -> None:
    site.alice.delete()
    call_command("create_demo_accounts", stdout=StringIO())
    (site.folder / "demo-logins.txt").unlink()
    call_command("create_demo_accounts", stdout=StringIO())
    assert not (site.folder / "demo-logins.txt").exists(), "nobody knows them any more"
    operator = User.objects.get(username="operator")
    operator.set_password("a new password 1")
    operator.save()
    assert Client().login(username="operator", password="a new password 1")
