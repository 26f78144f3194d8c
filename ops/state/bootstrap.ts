import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { namesOf } from '../../stacks/names';
import { callerIdentity, checkAccount } from '../aws/identity';
import type { Command } from '../cli/command';
import { confirm } from '../cli/confirm';
import type { Context } from '../cli/context';
import { ENVIRONMENT } from '../cli/flags';
import { OpsError } from '../cli/ops-error';
import { type Report, reportOf } from '../cli/report';
import { runProgram, type RunOptions, tryProgram } from '../cli/run-program';

export const bootstrap: Command = {
  details: `A backend cannot make its own bucket, so the first apply keeps its state in a file; the file lives in
.state-bootstrap/<environment> (STATE_BOOTSTRAP_FOLDER) until it has arrived in the bucket. Stopped and run again it goes
on where it stopped; run on a finished bootstrap it changes nothing.`,
  positionals: [ENVIRONMENT],
  flags: { yes: { type: 'boolean', description: 'apply without asking' } },
  run: makeStateBucket,
};

async function makeStateBucket(context: Context): Promise<Report> {
  const { settings, environment, io } = context;
  checkAccount(await callerIdentity(context.aws()), settings);
  await runProgram(process.execPath, ['scripts/synth.mjs', environment], {
    ...optionsOf(context, io.folder),
    onLine: context.progress,
  });
  const { CDKTF_OUTDIR: outdir = 'cdktf.out', STATE_BOOTSTRAP_FOLDER: work = '.state-bootstrap' } = io.env;
  const folder = path.resolve(io.folder, work, environment);
  const terraform = new LocalStateTerraform(context, folder);
  copyFileSync(
    path.resolve(io.folder, outdir, 'stacks', `${environment}-state`, 'cdk.tf.json'),
    path.join(folder, 'cdk.tf.json'),
  );
  const { stateBucket: bucket } = namesOf(settings);
  const isNew = terraform.hasLocalState || !(await ownsBucket(context, bucket));
  if (isNew) await terraform.makeBucket();
  else await terraform.updateBucket();
  rmSync(folder, { recursive: true, force: true });
  const text = isNew ? `holds the state of ${environment}, its own included` : 'was there already';
  return {
    ...reportOf('State', { status: isNew ? 'changed' : 'ok', subject: bucket, text }),
    footer: `Next: npx cdktf-cli@0.21.0 deploy ${environment}-foundation`,
  };
}

const optionsOf = ({ io }: Context, cwd: string): RunOptions => ({ cwd, env: io.env, signal: io.signal });

async function ownsBucket(context: Context, bucket: string): Promise<boolean> {
  const aws = context.aws();
  const asked = { action: 's3:ListAllMyBuckets', resource: '*', what: 'your buckets' };
  const { Buckets: buckets = [] } = await aws.read(asked, (options) =>
    aws.s3.send(new ListBucketsCommand({ Prefix: bucket }), options),
  );
  return buckets.some(({ Name: name }) => name === bucket);
}

/** Terraform in the bootstrap's own folder, where the state of the bucket is until the bucket can hold it. */
class LocalStateTerraform {
  readonly #context: Context;
  readonly #folder: string;
  readonly #override: string;

  constructor(context: Context, folder: string) {
    this.#context = context;
    this.#folder = folder;
    this.#override = path.join(folder, 'local_override.tf.json');
    mkdirSync(folder, { recursive: true });
  }

  get hasLocalState(): boolean {
    return existsSync(path.join(this.#folder, 'terraform.tfstate'));
  }

  /** Makes the bucket, or goes on making it, with the state in a file; then moves that file into the bucket. */
  async makeBucket(): Promise<void> {
    writeFileSync(this.#override, JSON.stringify({ terraform: { backend: { local: { path: 'terraform.tfstate' } } } }));
    // Not -reconfigure and not -migrate-state: whatever backend an interrupted run left configured, the file is right.
    rmSync(path.join(this.#folder, '.terraform'), { recursive: true, force: true });
    // Flags that a user has set for the S3 backend mean nothing to this one.
    await this.#terraform(['init'], { TF_CLI_ARGS_init: '' });
    await this.#apply();
    rmSync(this.#override, { force: true });
    await this.#terraform(['init', '-migrate-state', '-force-copy']);
  }

  /** Brings an existing bucket up to the settings. */
  async updateBucket(): Promise<void> {
    await this.#terraform(['init', '-reconfigure']);
    const { stdout } = await tryProgram('terraform', ['state', 'list'], optionsOf(this.#context, this.#folder));
    if (stdout.trim() === '') {
      throw new OpsError(
        'not_found',
        'The bucket is there, but no state of it, neither in it nor in a file: somebody else made it.',
        `Import it: cd ${this.#folder} && terraform import aws_s3_bucket.<id> <bucket>, and so for its key and alias.`,
      );
    }
    await this.#apply();
  }

  async #apply(): Promise<void> {
    const { flags, io } = this.#context;
    const quietly = optionsOf(this.#context, this.#folder);
    const { stdout: plan } = await runProgram('terraform', ['plan', '-out=plan.tfplan'], quietly);
    if (!flags.isSet('yes') && !(await confirm(`${plan}\nApply this plan?`, io.signal))) {
      throw new OpsError('refused', 'the plan was not approved');
    }
    await this.#terraform(['apply', 'plan.tfplan']);
  }

  async #terraform(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { io, progress } = this.#context;
    const options = optionsOf(this.#context, this.#folder);
    await runProgram('terraform', args, { ...options, env: { ...io.env, ...env }, onLine: progress });
  }
}
