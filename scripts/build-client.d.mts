/** Bundles the page in memory: a map from file name to bytes, `index.html` last. */
export function bundleClient(options?: { version?: string }): Promise<Map<string, Uint8Array>>;

/** Writes the page to `outDir` [dist/client] and returns that folder. Safe to run from several processes at once. */
export function buildClient(options?: { outDir?: string; version?: string }): Promise<string>;
