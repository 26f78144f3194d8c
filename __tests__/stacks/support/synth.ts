import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Attributes = Record<string, unknown>;

/** What is at a path of emitted JSON; undefined when there is nothing. */
export function dig(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], value);
}

/** Blocks in emitted JSON. */
export const objects = (value: unknown): Attributes[] => (value ?? []) as Attributes[];

/** What a container definition says of the container's environment. */
export const containerVariables = (container: Attributes): Record<string, string> =>
  Object.fromEntries(
    (container['environment'] as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
  );

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

/** The settings of the tests' own environments, a trial and a production: nobody edits them to deploy. */
export const settingsOf = (environment: 'test' | 'prod'): Attributes =>
  JSON.parse(readFileSync(join(__dirname, 'environments', `${environment}.json`), 'utf8')) as Attributes;

/**
 * Runs `npm run synth` in a process of its own, as users do.
 * @param folder where its output goes
 * @param environments settings by environment
 */
export function synth(
  folder: string,
  environments: Record<string, unknown>,
  env: Record<string, string> = {},
): SynthResult {
  const outdir = join(folder, 'out');
  const settings = join(folder, 'environments');
  mkdirSync(settings, { recursive: true });
  for (const [name, value] of Object.entries(environments)) {
    const text =
      typeof value === 'string' ? value : JSON.stringify({ ...(value as object), environment: name }, null, 2);
    writeFileSync(join(settings, `${name}.json`), text);
  }
  const run = spawnSync(process.execPath, [join(ROOT, 'scripts', 'synth.mjs')], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      CDKTF_OUTDIR: outdir,
      ENVIRONMENTS_FOLDER: settings,
      ...env,
    },
  });
  const done = { status: run.status, stdout: run.stdout, stderr: run.stderr };
  writeFileSync(join(folder, 'run.json'), JSON.stringify(done));
  return resultIn(folder);
}

/** What a run of `synth` left in its folder. */
function resultIn(folder: string): SynthResult {
  const outdir = join(folder, 'out');
  const run = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Pick<
    SynthResult,
    'status' | 'stdout' | 'stderr'
  >;
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

const CACHE = join(ROOT, 'node_modules', '.cache', 'stacks-tests');

function* files(path: string): Generator<string> {
  if (!statSync(path).isDirectory()) yield path;
  else for (const name of readdirSync(path).sort()) yield* files(join(path, name));
}

/**
 * `synth` of environments that many test files look at. It is a function of its inputs, so files with the same inputs
 * share one run, by a hash of every source and setting.
 */
export function sharedSynth(environments: Record<string, unknown>): SynthResult {
  const hash = createHash('sha256').update(JSON.stringify(environments));
  for (const source of ['main.ts', 'agents', 'stacks', 'contract', 'scripts', 'package-lock.json']) {
    for (const file of files(join(ROOT, source))) hash.update(file).update(readFileSync(file));
  }
  const shared = join(CACHE, hash.digest('hex').slice(0, 16));
  if (!existsSync(shared)) {
    mkdirSync(CACHE, { recursive: true });
    // What older sources emitted is not asked for again; what another test file is making is left alone.
    for (const old of readdirSync(CACHE).filter((name) => !name.startsWith('own-'))) {
      rmSync(join(CACHE, old), { recursive: true, force: true });
    }
    const own = mkdtempSync(join(CACHE, 'own-'));
    synth(own, environments);
    try {
      renameSync(own, shared);
    } catch {
      rmSync(own, { recursive: true, force: true }); // Another test file was quicker.
    }
  }
  return resultIn(shared);
}
