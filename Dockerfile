# syntax=docker/dockerfile:1
# The server with its site and a nats-server, for whoever has none; it runs as nobody's
# user:
#
#     docker build -t ticket-exchange .
#     docker buildx build --sbom=true --provenance=true -t ticket-exchange .   with its bill of materials

FROM rust:1.95-bookworm AS tools
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-pip \
    && rm -rf /var/lib/apt/lists/*
COPY --from=node:20-bookworm-slim /usr/local/lib/node_modules /usr/local/lib/node_modules
COPY --from=node:20-bookworm-slim /usr/local/bin/node /usr/local/bin/node
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
ENV TICKET_EXCHANGE_CACHE=/cache PIP_BREAK_SYSTEM_PACKAGES=1
WORKDIR /src
# Only these say which tools there have to be: they are installed again when one changes.
COPY tools tools
COPY package.json package-lock.json Cargo.toml Cargo.lock ./
RUN tools/setup && cp -rL /cache/tools/bin/nats-server /nats-server \
    && cargo install --locked cargo-chef@0.1.78

# What the manifests ask for, and nothing of ours.
FROM tools AS recipe
COPY . .
RUN cargo chef prepare --recipe-path /recipe.json

# Dependencies are a layer, which only a change of the manifests compiles again: with the
# packages, the profiles and the flags of tools/build. (That the relocations are kept is
# what `cargo leptos --split` asks for.)
FROM tools AS build
COPY .cargo .cargo
COPY --from=recipe /recipe.json ./
RUN . tools/env \
    && cargo chef cook --release --package server --package stripe-sandbox \
    && RUSTFLAGS="--cfg erase_components -Clink-args=--emit-relocs" \
        cargo chef cook --profile wasm-release --package frontend --no-default-features \
        --target wasm32-unknown-unknown --target-dir "$CARGO_TARGET_DIR/front"
COPY . .
RUN . tools/env && tools/build --release && use_profile release \
    && mkdir /out && cp "$TICKET_EXCHANGE_BIN" "$CARGO_TARGET_DIR/release/hash.txt" /out/ \
    && cp -r "$LEPTOS_SITE_ROOT" /out/site

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="Ticket Exchange" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 65532 --no-create-home --shell /usr/sbin/nologin exchange \
    && install -d -o 65532 -g 65532 -m 0700 /data
COPY --from=tools /nats-server /usr/bin/nats-server
COPY --from=build /out/ticket-exchange /out/hash.txt /app/
COPY --from=build /out/site /app/site
COPY Leptos.toml /app/
WORKDIR /app
ENV DATA_DIR=/data LEPTOS_SITE_ROOT=/app/site LEPTOS_SITE_ADDR=0.0.0.0:3000 MONITOR_ADDR=0.0.0.0:9464
VOLUME /data
EXPOSE 3000 9464
USER 65532
# Embedded data, each of which one process may have at a time, come to rest within this.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/ticket-exchange"]
CMD ["serve"]
