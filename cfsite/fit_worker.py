"""Sets up Django in a Dask worker, so that it can read ratings and write factors by itself:

    dask worker tcp://SCHEDULER:8786 --nthreads 1 --preload cfsite.fit_worker

with the site's own environment.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cfsite.settings")
django.setup()
