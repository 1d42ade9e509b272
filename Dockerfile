# The relay with both apps. Debian and not Alpine: the native Signal library is built for glibc alone.
# Build it from a clean checkout: docker build -t pli .

FROM node:22-bookworm-slim AS build
WORKDIR /pli
COPY . .
RUN npm ci && npm run build

FROM node:22-bookworm-slim
ENV NODE_ENV=production PLI_MODE=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
WORKDIR /pli
COPY package.json package-lock.json LICENSE ./
COPY protocol ./protocol
COPY directory ./directory
COPY server ./server
# Only what the relay runs with: neither the apps' libraries nor the tools that built them.
RUN npm ci --omit=dev --include-workspace-root -w @pli/server -w @pli/protocol -w @pli/directory \
  && npm cache clean --force \
  && mkdir /data && chown node:node /data
COPY --from=build /pli/web/dist ./web/dist
COPY --from=build /pli/mobile-pwa/dist ./mobile-pwa/dist
USER node
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Whether it lives, not whether it is ready: what restarts the unhealthy must not restart every relay because the store is away.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "tsx", "server/src/main.ts"]
