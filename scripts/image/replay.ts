import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { execForm, type Instruction, pairs, parseDockerfile, type Stage } from './dockerfile';
import { ignores } from './ignore';

/** How the image is run, from its last stage. */
export interface Image {
  /** The folder that is the image's root. */
  readonly root: string;
  readonly workdir: string;
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

export interface ReplayOptions {
  /** The build's context: the repository. */
  readonly context: string;
  /** An empty folder to work in. */
  readonly work: string;
  readonly args: Readonly<Record<string, string>>;
  /**
   * Replaces a RUN that is not npm's, which changes the system of the image: does as much of it as this machine can, and
   * throws for a command that it does not know.
   */
  readonly standIn: (command: string, root: string) => void;
  readonly say: (line: string) => void;
}

/** A step that cannot be done, or failed. */
export class ReplayError extends Error {}

/** Replays a Dockerfile, each stage in a folder that stands for its image's root. @throws ReplayError */
export function replay(options: ReplayOptions): Image {
  const { context, work } = options;
  const stages = parseDockerfile(readFileSync(path.join(context, 'Dockerfile'), 'utf8'));
  const last = stages.at(-1);
  if (last === undefined) throw new ReplayError('the Dockerfile has no stage');
  for (const stage of stages) {
    options.say(`stage ${stage.name} (${stage.base})`);
    mkdirSync(path.join(work, stage.name), { recursive: true });
    replayStage(stage, options);
  }
  return describe(last, path.join(work, last.name), options.args);
}

function replayStage(stage: Stage, options: ReplayOptions): void {
  const root = path.join(options.work, stage.name);
  const kept = ignores(readFileSync(path.join(options.context, '.dockerignore'), 'utf8'));
  const args: Record<string, string> = {};
  let workdir = '/';
  for (const step of stage.steps) {
    if (step.name === 'WORKDIR') {
      workdir = path.posix.resolve(workdir, step.text);
      mkdirSync(path.join(root, workdir), { recursive: true });
    } else if (step.name === 'ARG') {
      for (const [name, fallback] of Object.entries(pairs(step))) args[name] = options.args[name] ?? fallback;
    } else if (step.name === 'COPY') {
      copy(step, path.join(root, '/'), workdir, options, kept);
    } else if (step.name === 'RUN') {
      options.say(`  RUN ${step.text.length > 90 ? `${step.text.slice(0, 90)}…` : step.text}`);
      if (/^npm\b/.test(step.text)) runNpm(step, path.join(root, workdir), args);
      else options.standIn(step.text, root);
    }
  }
}

/** npm sees its cache and nothing else of the user's, as in an image. */
function runNpm({ line, text }: Instruction, cwd: string, args: Readonly<Record<string, string>>): void {
  const { PATH, HOME, npm_config_cache: cache } = process.env;
  const run = spawnSync('sh', ['-euc', text], {
    cwd,
    env: {
      PATH: `${path.dirname(process.execPath)}:${PATH ?? ''}`,
      HOME,
      ...(cache === undefined ? {} : { npm_config_cache: cache }),
      npm_config_loglevel: 'error',
      npm_config_prefer_offline: 'true',
      ...args,
    },
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new ReplayError(`Dockerfile:${line}: ${text} failed:\n${run.stdout}${run.stderr}`);
}

function copy(
  { line, text, flags }: Instruction,
  root: string,
  workdir: string,
  { context, work }: ReplayOptions,
  ignored: (path: string) => boolean,
): void {
  const words = text.split(/\s+/);
  const target = words.at(-1) ?? '';
  const sources = words.slice(0, -1);
  const from = flags['from'] === undefined ? context : path.join(work, flags['from']);
  const into = path.join(root, path.posix.resolve(workdir, target));
  for (const source of sources) {
    const origin = path.join(from, source);
    if (!existsSync(origin)) throw new ReplayError(`Dockerfile:${line}: ${source} is not there`);
    const isFolder = statSync(origin).isDirectory();
    if (!isFolder && flags['from'] === undefined && ignored(path.relative(context, origin))) {
      throw new ReplayError(`Dockerfile:${line}: ${source} is kept out by .dockerignore`);
    }
    const intoFolder = target.endsWith('/') || sources.length > 1;
    const to = !isFolder && intoFolder ? path.join(into, path.basename(source)) : into;
    mkdirSync(path.dirname(to), { recursive: true });
    cpSync(origin, to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (one) => {
        if (flags['from'] !== undefined) return true;
        const relative = path.relative(context, one);
        return statSync(one).isDirectory() || !ignored(relative);
      },
    });
    if (isFolder && readdirSync(to).length === 0) throw new ReplayError(`Dockerfile:${line}: ${source} is empty`);
  }
}

function describe(stage: Stage, root: string, given: Readonly<Record<string, string>>): Image {
  const all = (name: string) => stage.steps.filter((step) => step.name === name);
  const last = (name: string): Instruction => {
    const found = all(name).at(-1);
    if (found === undefined) throw new ReplayError(`the stage ${stage.name} has no ${name}`);
    return found;
  };
  const args = Object.fromEntries(
    all('ARG').flatMap((step) => Object.entries(pairs(step)).map(([name, value]) => [name, given[name] ?? value])),
  );
  return {
    root,
    workdir: last('WORKDIR').text,
    user: last('USER').text,
    env: Object.assign({}, ...all('ENV').map((step) => pairs(step, args))) as Record<string, string>,
    labels: Object.assign({}, ...all('LABEL').map((step) => pairs(step, args))) as Record<string, string>,
    entrypoint: execForm(last('ENTRYPOINT')),
    command: execForm(last('CMD')),
  };
}
