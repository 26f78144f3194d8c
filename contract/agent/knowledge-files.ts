/** What a folder of an agent's pages may hold, by the ends of names. */
export const KNOWLEDGE_ENDINGS: readonly string[] = ['.md', '.txt', '.pdf'];

/** The largest of them. */
export const MAX_KNOWLEDGE_FILE_BYTES = 20_000_000;
