# The bot's image, for linux/arm64 and linux/amd64. `npm run image:check` replays these steps on a machine without
# Docker; docs/image.md says what is in it and why.
#
# Node 24 is the active LTS. The tag is for people, the digest is what is pulled: that of the index of all platforms.
# Renovate keeps both current (renovate.json).

# ---- The bot and its pages: JavaScript, the same for every processor.
FROM --platform=$BUILDPLATFORM node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --ignore-scripts
COPY scripts/build.mjs scripts/build-client.mjs scripts/build-daily-page.mjs scripts/
COPY contract contract
COPY bot bot
COPY client client
# What /health calls this build; there is no repository in here to ask.
ARG GIT_COMMIT=""
RUN npm run build

# ---- What the bot needs at run time: exactly the lock file's packages, for the image's own processor.
FROM node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

# ---- The root of the image: node, an init process, the Chromium that Daily's calls run in, and the libraries they load.
FROM node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d AS root
# Not pinned: Debian keeps only the newest Chromium, and its security fixes are what we want of it.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends chromium-headless-shell fonts-dejavu-core libnss3 tini \
    && rm -rf /var/lib/apt/lists/*
COPY scripts/image/collect.sh /usr/local/bin/collect
RUN sh /usr/local/bin/collect /image \
    /usr/local/bin/node /usr/bin/tini /usr/lib/chromium /etc/passwd /etc/group /etc/nsswitch.conf \
    /etc/fonts /usr/share/fontconfig /usr/share/fonts/truetype/dejavu $(dpkg -L libnss3 libnspr4 | grep '\.so$')
# May be executed and not read: the kernel then keeps /proc/PID/environ, with its secrets, from the browser's processes.
RUN chmod 0711 /image/usr/local/bin/node /image/usr/bin/tini

# ---- No shell, no package manager, nothing but the above.
FROM scratch AS bot
COPY --from=root /image/ /
COPY --from=dependencies /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
COPY LICENSE /app/

ARG VERSION=""
ARG GIT_COMMIT=""
LABEL org.opencontainers.image.title="pipecat-voice-agent" \
      org.opencontainers.image.description="A voice agent on AWS: Amazon Nova Sonic over WebRTC" \
      org.opencontainers.image.licenses="BSD-2-Clause" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$GIT_COMMIT" \
      org.opencontainers.image.base.name="docker.io/library/node:24.18.0-bookworm-slim"

WORKDIR /app
# The user `node` of the base image, by its number, so that a runtime can see that it is not root.
USER 1000:1000
# Everything is read-only but /tmp, which the runtime mounts; nothing is written outside of it.
ENV NODE_ENV=production \
    PATH=/usr/local/bin:/usr/bin \
    HOME=/tmp \
    TMPDIR=/tmp
EXPOSE 7860
STOPSIGNAL SIGTERM
# As in the task definition (stacks/constructs/container.ts), which a test compares.
HEALTHCHECK --interval=15s --timeout=5s --retries=4 --start-period=30s \
    CMD ["node", "-e", "fetch('http://127.0.0.1:7860/health',{signal:AbortSignal.timeout(4000)}).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# tini reaps what a killed browser leaves and passes SIGTERM on. Without SIGUSR1, which would have node open a debugger to
# every process of the same user, the browser's among them.
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/node", "--disable-sigusr1"]
CMD ["dist/bot/main.js"]
