import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Moto } from '../../../../testbed/fakes/aws/moto';
import { type EmittedStack, layOut, readStack, typesIn } from '../../../../testbed/fakes/terraform/emitted';
import { type ProviderServer, startProvider } from '../../../../testbed/fakes/terraform/provider-server';
import { awsSchemaOf } from '../../../../testbed/fakes/terraform/schema';
import { terraform } from '../../../../testbed/fakes/terraform/terraform';
import { variants } from '../../../stacks/support/environments';
import { sharedSynth } from '../../../stacks/support/synth';
import { describeWith } from './support';

/** Holds whoever comes by until it is opened. */
class Gate {
  #open!: () => void;
  #reached!: () => void;
  readonly reached = new Promise<void>((resolve) => (this.#reached = resolve));
  private readonly opened = new Promise<void>((resolve) => (this.#open = resolve));
  pass = async (): Promise<void> => {
    this.#reached();
    await this.opened;
  };
  open(): void {
    this.#open();
  }
}

/*
 * The backend exactly as it is emitted, against an S3 that honours conditional writes. All that differs from a user's
 * run are the addresses, which come from the environment.
 */
describeWith('terraform', 'moto')('the state in S3', () => {
  const root = mkdtempSync(join(tmpdir(), 'state-test-'));
  const BUCKET = 'pipecat-voice-agent-test-state-111111111111';
  let moto: Moto;
  let s3: S3Client;
  let stack: EmittedStack;
  let provider: ProviderServer;
  /** What was started, to be stopped even where starting the next failed. */
  const cleanUp: (() => Promise<void> | void)[] = [() => rmSync(root, { recursive: true, force: true })];
  let gates: { plan?: Gate; apply?: Gate } = {};
  let env: Record<string, string>;

  beforeAll(async () => {
    moto = await Moto.start({ accountId: '111111111111' });
    cleanUp.push(() => moto.stop());
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
    s3 = new S3Client({ region: 'eu-north-1', endpoint: moto.url, forcePathStyle: true, credentials });
    cleanUp.push(() => s3.destroy());
    await s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-north-1' } }),
    );
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket: BUCKET,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/state' } }],
        },
      }),
    );
    env = {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_S3: moto.url,
      AWS_ENDPOINT_URL_STS: moto.url,
      AWS_ENDPOINT_URL_IAM: moto.url,
      TF_CLI_ARGS_init: '-backend-config=use_path_style=true',
    };
    stack = readStack(sharedSynth(variants()).outdir, 'test-state');
    provider = await startProvider({
      schema: awsSchemaOf(typesIn([stack])),
      onPlan: () => gates.plan?.pass(),
      onApply: () => gates.apply?.pass(),
    });
    cleanUp.push(() => provider.close());
  });
  // A failed expectation must not leave terraform waiting.
  afterEach(() => {
    gates.plan?.open();
    gates.apply?.open();
    gates = {};
  });
  afterAll(async () => {
    for (const clean of cleanUp.reverse()) await clean();
  });

  const run = (folder: string, ...args: string[]) => terraform({ folder, reattach: provider.reattach, env }, ...args);
  /** Two people with a checkout each. */
  async function checkouts(): Promise<[string, string]> {
    const folders = ['ada', 'ben'].map((who) => layOut(stack, root, who)) as [string, string];
    for (const folder of folders)
      expect((await run(folder, 'init', '-reconfigure')).output).toContain('Successfully configured the backend "s3"');
    return folders;
  }
  const keys = async (): Promise<string[]> =>
    ((await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))).Contents ?? []).map(({ Key }) => Key ?? '').sort();

  it('is locked by a plan: a second plan at the same time is refused, and goes through when the first is done', async () => {
    const [ada, ben] = await checkouts();
    gates.plan = new Gate();
    const first = run(ada, 'plan');
    await gates.plan.reached;
    expect(await keys()).toEqual(['state.tfstate.tflock']);

    const second = await run(ben, 'plan', '-lock-timeout=0s');
    expect(second.status).toBe(1);
    expect(second.output).toMatch(/Error acquiring the state lock[\s\S]*PreconditionFailed/);

    gates.plan.open();
    expect((await first).output).toContain('Plan: 9 to add');
    expect(await keys()).toEqual([]);
    expect((await run(ben, 'plan')).output).toContain('Plan: 9 to add');
  });

  it('is locked by an apply, written at its end, and then unlocked; the other checkout sees what was done', async () => {
    const [ada, ben] = await checkouts();
    gates.apply = new Gate();
    const apply = run(ada, 'apply', '-auto-approve');
    await gates.apply.reached;
    expect(await keys()).toContain('state.tfstate.tflock');
    expect((await run(ben, 'plan', '-lock-timeout=0s')).output).toContain('Error acquiring the state lock');
    gates.apply.open();
    expect((await apply).output).toContain('Apply complete! Resources: 9 added');
    expect(await keys()).toEqual(['state.tfstate']);
    expect((await run(ben, 'plan', '-detailed-exitcode')).output).toContain('No changes.');
  });

  it("is encrypted under the bucket's key, which an explicit `encrypt` would bypass", async () => {
    const state = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'state.tfstate' }));
    expect(state.ServerSideEncryption).toBe('aws:kms');
    expect(JSON.parse((await state.Body?.transformToString()) ?? '')).toMatchObject({
      version: 4,
      resources: expect.any(Array) as unknown[],
    });
  });
});
