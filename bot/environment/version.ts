/** Put in by the build (scripts/build.mjs); there is none when the sources are run. */
declare const BOT_VERSION: string | undefined;

/** What this build calls itself. */
export const BUILD_VERSION = typeof BOT_VERSION === 'string' ? BOT_VERSION : 'development';
