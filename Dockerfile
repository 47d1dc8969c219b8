# The image in which scripts run wstest, for linux/amd64 and linux/arm64; docs/wstest.md says how it is used.
#
#     docker buildx build --platform linux/amd64,linux/arm64 --tag wireproof .

# What is compiled is the same for every platform, so it is compiled where the build runs.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund && npm run build
# Only what the commands need at run time; none of it is compiled for a platform.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --workspace packages/conformance
WORKDIR /out
RUN mkdir -p packages/conformance/dist packages/websocket/dist \
  && cp -R /src/node_modules /src/LICENSE . \
  && cp -R /src/packages/conformance/package.json /src/packages/conformance/bin packages/conformance/ \
  && cp -R /src/packages/conformance/dist/src /src/packages/conformance/dist/report-ui packages/conformance/dist/ \
  && cp -R /src/packages/websocket/package.json packages/websocket/ \
  && cp -R /src/packages/websocket/dist/lib packages/websocket/dist/

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="wireproof" \
  org.opencontainers.image.description="The WebSocket conformance suite, and wstest" \
  org.opencontainers.image.licenses="MIT"
# Servers that are not at the loopback address are looked for on the host.
ENV WIREPROOF_IMAGE=1
COPY --from=build /out /opt/wireproof
COPY docker/entry.sh /usr/local/bin/wireproof-entry
COPY docker/config /config
# Under /opt/pypy it is called by scripts that name it whole. Whoever runs it may write to both folders.
RUN mkdir -p /opt/pypy/bin /reports \
  && ln -s /opt/wireproof/packages/conformance/bin/wstest.js /usr/local/bin/wstest \
  && ln -s /opt/wireproof/packages/conformance/bin/wstest.js /opt/pypy/bin/wstest \
  && ln -s /opt/wireproof/packages/conformance/bin/wireproof.js /usr/local/bin/wireproof \
  && chmod 1777 /config /reports
VOLUME /config /reports
WORKDIR /
EXPOSE 9001
ENTRYPOINT ["/usr/local/bin/wireproof-entry"]
CMD ["wstest", "--mode", "fuzzingserver", "--spec", "/config/fuzzingserver.json"]
