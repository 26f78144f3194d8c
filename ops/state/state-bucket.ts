import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { namesOf } from '../../stacks/names';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { failureOf, type Ran, runProgram, type RunOptions } from '../cli/run-program';
import { reviewMarkdown } from '../release/review-markdown';
import { changesAnything, type Review, reviewOf, type ShownPlan } from '../release/review';
import { NO_STATE, QUIET_TERRAFORM } from '../release/stack-workspace';
import { explainTerraform } from '../release/terraform-failure';
import { unlockCommand } from './held-lock';
import { lockedTerraform } from './locked-terraform';

/** `unfinished`: its state is in a file here, because a run that made or destroyed it was stopped. */
export type StateBucketIs = 'absent' | 'unfinished' | 'there';

/** With the providers of the committed lock, and no others. */
const INIT = ['init', '-lockfile=readonly'] as const;

/** A run that was killed may still be at work, and ends by itself. */
const WAIT_FOR_LOCK = '-lock-timeout=5m';

/** Asked before a plan that changes anything is applied. @param page the plan, for people */
export type ApproveState = (page: string, review: Review) => Promise<boolean>;

/**
 * The bucket that holds Terraform's state, its own included: a backend cannot make its own bucket, nor outlive it, so its
 * state is in a file in .state-bootstrap/<environment> (STATE_BOOTSTRAP_FOLDER) while the bucket is made or destroyed.
 */
export class StateBucket {
  readonly name: string;
  readonly #context: Context;
  readonly #folder: string;
  readonly #override: string;

  constructor(context: Context) {
    const { io, environment, settings } = context;
    this.#context = context;
    this.name = namesOf(settings).stateBucket;
    this.#folder = path.resolve(io.folder, io.env['STATE_BOOTSTRAP_FOLDER'] ?? '.state-bootstrap', environment);
    this.#override = path.join(this.#folder, 'local_override.tf.json');
  }

