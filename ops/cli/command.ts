import type { Context } from './context';
import type { Flags, Positional } from './flags';
import type { Report } from './report';

/** What a command takes and does. */
export interface Command {
  /** Some sentences for `--help`. */
  readonly details: string;
  readonly flags?: Flags;
  readonly positionals?: readonly Positional[];
  /** What `--json` prints: one object at the end, or one a line for each thing that happens, the end among them. */
  readonly json?: 'object' | 'lines';
  /** @throws OpsError for what stops the command as a whole; what it finds wrong belongs in the report */
  run(context: Context): Promise<Report>;
}

/** A command as the list of commands has it. Its code is loaded only when it is asked for. */
export interface CommandEntry {
  /** As typed: one word, or two. */
  readonly name: string;
  readonly summary: string;
  readonly load: () => Command;
}
