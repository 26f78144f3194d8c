import type { Context } from './context';
import type { Report } from './report';

/** One option of a command. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help, such as `PATH`. */
  readonly value?: string;
  readonly default?: string;
  readonly description: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** What stands behind the command's name. */
export interface Positional {
  readonly name: string;
  readonly description: string;
  readonly choices: readonly string[];
}

/** A command of the operator. */
export interface Command {
  /** As typed: one word, or two. */
  readonly name: string;
  readonly summary: string;
  /** Some sentences for `--help`. */
  readonly details: string;
  readonly flags: Flags;
  readonly positional?: Positional;
  /** @throws OpsError for what stops the command as a whole; what it finds wrong belongs in the report */
  run(context: Context): Promise<Report>;
}

/** Options that every command has. */
export const COMMON_FLAGS = {
  environment: {
    type: 'string',
    value: 'NAME',
    description: 'the settings to go by: environments/NAME.json [DEPLOY_ENVIRONMENT, else test]',
  },
  region: { type: 'string', value: 'NAME', description: "the AWS region [the settings' region]" },
  json: { type: 'boolean', description: 'print one JSON object instead of a page' },
  help: { type: 'boolean', description: 'print this and do nothing' },
} as const satisfies Flags;
