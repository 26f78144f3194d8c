import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Attributes = Record<string, unknown>;

/** What is at a path of emitted JSON; undefined when there is nothing. */
export function dig(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], value);
}

/** Blocks in emitted JSON. */
export const objects = (value: unknown): Attributes[] => (value ?? []) as Attributes[];

export interface PolicyStatement {
  Sid: string;
  Effect: string;
  Principal?: unknown;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** One emitted stack, with the questions a reviewer asks of it. */
export class EmittedStack {
  readonly json: Attributes;

  constructor(
    readonly name: string,
    readonly file: string,
  ) {
    this.json = JSON.parse(readFileSync(file, 'utf8')) as Attributes;
  }

  /** All resources of a type, by id. */
  all(type: string): Record<string, Attributes> {
    return (dig(this.json, 'resource', type) ?? {}) as Record<string, Attributes>;
  }

  /** The resource of a type with this id, or the only one. */
  one(type: string, id?: string): Attributes {
    const entries = Object.entries(this.all(type)).filter(
      ([key]) => id === undefined || key === id || key.startsWith(`${id}_`),
    );
    if (entries.length !== 1) {
      throw new Error(
        `${this.name} has ${entries.length} resources of type ${type}${id ? ` called ${id}` : ''}, not 1`,
      );
    }
    return entries[0]![1];
  }

  /** The statements of a policy, by Sid. */
  policy(type: string, id: string, attribute = 'policy'): Record<string, PolicyStatement> {
    const { Statement } = JSON.parse(this.one(type, id)[attribute] as string) as { Statement: PolicyStatement[] };
    return Object.fromEntries(Statement.map((statement) => [statement.Sid, statement]));
  }

  /** The container of the task definition. */
  container(): Attributes {
    return (JSON.parse(this.one('aws_ecs_task_definition')['container_definitions'] as string) as Attributes[])[0]!;
  }
}

export interface SynthResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outdir: string;
  stack(name: string): EmittedStack;
  readonly names: string[];
}

const ROOT = join(__dirname, '..', '..', '..');

/** A folder for one test file; call the returned function when done. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'stacks-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The settings of an environment of the repository, to make variants of. */
export const settingsOf = (environment: string): Attributes =>
  JSON.parse(readFileSync(join(ROOT, 'environments', `${environment}.json`), 'utf8')) as Attributes;

/**
 * Runs `npm run synth` in a process of its own, as users do.
 * @param folder where its output goes
 * @param environments settings by environment; the repository's own when left out
 */
export function synth(
  folder: string,
  environments?: Record<string, unknown>,
  env: Record<string, string> = {},
): SynthResult {
  const outdir = join(folder, 'out');
  const settings = join(folder, 'environments');
  if (environments) {
    mkdirSync(settings, { recursive: true });
    for (const [name, value] of Object.entries(environments)) {
      const text =
        typeof value === 'string' ? value : JSON.stringify({ ...(value as object), environment: name }, null, 2);
      writeFileSync(join(settings, `${name}.json`), text);
    }
  }
  const run = spawnSync(process.execPath, [join(ROOT, 'scripts', 'synth.mjs')], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      CDKTF_OUTDIR: outdir,
      ...(environments ? { ENVIRONMENTS_FOLDER: settings } : {}),
      ...env,
    },
  });
  const manifest = (): { stacks: Record<string, { synthesizedStackPath: string }> } =>
    JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8')) as never;
  return {
    status: run.status,
    stdout: run.stdout,
    stderr: run.stderr,
    outdir,
    stack: (name) => new EmittedStack(name, join(outdir, manifest().stacks[name]!.synthesizedStackPath)),
    get names() {
      return Object.keys(manifest().stacks).sort();
    },
  };
}
