import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Moto } from '../../../testbed/fakes/aws/moto';
import { readStack, typesIn } from '../../../testbed/fakes/terraform/emitted';
import {
  type AppliedChange,
  type ProviderServer,
  startProvider,
} from '../../../testbed/fakes/terraform/provider-server';
import { awsSchemaOf } from '../../../testbed/fakes/terraform/schema';
import { describeWith } from '../../testbed/fakes/terraform/support';
import { variants } from '../../stacks/support/environments';
import { sharedSynth } from '../../stacks/support/synth';

/*
 * The whole command with real terraform: the provider is a stand-in that really makes the bucket in an emulated S3, and
 * the backend then really keeps the state there.
 */
describeWith('terraform', 'moto')('ops state bootstrap', () => {
  const BUCKET = 'pipecat-voice-agent-test-state-111111111111';
  const root = mkdtempSync(join(tmpdir(), 'bootstrap-test-'));
  const cleanUp: (() => Promise<void> | void)[] = [() => rmSync(root, { recursive: true, force: true })];
  let moto: Moto;
  let s3: S3Client;
  let provider: ProviderServer;
  /** A type at whose making the provider fails. */
  let failAt: string | undefined;

  beforeAll(async () => {
    writeFileSync(join(root, 'terraformrc'), 'disable_checkpoint = true\n');
    moto = await Moto.start({ accountId: '111111111111' });
    cleanUp.push(() => moto.stop());
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
    s3 = new S3Client({ region: 'eu-north-1', endpoint: moto.url, forcePathStyle: true, credentials });
    cleanUp.push(() => s3.destroy());
    const stack = readStack(sharedSynth(variants()).outdir, 'test-state');
    provider = await startProvider({ schema: awsSchemaOf(typesIn([stack])), onApply: make });
    cleanUp.push(() => provider.close());
  });
  afterAll(async () => {
    for (const clean of cleanUp.reverse()) await clean();
  });

  async function make({ type, before }: AppliedChange): Promise<void> {
    if (type === failAt) throw new Error('the connection broke');
    if (type === 'aws_s3_bucket' && before === null) {
      await s3.send(
        new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-north-1' } }),
      );
    }
  }

  /** Runs the command as npm does. */
  async function bootstrap(env: Record<string, string> = {}): Promise<{ status: number | null; output: string }> {
    const child = spawn(process.execPath, ['--import', 'tsx', 'ops/main.ts', 'state', 'bootstrap', 'test', '--yes'], {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        AWS_ACCESS_KEY_ID: 'testing',
        AWS_SECRET_ACCESS_KEY: 'testing',
        AWS_ENDPOINT_URL: moto.url,
        AWS_ENDPOINT_URL_S3: moto.url,
        AWS_ENDPOINT_URL_STS: moto.url,
        AWS_ENDPOINT_URL_IAM: moto.url,
        CHECKPOINT_DISABLE: '1',
        GOGC: '400',
        TF_CLI_ARGS: '-no-color',
        TF_CLI_ARGS_init: '-backend-config=use_path_style=true',
        TF_CLI_CONFIG_FILE: join(root, 'terraformrc'),
        TF_REATTACH_PROVIDERS: provider.reattach,
        CDKTF_OUTDIR: join(root, 'bootstrap-out'),
        STATE_BOOTSTRAP_FOLDER: join(root, 'state-bootstrap'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { status, output };
  }
  const keys = async (): Promise<string[]> =>
    ((await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))).Contents ?? []).map(({ Key }) => Key ?? '').sort();
  async function state(): Promise<{ lineage: string; resources: { type: string }[] }> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'state.tfstate' }));
    return JSON.parse((await Body?.transformToString()) ?? '') as never;
  }
  const leftover = () => existsSync(join(root, 'state-bootstrap', 'test'));

  it('stops before anything is done when the credentials are of another account', async () => {
    const { status, output } = await bootstrap({ DEPLOY_ACCOUNT_ID: '999999999999', DEPLOY_ENVIRONMENT: 'test' });
    expect([status, output]).toEqual([
      1,
      'state bootstrap failed: your credentials are for account 111111111111, and environments/test.json is for 999999999999\n' +
        '→ Use other credentials (AWS_PROFILE), or set accountId there (or DEPLOY_ACCOUNT_ID=111111111111).\n',
    ]);
  });

  it('keeps what it did when it is interrupted, finishes when run again, and then changes nothing', async () => {
    failAt = 'aws_s3_bucket_versioning';
    const interrupted = await bootstrap();
    expect(interrupted.output).toContain('the connection broke');
    expect(interrupted.status).toBe(1);
    expect(interrupted.output).toContain('Nothing is lost: run this command again.');
    expect(leftover()).toBe(true);
    expect(await keys()).toEqual([]);

    failAt = undefined;
    const finished = await bootstrap();
    expect(finished.output).toContain(`${BUCKET}: holds the state of test, its own included`);
    expect(finished.status).toBe(0);
    expect(await keys()).toEqual(['state.tfstate']);
    expect(leftover()).toBe(false);
    const first = await state();
    expect(first.resources.map(({ type }) => type)).toContain('aws_s3_bucket');

    const again = await bootstrap();
    expect(again.status).toBe(0);
    expect(again.output).toContain('0 added, 0 changed, 0 destroyed');
    expect(again.output).toContain(`${BUCKET}: was there already`);
    expect((await state()).lineage).toBe(first.lineage);
  }, 120_000);

  it('does not take over a bucket whose state is lost, but says how to', async () => {
    await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'state.tfstate' }));
    const { status, output } = await bootstrap();
    expect(status).toBe(1);
    expect(output).toContain('terraform import aws_s3_bucket');
    expect(await keys()).toEqual([]);
  });
});
