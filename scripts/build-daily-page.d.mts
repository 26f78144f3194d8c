/** Writes the page to `outDir`; resolves with that folder. */
export function buildDailyPage(options?: { outDir?: string }): Promise<string>;
/** Builds the page once in this process. */
export function ensureDailyPageBuilt(): Promise<string>;
