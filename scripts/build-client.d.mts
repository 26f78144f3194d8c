/** Where the page is built to: `dist/client`. */
export const CLIENT_DIR: string;

/** Bundles the page in memory: a map from file name to bytes, `index.html` last. */
export function bundleClient(options?: { version?: string }): Promise<Map<string, Uint8Array>>;

/** Writes the page to `outDir` [dist/client] and returns that folder. Safe to run from several processes at once. */
export function buildClient(options?: { outDir?: string; version?: string }): Promise<string>;

/** Builds the page once in this process, for whoever needs it served: the demo and the tests. Takes about 0.1 s. */
export function ensureClientBuilt(): Promise<string>;
