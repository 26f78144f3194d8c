import { runCli } from '../../../ops/cli/run-cli';
import { leaksIn } from './values';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The object that `--json` printed. */
  readonly json: JsonReport;
}

export interface JsonReport {
  readonly command: string;
  readonly ok: boolean;
  readonly exitCode: number;
  readonly findings: readonly JsonFinding[];
  readonly error?: { readonly code: string; readonly message: string; readonly fix: string };
  readonly [more: string]: unknown;
}

export interface JsonFinding {
  readonly section: string;
  readonly status: string;
  readonly subject: string;
  readonly text: string;
  readonly code?: string;
  readonly fix?: string;
  readonly data?: Record<string, unknown>;
}

export interface RunOptions {
  readonly folder: string;
  /** On top of the process's own. */
  readonly env?: Record<string, string | undefined>;
  readonly signal?: AbortSignal;
  /** Further values that must not be printed. */
  readonly secrets?: readonly string[];
}

/** Runs a command in this process, and fails when it prints anything of a secret. */
export async function ops(command: string | readonly string[], options: RunOptions): Promise<Ran> {
  const argv = typeof command === 'string' ? command.split(' ') : command;
  let stdout = '';
  let stderr = '';
  const code = await runCli(argv, {
    env: { ...process.env, ...options.env },
    folder: options.folder,
    signal: options.signal ?? new AbortController().signal,
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
  });
  expect(leaksIn(stdout + stderr, options.secrets)).toEqual([]);
  return {
    code,
    stdout,
    stderr,
    get json() {
      return JSON.parse(stdout) as JsonReport;
    },
  };
}

/** The findings about one thing. */
export function about(ran: Ran, subject: string): JsonFinding[] {
  return ran.json.findings.filter((finding) => finding.subject === subject);
}
