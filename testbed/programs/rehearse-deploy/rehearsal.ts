import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type EmittedStack, readStack } from '../../fakes/terraform';
import { START_KEY } from '../../../contract/secrets';
import { EXIT } from '../../../ops/cli/ops-error';
import { ReleaseEnvironment } from './environment';
import { RELEASED_TAG_PREFIX } from '../../../stacks/names';

const ROOT = path.join(__dirname, '../../..');
const WITHIN_MS = 180_000;

export interface Released {
  readonly status: number | null;
  readonly stdout: string;
  /** Standard output and error. */
  readonly output: string;
}

export interface ReleaseRunOptions {
  readonly commit: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ctrl-C as soon as a line with this text is printed. */
  readonly interruptAt?: string;
}

/** A way to stop a release. */
export interface Interruption {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly interruptAt?: string;
  /** A resource that cannot be made, once. */
  readonly failAt?: string;
  /** Only possible while there is nothing yet. */
  readonly isFirst?: boolean;
}

export interface ReleaseRehearsalOptions {
  /** An empty folder to synthesise in. */
  readonly folder: string;
  /** Where the settings of `test` are. */
  readonly environmentsFolder: string;
  readonly accountId: string;
  readonly stateBucket: string;
  readonly repository: string;
}

const settingsIn = (folder: string) => ({ ENVIRONMENTS_FOLDER: path.resolve(ROOT, folder) });

/** A commit for each release. */
const commitOf = (number: number): string => number.toString(16).padStart(7, '0').padEnd(40, 'c0ffee');

/** The emitted stacks of `test`. @throws Error where they cannot be synthesised */
function emit(environmentsFolder: string, outdir: string): Record<string, EmittedStack> {
  const synth = spawnSync(process.execPath, ['scripts/synth.mjs', 'test'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...settingsIn(environmentsFolder), CDKTF_OUTDIR: outdir },
  });
  if (synth.status !== 0) throw new Error('the stacks cannot be synthesised');
  return Object.fromEntries(['test-foundation', 'test-service'].map((name) => [name, readStack(outdir, name)]));
}

/** Releases of the environment test, one after the other, in a environment of their own. */
export class ReleaseRehearsal {
  static readonly INTERRUPTIONS: readonly Interruption[] = [
    { name: 'while the foundation is applied', failAt: 'aws_kms_alias', isFirst: true },
    { name: 'before the foundation is planned', interruptAt: '== foundation' },
    { name: 'before the image', interruptAt: '== image' },
    { name: 'while the second platform is built', env: { FAKE_DOCKER_FAILS_AT: 'linux/amd64' } },
    { name: 'before the plan', interruptAt: '== plan' },
    { name: 'before the plan is applied', interruptAt: '== apply' },
    { name: 'while the plan is applied', failAt: 'aws_ecs_task_definition' },
    { name: 'while it waits', interruptAt: '== wait' },
    { name: 'before the smoke call', interruptAt: '== smoke' },
  ];

  readonly environment: ReleaseEnvironment;
  readonly released: Released[] = [];
  readonly #options: ReleaseRehearsalOptions;
  #environmentsFolder: string;
  #number = 0;

  private constructor(environment: ReleaseEnvironment, options: ReleaseRehearsalOptions) {
    this.environment = environment;
    this.#options = options;
    this.#environmentsFolder = options.environmentsFolder;
  }

  static async start(options: ReleaseRehearsalOptions): Promise<ReleaseRehearsal> {
    const stacks = emit(options.environmentsFolder, path.join(options.folder, 'emitted'));
    return new ReleaseRehearsal(await ReleaseEnvironment.start({ ...options, stacks }), options);
  }

