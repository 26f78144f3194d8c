# The bot's images, for linux/arm64 and linux/amd64: `bot` has the Chromium that calls through Daily run in, and is what a
# build makes by itself; `--target bot-webrtc` leaves it out, for TRANSPORT=webrtc. `npm run image:check` replays these
# steps on a machine without Docker; docs/image.md says what is in them and why.
#
# Node 26 is the active LTS. The tag is for people, the digest is what is pulled: that of the index of all platforms.
# Renovate keeps both current (renovate.json).

# ---- The bot, its pages and its smoke call: JavaScript, the same for every processor.
FROM --platform=$BUILDPLATFORM node:26.10.0-trixie-slim@sha256:930557a230abacbc3f4fd9b8648abf8f4bee1e17cb72195dcdfb2f709bc85b33 AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --ignore-scripts
COPY scripts/build.mjs scripts/build-bot.mjs scripts/build-client.mjs scripts/build-daily-page.mjs scripts/
COPY scripts/bundled-packages.mjs scripts/code-cache.mjs scripts/
COPY scripts/knowledge scripts/knowledge
COPY scripts/image/inventory scripts/image/inventory
COPY contract contract
COPY agents agents
COPY bot bot
COPY client client
# For the smoke call that a task of this image places where the load balancer is internal.
COPY ops ops
COPY smoke smoke
# What /health calls this build; there is no repository in here to ask.
ARG GIT_COMMIT=""
RUN npm run build
RUN npm run build:inventory
# Of the packages in the bundles: what they are and their licences.
RUN node out/inventory.cjs bundled . packed

# ---- The packages that are not in the bundles, for the image's own processor: exactly the lock file's.
FROM node:26.10.0-trixie-slim@sha256:930557a230abacbc3f4fd9b8648abf8f4bee1e17cb72195dcdfb2f709bc85b33 AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
COPY --from=build /app/out out
COPY --from=build /app/dist dist
RUN node out/inventory.cjs external . packed
# What the build's node has compiled is not for this processor's.
COPY scripts/code-cache.mjs scripts/
RUN node scripts/code-cache.mjs dist/bot/main.js

# ---- A Debian that the roots of the images are collected from.
FROM node:26.10.0-trixie-slim@sha256:930557a230abacbc3f4fd9b8648abf8f4bee1e17cb72195dcdfb2f709bc85b33 AS system
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binutils tini \
    && rm -rf /var/lib/apt/lists/*
COPY scripts/image/collect.sh /usr/local/bin/collect
COPY --from=build /app/out/inventory.cjs /usr/local/lib/inventory.cjs
COPY --from=dependencies /app/packed /app
COPY --from=build /app/packed /app
COPY --from=dependencies /app/dist /app/dist
COPY LICENSE /app/
# 35 MB of names of functions; the stack of an error in JavaScript has its own.
RUN strip --strip-unneeded /usr/local/bin/node $(find /app/node_modules -name '*.node')

# ---- The root without a browser: node, an init process, and the libraries that they load.
FROM system AS root-webrtc
RUN sh /usr/local/bin/collect /image \
    /usr/local/bin/node /usr/bin/tini /etc/passwd /etc/group /etc/nsswitch.conf
# May be executed and not read: the kernel then keeps /proc/PID/environ, with its secrets, from other processes.
RUN chmod 0711 /image/usr/local/bin/node /image/usr/bin/tini
RUN node /usr/local/lib/inventory.cjs system /image
RUN node /usr/local/lib/inventory.cjs write /image /app

# ---- The root with the browser: of Chromium what a page without a screen needs, and one font.
FROM system AS root
# Not pinned: Debian keeps only the newest Chromium, and its security fixes are what we want of it.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends chromium-headless-shell fonts-dejavu-core libnss3 \
    && rm -rf /var/lib/apt/lists/*
RUN cd /usr/lib/chromium && sh /usr/local/bin/collect /image \
    /usr/local/bin/node /usr/bin/tini /etc/passwd /etc/group /etc/nsswitch.conf \
    $PWD/chromium-headless-shell $PWD/icudtl.dat $PWD/v8_context_snapshot.bin $PWD/locales/en-US.pak \
    $PWD/headless_lib_data.pak $PWD/headless_command_resources.pak \
    $(dpkg -L libnss3 | grep -E '/lib(softokn3|freeblpriv3)\.so$') \
    /etc/fonts /usr/share/fontconfig /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
RUN chmod 0711 /image/usr/local/bin/node /image/usr/bin/tini
RUN node /usr/local/lib/inventory.cjs system /image
RUN node /usr/local/lib/inventory.cjs write /image /app

# ---- How both are run. No shell, no package manager.
FROM scratch AS runtime
ARG VERSION=""
ARG GIT_COMMIT=""
LABEL org.opencontainers.image.title="pipecat-voice-agent" \
      org.opencontainers.image.description="A voice agent on AWS: Amazon Nova Sonic over WebRTC" \
      org.opencontainers.image.licenses="BSD-2-Clause" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$GIT_COMMIT" \
      org.opencontainers.image.base.name="docker.io/library/node:26.10.0-trixie-slim"

WORKDIR /app
# The user `node` of the base image, by its number, so that a runtime can see that it is not root.
USER 1000:1000
# Everything is read-only but /tmp, which the runtime mounts; nothing is written outside of it.
# What the start took of memory and freed goes back to the system: glibc would raise the thresholds and keep 50 MB. V8 compiles in
# pieces of 32 KB, which are mapped, because a heap gives back only what is free at its end (docs/performance.md).
ENV NODE_ENV=production \
    MALLOC_TRIM_THRESHOLD_=131072 \
    MALLOC_MMAP_THRESHOLD_=32768 \
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

# ---- For TRANSPORT=webrtc, which has no use for a browser.
FROM runtime AS bot-webrtc
ENV TRANSPORT=webrtc
COPY --from=root-webrtc /image/ /
COPY --from=root-webrtc /app /app

# ---- For every transport.
FROM runtime AS bot
COPY --from=root /image/ /
COPY --from=root /app /app
