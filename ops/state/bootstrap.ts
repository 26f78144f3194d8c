import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesOf } from '../../stacks/names';
import type { Settings } from '../../stacks/settings';
import { readSettings, SettingsError } from '../../stacks/settings-file';

/*
 * `npm run state:bootstrap -- <environment> [--yes]`: makes the bucket that holds Terraform's state, and moves its own
 * state into it. A backend cannot make its own bucket, so the first apply keeps its state in a file; the file lives in
 * .state-bootstrap/<environment> until it has arrived in the bucket, so that an interrupted run can be run again.
 * Running it on a finished bootstrap changes nothing.
 */

// What an operator reads here is about their bucket; which Node the SDK will want next year is not.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** Something the operator must decide or repair; its message says what to type. */
class BootstrapError extends Error {}

function run(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) throw new BootstrapError(`${command} cannot be run (${error.message}): is it installed and on PATH?`);
  if (status !== 0)
    throw new BootstrapError(`${[command, ...args].join(' ')} failed. Nothing is lost: run this command again.`);
}

/** Stops before anything is done in the wrong account. */
async function checkAccount({ accountId, region }: Settings): Promise<void> {
  const sts = new STSClient({ region });
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    if (Account !== accountId) {
      throw new BootstrapError(
        `The credentials are of account ${Account ?? 'unknown'}; the settings say ${accountId}.`,
      );
    }
  } finally {
    sts.destroy();
  }
}

async function ownsBucket(region: string, bucket: string): Promise<boolean> {
  const s3 = new S3Client({ region, forcePathStyle: true });
  try {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({ Prefix: bucket }));
    return Buckets.some(({ Name }) => Name === bucket);
  } finally {
    s3.destroy();
  }
}

/** Terraform in the bootstrap's own folder. */
class Workspace {
  readonly #override: string;
  readonly #stateFile: string;

  constructor(
    readonly folder: string,
    emitted: string,
  ) {
    mkdirSync(folder, { recursive: true });
    copyFileSync(emitted, join(folder, 'cdk.tf.json'));
    this.#override = join(folder, 'local_override.tf.json');
    this.#stateFile = join(folder, 'terraform.tfstate');
  }

  get hasLocalState(): boolean {
    return existsSync(this.#stateFile);
  }

  /** Makes the bucket, or goes on making it, with the state in a file. */
  applyLocally(approval: readonly string[]): void {
    writeFileSync(this.#override, JSON.stringify({ terraform: { backend: { local: { path: 'terraform.tfstate' } } } }));
    // Not -reconfigure and not -migrate-state: whatever backend an interrupted run left configured, the file is right.
    rmSync(join(this.folder, '.terraform'), { recursive: true, force: true });
    // Flags that a user has set for the S3 backend mean nothing to this one.
    run('terraform', ['init'], this.folder, { TF_CLI_ARGS_init: '' });
    run('terraform', ['apply', ...approval], this.folder);
  }

  /** Moves the state from the file into the bucket. */
  migrate(): void {
    rmSync(this.#override, { force: true });
    run('terraform', ['init', '-migrate-state', '-force-copy'], this.folder);
  }

  /** Brings an existing bucket up to the settings. */
  applyRemotely(approval: readonly string[]): void {
    run('terraform', ['init', '-reconfigure'], this.folder);
    const { stdout } = spawnSync('terraform', ['state', 'list'], { cwd: this.folder, encoding: 'utf8' });
    if (stdout.trim() === '') {
      throw new BootstrapError(
        'The bucket is there, but no state of it, neither in it nor in a file: somebody else made it. ' +
          `Import it: cd ${this.folder} && terraform import aws_s3_bucket.<id> <bucket>, and so for its key and alias.`,
      );
    }
    run('terraform', ['apply', ...approval], this.folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function bootstrap(environment: string, approval: readonly string[]): Promise<void> {
  const [settings] = readSettings(process.env['ENVIRONMENTS_FOLDER'] ?? 'environments', process.env, environment);
  if (!settings) throw new BootstrapError(`There are no settings for ${environment}.`);
  await checkAccount(settings);

  run(process.execPath, ['scripts/synth.mjs', environment], process.cwd());
  const emitted = join(process.env['CDKTF_OUTDIR'] ?? 'cdktf.out', 'stacks', `${environment}-state`, 'cdk.tf.json');
  const work = join(process.env['STATE_BOOTSTRAP_FOLDER'] ?? '.state-bootstrap', environment);
  const workspace = new Workspace(work, emitted);
  const bucket = namesOf(settings).stateBucket;

  if (workspace.hasLocalState || !(await ownsBucket(settings.region, bucket))) {
    workspace.applyLocally(approval);
    workspace.migrate();
    console.log(`\n${bucket} holds the state of ${environment}, its own included.`);
  } else {
    workspace.applyRemotely(approval);
    console.log(`\n${bucket} was there already.`);
  }
  workspace.remove();
  console.log(`Next: npx cdktf-cli@0.21.0 deploy ${environment}-foundation`);
}

async function main(args: readonly string[]): Promise<number> {
  const [environment] = args.filter((one) => !one.startsWith('--'));
  if (environment === undefined) {
    console.error('usage: npm run state:bootstrap -- <environment> [--yes]    (--yes applies without asking)');
    return 2;
  }
  try {
    await bootstrap(environment, args.includes('--yes') ? ['-auto-approve'] : []);
    return 0;
  } catch (error) {
    const known = error instanceof BootstrapError || error instanceof SettingsError;
    console.error(known ? error.message : `AWS refused: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
