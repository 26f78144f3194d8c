/**
 * What a caller hears who waits for a tool in silence: a soft sound, a recorded "One moment, please.", nothing, or a sentence that
 * the agent says in its own voice and language.
 */
export type Meanwhile = 'sound' | 'words' | 'nothing' | { readonly say: string };

/** What every tool may say about itself. */
export interface ToolRules {
  /** Tells the model when to call it. */
  readonly description: string;
  /** Longest run in ms, 20,000 at most; the model is then told that the tool took too long. Default 5,000. */
  readonly timeoutMs?: number;
  /** Left out: as WAITING_SOUND says. */
  readonly meanwhile?: Meanwhile;
  /**
   * `once`: the same arguments within a call get the first answer again, and nothing runs twice. Default: `any` for what
   * only reads (GET, knowledge), `once` for everything else.
   */
  readonly runs?: 'any' | 'once';
  /**
   * For what cannot be undone: a sentence with `{arguments}` that is read back to the caller. The tool runs only after the
   * caller's own yes to exactly these arguments.
   */
  readonly confirm?: string;
  /** Paths in the result, as in `patient.phone`, that the model is given and nobody else: no client, no record. */
  readonly private?: readonly string[];
}
