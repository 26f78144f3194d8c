import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { failureOf, type Ran, type RunOptions, runProgram, tryProgram } from '../cli/run-program';
import { unlockCommand } from '../state/held-lock';
import { lockedTerraform } from '../state/locked-terraform';
import { explainTerraform } from './terraform-failure';

export const STACKS = ['foundation', 'service'] as const;
export type StackName = (typeof STACKS)[number];

/** The files in a stack's folder: everything that applying its plan needs. */
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

/** Terraform without questions, colours and calls home. */
export const QUIET_TERRAFORM = {
  TF_IN_AUTOMATION: '1',
  TF_INPUT: '0',
  CHECKPOINT_DISABLE: '1',
  TF_CLI_ARGS: '-no-color',
} as const;

/** What `terraform state list` fails with where nothing was ever applied. */
export const NO_STATE = /No state file was found/;

/** Where plans and their reviews are kept: one folder a stack. */
export function releaseFolder(context: Context): string {
  return context.io.env['RELEASE_FOLDER'] ?? context.path('release.out');
}

/** One stack of the environment, and the folder in which Terraform runs for it. */
export class StackWorkspace {
  readonly folder: string;
  #isInitialised = false;

  constructor(
    readonly context: Context,
    readonly stack: StackName,
  ) {
    this.folder = path.join(releaseFolder(context), this.name);
  }

  get name(): string {
    return `${this.context.environment}-${this.stack}`;
  }

  path(file: keyof typeof FILES): string {
    return path.join(this.folder, FILES[file]);
  }

  /** Emits the stack into the folder. */
  async synthesise(image?: ReleaseImage): Promise<void> {
    // Read here first: a fault in the settings is no failure of the program that reads them, too.
    const { io, settings } = this.context;
    const outdir = path.join(releaseFolder(this.context), 'synth');
    await runProgram(process.execPath, ['scripts/synth.mjs', settings.environment], {
      ...this.#options,
      cwd: io.folder,
      env: {
        ...io.env,
        CDKTF_OUTDIR: outdir,
        ...(image === undefined ? {} : { DEPLOY_IMAGE_TAG: image.tag, DEPLOY_IMAGE_DIGEST: image.digest ?? '' }),
      },
    });
    mkdirSync(this.folder, { recursive: true });
    copyFileSync(path.join(outdir, 'stacks', this.name, FILES.configuration), this.path('configuration'));
  }

  /** Initialises with the providers of the committed lock, and no others. Once is enough. */
  async initialise(): Promise<void> {
    if (!existsSync(this.path('configuration'))) throw this.noPlan();
    if (this.#isInitialised) return;
    copyFileSync(this.context.path('providers/terraform.lock.hcl'), this.path('lock'));
    await this.terraform(['init', '-lockfile=readonly', '-reconfigure']);
    this.#isInitialised = true;
  }

  /**
   * Puts a state into the bucket that terraform could only write beside itself, as when credentials expire in the middle
   * of an apply. Terraform refuses it where the bucket's own is newer.
   */
  async putStateBack(): Promise<void> {
    const file = path.join(this.folder, 'errored.tfstate');
    if (!existsSync(file)) return;
    await this.terraform(['state', 'push', '-lock-timeout=5m', file]);
    rmSync(file);
    this.context.progress(`${this.name}: what the run before could not store is in the state now`);
  }

  /** Whether nothing is in the state. */
  async isEmpty(): Promise<boolean> {
    await this.initialise();
    const args = ['state', 'list'];
    const ran = await tryProgram('terraform', args, this.#options);
    if (ran.status !== 0 && !NO_STATE.test(ran.output)) {
      throw this.explain(ran) ?? failureOf('terraform', args, ran, this.#options);
    }
    return ran.stdout.trim() === '';
  }

  /** Outputs in the state; empty before the first apply. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const { stdout } = await this.terraform(['output', '-json']);
    const outputs = JSON.parse(stdout) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** An output of the applied stack. @throws OpsError `not_found` before the first apply */
  async output(name: string): Promise<string> {
    await this.initialise();
    const { [name]: value } = await this.outputs();
    if (typeof value === 'string') return value;
    const fix = `npm run ops -- deploy --environment ${this.context.environment}`;
    throw new OpsError('not_found', `the ${this.stack} stack has not been applied`, fix);
  }

  /**
   * @param onLine gets every line; default: nothing of it is shown but for whom it waits
   * @throws OpsError `program_failed`, `credentials_expired` or `state_locked` when it fails; Interrupted
   */
  async terraform(args: readonly string[], onLine?: (line: string) => void): Promise<Ran> {
    const ran = await this.#run(args, onLine);
    if (ran.status === 0) return ran;
    throw this.explain(ran) ?? failureOf('terraform', args, ran, this.#options);
  }

  /** As `terraform`, for a command that may fail; its lines are shown. */
  tryTerraform(args: readonly string[]): Promise<Ran> {
    return this.#run(args, this.context.progress);
  }

  /** What a failure means that is none of what terraform was to do; undefined for any other one. */
  explain({ output }: Ran): OpsError | undefined {
    const { environment, region } = this.context;
    return explainTerraform(output, {
      folder: this.folder,
      unlock: (id) => unlockCommand(environment, region, this.stack, id),
      nowMs: Date.now(),
    });
  }

  read(file: keyof typeof FILES): string {
    return readFileSync(this.path(file), 'utf8');
  }

  noPlan(): OpsError {
    const fix = `npm run ops -- release plan ${this.stack} --environment ${this.context.environment}`;
    return new OpsError('not_found', `there is no plan in ${this.folder}`, fix);
  }

  #run(args: readonly string[], onLine?: (line: string) => void): Promise<Ran> {
    const { context, stack } = this;
    return lockedTerraform(args, { ...this.#options, ...(onLine && { onLine }), context, stack });
  }

  get #options(): RunOptions {
    const { env, signal } = this.context.io;
    return { cwd: this.folder, signal, env: { ...env, ...QUIET_TERRAFORM } };
  }
}
