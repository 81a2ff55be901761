# The engine, the portal and `aoa` itself. Built from the checkout's root: docker build -f docker/aoa.Dockerfile .
FROM debian:12-slim AS environment

RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3.11 python3-venv \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/aoa
COPY requirements.lock requirements-weights.lock ./
RUN python3.11 -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
 && .venv/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement requirements-weights.lock

COPY pyproject.toml README.md LICENSE ./
COPY orthanc_plugin orthanc_plugin
COPY consent_portal consent_portal
COPY notices notices
RUN .venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable .

FROM debian:12-slim

RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3.11 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    fontconfig fonts-dejavu-core fonts-noto-core tesseract-ocr libjpeg-turbo-progs \
 && rm -rf /var/lib/apt/lists/*

COPY --from=environment /opt/aoa /opt/aoa

ENV AOA_SETTINGS=/srv/aoa/aoa.toml PATH=/opt/aoa/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /srv/aoa
USER 1000:1000
CMD ["aoa", "--help"]
