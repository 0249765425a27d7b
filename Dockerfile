# Two images: `service` (API, worker, init, migrate: one program) and `chain` (a development node).

FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.txt pyproject.toml README.md ./
RUN python -m venv /opt/mealtrace \
 && /opt/mealtrace/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY ledger ledger
COPY storage storage
COPY anchoring anchoring
COPY contracts contracts
COPY devices devices
COPY api api
RUN /opt/mealtrace/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim AS service
RUN useradd --system --uid 10001 --home-dir /var/lib/mealtrace --create-home mealtrace \
 && install -d -o mealtrace -g mealtrace -m 0700 /var/lib/mealtrace/data /var/lib/mealtrace/keys
COPY --from=build /opt/mealtrace /opt/mealtrace
ENV PATH=/opt/mealtrace/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MEALTRACE_HOME=/var/lib/mealtrace
USER mealtrace
WORKDIR /var/lib/mealtrace
ENTRYPOINT ["mealtrace"]
CMD ["serve"]

FROM node:22-slim AS chain
WORKDIR /opt/chain
COPY contracts/package.json contracts/package-lock.json ./
RUN npm install --no-save --no-audit --no-fund
USER node
ENTRYPOINT ["/opt/chain/node_modules/.bin/anvil"]
