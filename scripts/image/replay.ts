import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ReplayError, runInRoot } from './chroot';
import { copy } from './copy';
import { execForm, type Instruction, pairs, parseDockerfile, type Stage } from './dockerfile';
import { ignores } from './ignore';
import { runHere } from './run-here';

/** How an image is run, from the stage that is its target. */
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
  /** The folder of the `node` that npm's and node's own steps run with. */
  readonly nodeFolder: string;
  /** Makes the root of an image that is none of the Dockerfile's stages. */
  readonly makeBase: (base: string, root: string) => void;
  readonly runIn?: (root: string, command: string) => void;
  readonly say: (line: string) => void;
}

/** What npm and node do needs no system but this one's; a stage that does more gets its base's. */
const RUNS_HERE = /^(npm|node)\b/;

/**
 * Replays a Dockerfile, each stage in a folder that stands for its image's root.
 * @returns the images by the names of their stages, of those that can be run
 * @throws ReplayError
 */
export function replay(options: ReplayOptions): Map<string, Image> {
  const stages = parseDockerfile(readFileSync(path.join(options.context, 'Dockerfile'), 'utf8'));
  if (stages.length === 0) throw new ReplayError('the Dockerfile has no stage');
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  for (const stage of stages) {
    options.say(`stage ${stage.name} (${stage.base.split('@')[0] ?? ''})`);
    replayStage(stage, byName, options);
  }
  const images = stages.map((stage) => [stage.name, imageOf(lineage(stage, byName), options)] as const);
  return new Map(images.filter((entry): entry is readonly [string, Image] => entry[1] !== undefined));
}

/** A stage's steps after those of the stages that it is built on. */
function lineage(stage: Stage, stages: ReadonlyMap<string, Stage>): Stage {
  const parent = stages.get(stage.base);
  return parent === undefined ? stage : { ...stage, steps: [...lineage(parent, stages).steps, ...stage.steps] };
}

function replayStage(stage: Stage, stages: ReadonlyMap<string, Stage>, options: ReplayOptions): void {
  const root = path.join(options.work, stage.name);
  const isSystem = lineage(stage, stages).steps.some(({ name, text }) => name === 'RUN' && !RUNS_HERE.test(text));
  if (stages.has(stage.base)) {
    cpSync(path.join(options.work, stage.base), root, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    });
  } else {
    mkdirSync(root, { recursive: true });
    if (isSystem && stage.base !== 'scratch') options.makeBase(stage.base, root);
  }
  const ignored = ignores(readFileSync(path.join(options.context, '.dockerignore'), 'utf8'));
  const args: Record<string, string> = {};
  let workdir = '/';
  for (const step of lineage(stage, stages).steps) {
    const isOwn = stage.steps.includes(step);
    if (step.name === 'WORKDIR') {
      workdir = path.posix.resolve(workdir, step.text);
      mkdirSync(path.join(root, workdir), { recursive: true });
    } else if (step.name === 'ARG') {
      for (const [name, fallback] of Object.entries(pairs(step))) args[name] = options.args[name] ?? fallback;
    } else if (isOwn && step.name === 'COPY') {
      copy(step, { root, workdir, context: options.context, stages: options.work, ignored });
    } else if (isOwn && step.name === 'RUN') {
      options.say(`  RUN ${step.text.length > 90 ? `${step.text.slice(0, 90)}…` : step.text}`);
      if (isSystem) (options.runIn ?? runInRoot)(root, `cd ${workdir} && ${step.text}`);
      else runHere(step, path.join(root, workdir), { args, nodeFolder: options.nodeFolder });
    }
  }
}

/** Undefined for a stage that is not made to be run. */
function imageOf(stage: Stage, options: ReplayOptions): Image | undefined {
  const all = (name: string): Instruction[] => stage.steps.filter((step) => step.name === name);
  const [user, entrypoint, command] = ['USER', 'ENTRYPOINT', 'CMD'].map((name) => all(name).at(-1));
  if (user === undefined || entrypoint === undefined || command === undefined) return undefined;
  const args = Object.fromEntries(
    all('ARG').flatMap((step) =>
      Object.entries(pairs(step)).map(([name, value]) => [name, options.args[name] ?? value]),
    ),
  );
  return {
    root: path.join(options.work, stage.name),
    workdir: all('WORKDIR').at(-1)?.text ?? '/',
    user: user.text,
    env: Object.assign({}, ...all('ENV').map((step) => pairs(step, args))) as Record<string, string>,
    labels: Object.assign({}, ...all('LABEL').map((step) => pairs(step, args))) as Record<string, string>,
    entrypoint: execForm(entrypoint),
    command: execForm(command),
  };
}