  /** Releases from now on go by other settings. @param change laid over the file's, group by group */
  changeSettings(change: Readonly<Record<string, object>>): void {
    const { folder, environmentsFolder } = this.#options;
    const file = path.resolve(ROOT, environmentsFolder, 'test.json');
    const settings = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>;
    const changed = Object.entries(change).map(
      ([group, values]) => [group, { ...settings[group], ...values }] as const,
    );
    this.#environmentsFolder = path.join(folder, 'environments');
    mkdirSync(this.#environmentsFolder, { recursive: true });
    const text = JSON.stringify({ ...settings, ...Object.fromEntries(changed) });
    writeFileSync(path.join(this.#environmentsFolder, 'test.json'), text);
    this.environment.stacks = emit(this.#environmentsFolder, path.join(folder, 'emitted'));
  }

  close(): Promise<void> {
    return this.environment.close();
  }

  /** Runs `npm run ops -- release …` as npm does, in a process of its own. */
  async release(command: string, options: Partial<ReleaseRunOptions> = {}): Promise<Released> {
    const { commit = commitOf(this.#number), env = {}, interruptAt } = options;
    const child = spawn(process.execPath, ['--import', 'tsx', 'ops/main.ts', 'release', ...command.split(' ')], {
      cwd: ROOT,
      env: { ...this.environment.env, ...settingsIn(this.#environmentsFolder), GITHUB_SHA: commit, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: WITHIN_MS,
    });
    let output = '';
    let stdout = '';
    let isInterrupted = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8');
        if (interruptAt === undefined || isInterrupted || !output.includes(interruptAt)) return;
        isInterrupted = true;
        child.kill('SIGINT');
      });
    }
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const released = { status, stdout, output };
    this.released.push(released);
    return released;
  }

  /** A new release that is stopped, and run again. @returns what is not as it must be */
  async interrupted(interruption: Interruption): Promise<string[]> {
    if (interruption.isFirst !== true) this.#number += 1;
    this.environment.failAt = interruption.failAt;
    const stopped = await this.release('deploy --environment test --yes', {
      ...(interruption.env === undefined ? {} : { env: interruption.env }),
      ...(interruption.interruptAt === undefined ? {} : { interruptAt: interruption.interruptAt }),
    });
    const problems = stopped.status === 0 ? [`it was not stopped:\n${stopped.output}`] : [];
    const resumed = await this.release('deploy --environment test --yes');
    if (resumed.status !== 0) problems.push(`it did not go on:\n${resumed.output}`);
    return [...problems, ...(await this.problemsOfEnd())];
  }

  /** Releases from now on are of a commit after the one before. */
  newCommit(): void {
    this.#number += 1;
  }

  /** A release after the one before, and what it comes to. */
  next(command = 'deploy --environment test --yes', options: Partial<ReleaseRunOptions> = {}): Promise<Released> {
    this.newCommit();
    return this.release(command, options);
  }

  /** The present release once more. */
  async again(): Promise<string[]> {
    const [states, builds, deployments] = [
      await this.#states(),
      this.environment.dockerCommands.length,
      this.environment.rollouts.count,
    ];
    const { status, stdout, output } = await this.release('deploy --environment test --yes');
    return [
      ...(status === 0 && stdout.includes('  ok       test: nothing has changed\n')
        ? []
        : [`it did not find everything done:\n${output}`]),
      ...((await this.#states()).every((state, index) => state === states[index]) ? [] : ['a state was written']),
      ...(this.environment.dockerCommands.length === builds ? [] : ['Docker was used']),
      ...(this.environment.rollouts.count === deployments ? [] : ['the service was deployed']),
    ];
  }

  /** A new release whose tasks do not become healthy. */
  async unhealthy(): Promise<string[]> {
    const before = this.environment.rollouts.taskDefinition;
    this.#number += 1;
    this.environment.rollouts.tasks = 'unhealthy';
    const { status, output } = await this.release('deploy --environment test --yes');
    this.environment.rollouts.tasks = 'healthy';
    return [
      ...(status === 1 && output.includes('ECS gave the release up') ? [] : [`it was not given up:\n${output}`]),
      ...(this.environment.rollouts.taskDefinition === before ? [] : ['the service does not run what it did before']),
    ];
  }

  /** A new release beside old tasks whose calls go on for hours. */
  async draining(): Promise<string[]> {
    this.#number += 1;
    this.environment.rollouts.tasks = 'beside-old';
    const { status, output } = await this.release('deploy --environment test --yes');
    this.environment.rollouts.tasks = 'healthy';
    const isThrough = status === 0 && output.includes('the old ones finish their calls');
    return [...(isThrough ? [] : [`it waited for the old calls:\n${output}`]), ...(await this.problemsOfEnd())];
  }

  /** A new release that is called with a wrong key, and then with the right one: it is never taken back. */
  async misjudged(): Promise<string[]> {
    const wrong = await this.next(undefined, { env: { [START_KEY]: 'a-key-that-nobody-knows-0123456789' } });
    const right = await this.release('smoke --environment test');
    return [
      ...(wrong.status === EXIT.inconclusive && wrong.output.includes(`Set ${START_KEY} to`)
        ? []
        : [`a wrong key ended with ${wrong.status}:\n${wrong.output}`]),
      ...(/rolled back|back at/.test(wrong.output) ? [`it was taken back:\n${wrong.output}`] : []),
      ...(right.status === 0 ? [] : [`it could not be called again:\n${right.output}`]),
      ...(await this.problemsOfEnd()),
    ];
  }

  /** A new release that starts and does not talk; then one that does. */
  async broken(): Promise<string[]> {
    const before = this.environment.rollouts.taskDefinition;
    this.#number += 1;
    this.environment.isBroken = true;
    const { status, output } = await this.release('deploy --environment test --yes');
    this.environment.isBroken = false;
    const plan = await this.release('plan service --environment test', { env: { NO_LOCK: 'true' } });
    const problems = [
      ...(status === 1 && output.includes('rolled back to') ? [] : [`it was not rolled back:\n${output}`]),
      ...(this.environment.rollouts.taskDefinition === before ? [] : ['the service does not run what it did before']),
      ...(plan.output.includes(': 0 to add, 1 to change,') ? [] : [`the next plan does not show it:\n${plan.output}`]),
    ];
    this.#number += 1;
    const mended = await this.release('deploy --environment test --yes');
    if (mended.status !== 0) problems.push(`the next release does not get through:\n${mended.output}`);
    return [...problems, ...(await this.problemsOfEnd())];
  }

  /** A plan that is applied twice, as by a workflow's job that is run again; then the release before it anew. */
  async appliedTwice(): Promise<string[]> {
    const older = this.environment.image?.split('@')[1] ?? '';
    const version = this.environment.versionOf(older).replace('+', '-');
    await this.next();
    const image = { IMAGE_TAG: version, IMAGE_DIGEST: older };
    const plan = await this.release('plan service --environment test', { env: image });
    const once = await this.release('apply service --environment test');
    const twice = await this.release('apply service --environment test');
    const mended = await this.next();
    return [
      ...(plan.status === 0 && once.status === 0 ? [] : [`it was not applied:\n${plan.output}${once.output}`]),
      ...(twice.status === 0 && twice.output.includes('has been applied already') ? [] : [`twice:\n${twice.output}`]),
      ...(mended.status === 0 ? [] : [`the next release does not get through:\n${mended.output}`]),
      ...(await this.problemsOfEnd()),
    ];
  }

  /** Whatever was done before: one of everything, and the service runs the release that was last asked for. */
  async problemsOfEnd(): Promise<string[]> {
    const problems: string[] = [];
    for (const [stack, expected] of Object.entries(this.environment.resources)) {
      const state = (await this.environment.state(stack.replace('test-', ''))) ?? '{"resources":[]}';
      const { resources } = JSON.parse(state) as {
        resources: { mode: string; type: string; name: string; instances: unknown[] }[];
      };
      const made = resources
        .filter(({ mode }) => mode === 'managed')
        .map(({ type, name, instances }) => `${type}.${name}${instances.length === 1 ? '' : ` ×${instances.length}`}`);
      if (made.sort().join() !== [...expected].sort().join()) problems.push(`${stack} is not complete`);
    }
    const digest = this.environment.image?.split('@')[1];
    const version = this.environment.versionOf(digest);
    const wanted = `+${commitOf(this.#number).slice(0, 7)}`;
    if (!version.endsWith(wanted)) problems.push(`the service runs ${version}, not …${wanted}`);
    const tags = digest === undefined ? [] : await this.environment.tagsOf(digest);
    if (!tags.some((tag) => tag.startsWith(RELEASED_TAG_PREFIX))) problems.push('the registry may forget the image');
    const lock = await this.environment.isLocked();
    if (lock) problems.push('a state is still locked');
    return problems;
  }

  #states(): Promise<(string | undefined)[]> {
    return Promise.all(['foundation', 'service'].map((stack) => this.environment.state(stack)));
  }
}