  /** What there is. @throws OpsError */
  async look(): Promise<StateBucketIs> {
    if (existsSync(path.join(this.#folder, 'terraform.tfstate'))) return 'unfinished';
    const aws = this.#context.aws();
    const asked = { action: 's3:ListAllMyBuckets', resource: '*', what: 'your buckets' };
    const { Buckets: buckets = [] } = await aws.read(asked, (options) =>
      aws.s3.send(new ListBucketsCommand({ Prefix: this.name }), options),
    );
    return buckets.some(({ Name: name }) => name === this.name) ? 'there' : 'absent';
  }

  /** Makes the bucket, or goes on making it, with the state in a file; then moves that file into the bucket. */
  async make(approve: ApproveState): Promise<void> {
    await this.#synthesise();
    this.#keepStateHere();
    // Not -reconfigure and not -migrate-state: whatever backend an interrupted run left configured, the file is right.
    rmSync(path.join(this.#folder, '.terraform'), { recursive: true, force: true });
    // Flags that a user has set for the S3 backend mean nothing to this one.
    await this.#terraform([...INIT], { TF_CLI_ARGS_init: '' });
    await this.#apply(await this.#plan(WAIT_FOR_LOCK), approve);
    rmSync(this.#override, { force: true });
    await this.#terraform([...INIT, '-migrate-state', '-force-copy']);
    this.tidy();
  }

  /**
   * What the settings would change of the bucket that is there; `update` then applies it.
   * @param lock false where nothing will be applied
   * @throws OpsError `not_found` where the bucket has no state
   */
  async planUpdate(lock = true): Promise<Review> {
    await this.#synthesise();
    rmSync(this.#override, { force: true });
    await this.#terraform([...INIT, '-reconfigure']);
    if ((await this.#stateList()) === '') {
      throw new OpsError(
        'not_found',
        'The bucket is there, but no state of it, neither in it nor in a file: somebody else made it.',
        `Import it: cd ${this.#folder} && terraform import aws_s3_bucket.<id> <bucket>, and so for its key and alias.`,
      );
    }
    return this.#plan(lock ? WAIT_FOR_LOCK : '-lock=false');
  }

  /** Brings an existing bucket up to the settings, by the plan of `planUpdate`. */
  async update(review: Review, approve: ApproveState): Promise<void> {
    await this.#apply(review, approve);
    this.tidy();
  }

  /** Destroys the bucket with every state in it, once its own has been moved into a file; goes on where it stopped. */
  async destroy(): Promise<void> {
    await this.#synthesise();
    if ((await this.look()) === 'there') {
      rmSync(this.#override, { force: true });
      await this.#terraform([...INIT, '-reconfigure']);
      this.#keepStateHere();
      await this.#terraform([...INIT, '-migrate-state', '-force-copy'], { TF_CLI_ARGS_init: '' });
    } else {
      this.#keepStateHere();
      rmSync(path.join(this.#folder, '.terraform'), { recursive: true, force: true });
      await this.#terraform([...INIT], { TF_CLI_ARGS_init: '' });
    }
    await this.#apply(await this.#plan('-destroy', WAIT_FOR_LOCK), () => Promise.resolve(true));
    this.tidy();
  }

  /** Removes what terraform needed here. Never while the state is here. */
  tidy(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #synthesise(): Promise<void> {
    const { io, environment, progress } = this.#context;
    await runProgram(process.execPath, ['scripts/synth.mjs', environment], {
      env: io.env,
      signal: io.signal,
      cwd: io.folder,
      onLine: progress,
    });
    const outdir = path.resolve(io.folder, io.env['CDKTF_OUTDIR'] ?? 'cdktf.out');
    mkdirSync(this.#folder, { recursive: true });
    copyFileSync(
      path.join(outdir, 'stacks', `${environment}-state`, 'cdk.tf.json'),
      path.join(this.#folder, 'cdk.tf.json'),
    );
    copyFileSync(this.#context.path('providers/terraform.lock.hcl'), path.join(this.#folder, '.terraform.lock.hcl'));
  }

  #keepStateHere(): void {
    writeFileSync(this.#override, JSON.stringify({ terraform: { backend: { local: { path: 'terraform.tfstate' } } } }));
  }

  async #plan(...more: readonly string[]): Promise<Review> {
    await this.#quietly(['plan', '-out=plan.tfplan', ...more]);
    const { stdout } = await this.#quietly(['show', '-json', 'plan.tfplan']);
    return reviewOf(JSON.parse(stdout) as ShownPlan);
  }

  async #apply(review: Review, approve: ApproveState): Promise<void> {
    const page = reviewMarkdown(`${this.#context.environment}-state`, review);
    if (changesAnything(review) && !(await approve(page, review))) {
      throw new OpsError('refused', 'the plan was not approved');
    }
    await this.#terraform(['apply', WAIT_FOR_LOCK, 'plan.tfplan']);
  }

  async #stateList(): Promise<string> {
    const args = ['state', 'list'];
    const ran = await this.#run(args);
    if (ran.status !== 0 && !NO_STATE.test(ran.output)) throw this.#failure(args, ran);
    return ran.stdout.trim();
  }

  async #quietly(args: readonly string[]): Promise<Ran> {
    const ran = await this.#run(args);
    if (ran.status !== 0) throw this.#failure(args, ran);
    return ran;
  }

  async #terraform(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    const onLine = this.#context.progress;
    const ran = await this.#run(args, { ...this.#options(env), onLine });
    if (ran.status !== 0) throw this.#failure(args, ran, onLine);
  }

  #run(args: readonly string[], options = this.#options()): Promise<Ran> {
    return lockedTerraform(args, { ...options, context: this.#context, stack: 'state' });
  }

  #failure(args: readonly string[], ran: Ran, onLine?: RunOptions['onLine']): OpsError {
    const { environment, region } = this.#context;
    const known = explainTerraform(ran.output, {
      folder: this.#folder,
      unlock: (id) => unlockCommand(environment, region, 'state', id),
      nowMs: Date.now(),
    });
    return known ?? failureOf('terraform', args, ran, onLine === undefined ? {} : { onLine });
  }

  #options(env: Readonly<Record<string, string>> = {}): RunOptions {
    const { io } = this.#context;
    return { cwd: this.#folder, env: { ...io.env, ...QUIET_TERRAFORM, ...env }, signal: io.signal };
  }
}
