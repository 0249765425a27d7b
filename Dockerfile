# Three images from one base. `service` is the program: API, worker and every command. The compose
# mode runs two more beside it: `objects` is MinIO, which its makers give out as source only, and
# `chain` a development node.

FROM python:3.13-slim AS wheel
WORKDIR /src
COPY requirements.txt ./
RUN python -m venv /opt/mealtrace \
 && /opt/mealtrace/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt
COPY pyproject.toml README.md ./
COPY ledger ledger
COPY storage storage
COPY anchoring anchoring
COPY contracts contracts
COPY devices devices
COPY api api
RUN /opt/mealtrace/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim AS service
# Secrets are files in folders of their own, which new volumes take over with owner and mode.
RUN useradd --system --uid 10001 --home-dir /var/lib/mealtrace mealtrace \
 && install -d -o mealtrace -g mealtrace -m 0700 \
    /var/lib/mealtrace /var/lib/mealtrace/data /var/lib/mealtrace/keys \
    /var/lib/mealtrace/backup /var/lib/mealtrace/wrapped-keys \
    /run/mealtrace/database /run/mealtrace/objects
COPY --from=wheel /opt/mealtrace /opt/mealtrace
ENV PATH=/opt/mealtrace/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MEALTRACE_HOME=/var/lib/mealtrace
USER mealtrace
WORKDIR /var/lib/mealtrace
ENTRYPOINT ["mealtrace"]
CMD ["serve"]

# The version that `make tools` found newest when this release was tested.
FROM golang:1.26 AS minio
RUN CGO_ENABLED=0 GOBIN=/out go install -trimpath github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c

FROM python:3.13-slim AS objects
RUN useradd --system --uid 10001 --home-dir /data objects \
 && install -d -o objects -g objects -m 0700 /data /run/mealtrace/objects
COPY --from=minio /out/minio /usr/local/bin/minio
USER objects
WORKDIR /data
ENTRYPOINT ["minio"]

FROM node:22-slim AS anvil
WORKDIR /src
COPY contracts/package.json contracts/package-lock.json ./
RUN npm install --no-save --no-audit --no-fund \
 && install -D node_modules/@foundry-rs/anvil-linux-*/bin/anvil /out/anvil

FROM python:3.13-slim AS chain
RUN useradd --system --uid 10001 --home-dir /chain chain \
 && install -d -o chain -g chain -m 0700 /chain
COPY --from=anvil /out/anvil /usr/local/bin/anvil
USER chain
WORKDIR /chain
ENTRYPOINT ["anvil"]
