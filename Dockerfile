# The command as an image: built from this checkout, run by a user without rights. See docs/guides/container.md.
ARG NODE=24

FROM node:${NODE}-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm pack --pack-destination /tmp

FROM node:${NODE}-bookworm-slim
# As process 1, Node leaves the dead of others unburied: what a server had started and left behind. tini does not.
RUN apt-get update && apt-get install --yes --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
COPY --from=build /tmp/ninelives-*.tgz /tmp/
RUN npm install --global --no-audit --no-fund /tmp/ninelives-*.tgz && rm /tmp/ninelives-*.tgz
USER node
WORKDIR /home/node
EXPOSE 7400
ENV NINELIVES_PROBE=http://127.0.0.1:7400/healthz
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", "fetch(process.env.NINELIVES_PROBE).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "ninelives"]
CMD ["--help"]
