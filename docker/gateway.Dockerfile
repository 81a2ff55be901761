# The only container that other machines can reach: hands HTTP on to Orthanc and the portal, which listen on loopback.
# Built from the checkout's root: docker build -f docker/gateway.Dockerfile .
FROM debian:12-slim

RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d \
 && apt-get update \
 && apt-get install --yes --no-install-recommends nginx-light \
 && rm -rf /var/lib/apt/lists/*

COPY docker/gateway.conf /etc/nginx/nginx.conf
USER 1000:1000
CMD ["nginx", "-e", "/dev/stderr", "-g", "daemon off;"]
