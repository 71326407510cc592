# The site in one image: web, worker and beat are the same image with another command, see
# bin/container. For amd64 and arm64: every locked package has a wheel for both.
#
#   docker build --tag cfsite .
#
# REQUIREMENTS=requirements-tuning.txt adds Optuna, for the worker's monthly tuning.

ARG PYTHON=docker.io/library/python:3.13-slim-trixie

FROM ${PYTHON} AS build
ARG REQUIREMENTS=requirements.txt
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/venv
WORKDIR /opt/cfsite
COPY requirements*.txt ./
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r "$REQUIREMENTS"
COPY . .
# Static files belong to the version, so they are part of the image. Bytecode, because the running
# container can write none.
RUN CFSITE_DATA_DIR=/tmp/data CFSITE_STATIC_DIR=/opt/static \
        /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /opt/venv/bin/python -m compileall -q accounts cfsite movies recommender

FROM ${PYTHON}
# pg_dump and pg_restore for backups: in trixie of version 17, as the database of compose.yaml.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin cfsite \
    && install --directory --owner cfsite --group cfsite --mode 0750 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/static /opt/static
COPY --from=build /opt/cfsite /opt/cfsite
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CFSITE_DATA_DIR=/data \
    CFSITE_STATIC_DIR=/opt/static
WORKDIR /opt/cfsite
USER 10001:10001
VOLUME /data
EXPOSE 8000
# Of the web process; the others are watched by their heartbeats (/readyz).
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["/opt/cfsite/bin/container"]
CMD ["web"]
