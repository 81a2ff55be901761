# Orthanc with the gate. Built from the checkout's root: docker build -f docker/orthanc.Dockerfile .
FROM debian:12-slim

RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d \
 && apt-get update \
 && apt-get install --yes --no-install-recommends orthanc orthanc-python orthanc-dicomweb orthanc-gdcm \
 && rm -rf /var/lib/apt/lists/*

# The gate needs the standard library only, so nothing else of the checkout is here.
COPY orthanc_plugin/__init__.py orthanc_plugin/vocabulary.py orthanc_plugin/vocabulary.toml /opt/aoa/orthanc_plugin/
COPY orthanc_plugin/gate /opt/aoa/orthanc_plugin/gate

ENV AOA_SETTINGS=/srv/aoa/aoa.toml PYTHONDONTWRITEBYTECODE=1
USER 1000:1000
CMD ["Orthanc", "/srv/aoa/orthanc/orthanc.json"]
