"""What a web process has done before its first request, so that nobody waits for it."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from recommender.models import TrainingRun

# Imported when first needed, by libraries: codecs, parsers.
FEW_MODULES = 12

PROCESS = """
import json, sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from movies.search import index
from recommender import load_items, model_files, store
calls = []
def counted(module, name):
    whole = getattr(module, name)
    def call(*args, **options):
        calls.append(name)
        return whole(*args, **options)
    setattr(module, name, call)
counted(model_files, "load")
counted(index, "_alternative_keys")
from cfsite.wsgi import application
at_start, modules = list(calls), set(sys.modules)
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from accounts.models import User
client = Client(headers={"Host": "localhost"})
client.force_login(User.objects.get(username="alice"))
client.get("/how-it-works/")  # a client loads the middleware once more
modules = set(sys.modules)
queries = []
for _turn in range(2):
    for url in ("/", "/movies/", "/api/v1/recommendations/"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        queries.append(len(captured.captured_queries))
print(json.dumps({
    "at_start": at_start,
    "later": calls[len(at_start):],
    "modules": sorted(set(sys.modules) - modules),
    "first": queries[:3],
    "second": queries[3:],
}))
"""


@pytest.mark.django_db(transaction=True)
def test_the_first_page_of_a_process_does_no_more_than_the_second(
    fitted: TrainingRun, even_fan: User
) -> None:
    process = subprocess.run(
        [sys.executable, "-c", PROCESS, str(connection.settings_dict["NAME"])],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    done = json.loads(process.stdout)
    assert sorted(done["at_start"]) == ["_alternative_keys", "load"]
    assert done["later"] == [], "neither factors nor catalogue are read again"
    assert len(done["modules"]) <= FEW_MODULES, done["modules"]
    assert not [name for name in done["modules"] if name.split(".")[0] in ("movies", "recommender")]
    # What is read once a process or a minute: where to watch, the groups of the run.
    assert sum(done["first"]) - sum(done["second"]) <= 4, (done["first"], done["second"])
