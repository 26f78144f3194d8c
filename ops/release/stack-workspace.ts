import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type ReleaseContext, ReleaseError } from './context';
import { type Ran, runProgram, tryProgram, type RunOptions } from '../cli/run-program';

export const STACKS = ['foundation', 'service'] as const;
export type StackName = (typeof STACKS)[number];

/** What is called what in a stack's folder: everything that applying its plan needs. */
export const FILES = {
  configuration: 'cdk.tf.json',
  lock: '.terraform.lock.hcl',
  plan: 'plan.tfplan',
  review: 'review.json',
  page: 'review.md',
} as const;

/** The image that a release is to run. */
export interface ReleaseImage {
  /** The release's name. */
  readonly tag: string;
  readonly digest: string | undefined;
}

/** Terraform in the folder of one stack. */
export class StackWorkspace {
  readonly folder: string;
  readonly #context: ReleaseContext;
  readonly stack: StackName;

  constructor(context: ReleaseContext, stack: StackName) {
    this.#context = context;
    this.stack = stack;
    this.folder = path.join(context.out, this.name);
  }

  get name(): string {
    return `${this.#context.settings.environment}-${this.stack}`;
  }

  path(file: keyof typeof FILES): string {
    return path.join(this.folder, FILES[file]);
  }

  /** Emits the stack into the folder. */
  async synthesise(image?: ReleaseImage): Promise<void> {
    const { root, env, settings, out } = this.#context;
    const outdir = path.join(out, 'synth');
    await runProgram(process.execPath, ['scripts/synth.mjs', settings.environment], {
      ...this.#options,
      cwd: root,
      env: {
        ...env,
        CDKTF_OUTDIR: outdir,
        ...(image === undefined ? {} : { DEPLOY_IMAGE_TAG: image.tag, DEPLOY_IMAGE_DIGEST: image.digest ?? '' }),
      },
    });
    mkdirSync(this.folder, { recursive: true });
    copyFileSync(path.join(outdir, 'stacks', this.name, FILES.configuration), this.path('configuration'));
  }

  /** Initialises with the providers of the committed lock, and no others; once in a process. */
  async initialise(): Promise<void> {
    if (!existsSync(this.path('configuration'))) {
      throw new ReleaseError(
        `there is no plan in ${this.folder}`,
        `npm run release -- plan ${this.#context.settings.environment} ${this.stack}`,
      );
    }
    const { initialised } = this.#context;
    if (initialised.has(this.name)) return;
    copyFileSync(path.join(this.#context.root, 'providers/terraform.lock.hcl'), this.path('lock'));
    await this.terraform(['init', '-lockfile=readonly', '-reconfigure']);
    initialised.add(this.name);
  }

  /** Outputs in the state; empty before the first apply. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const { stdout } = await this.terraform(['output', '-json']);
    const outputs = JSON.parse(stdout) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** @throws ReleaseError when it fails */
  terraform(args: readonly string[], say?: (line: string) => void): Promise<Ran> {
    return runProgram('terraform', args, { ...this.#options, ...(say === undefined ? {} : { say }) });
  }

  /** As `terraform`, for a command that may fail. */
  tryTerraform(args: readonly string[], say?: (line: string) => void): Promise<Ran> {
    return tryProgram('terraform', args, { ...this.#options, ...(say === undefined ? {} : { say }) });
  }

  read(file: keyof typeof FILES): string {
    return readFileSync(this.path(file), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #options(): RunOptions {
    const { env, signal } = this.#context;
    const quiet = { TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' };
    return { cwd: this.folder, signal, env: { ...env, ...quiet, TF_CLI_ARGS: '-no-color' } };
  }
}
