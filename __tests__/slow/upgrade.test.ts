import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type EmittedStack, layOutWithLocalState, readStack, typesIn } from '../../testbed/fakes/terraform/emitted';
import { KEPT_TYPES } from '../../testbed/fakes/terraform/kept';
import { type ProviderServer, startProvider } from '../../testbed/fakes/terraform/provider-server';
import { STACKS } from '../../testbed/fakes/terraform/rehearsal';
import { REPLACING } from '../../testbed/fakes/terraform/resources';
import { awsSchemaOf } from '../../testbed/fakes/terraform/schema';
import { terraform } from '../../testbed/fakes/terraform/terraform';
import { describeWith } from '../testbed/fakes/terraform/support';
import { synth } from '../stacks/support/synth';

const BEFORE = join(__dirname, '../stacks/support/before');

interface Change {
  readonly address: string;
  readonly type: string;
  readonly change: { readonly actions: readonly string[] };
}

/*
 * The stacks as 36d351a emitted them for its two environments are applied, and the same settings go through today's code:
 * real terraform plans from the state that the old version made. The provider is a stand-in that knows which attributes
 * make another resource of one.
 */
describeWith('terraform')('an environment applied from 36d351a', () => {
  const root = mkdtempSync(join(tmpdir(), 'upgrade-test-'));
  const old = JSON.parse(gunzipSync(readFileSync(join(BEFORE, '36d351a.json.gz'))).toString()) as Record<
    string,
    EmittedStack
  >;
  let emitted: string;
  let provider: ProviderServer;

  const run = async (stack: string, ...args: string[]): Promise<string> => {
    const { status, output } = await terraform({ folder: join(root, stack), reattach: provider.reattach }, ...args);
    if (status !== 0) throw new Error(`terraform ${args.join(' ')} of ${stack}:\n${output}`);
    return output;
  };
  const changes = async (stack: string): Promise<readonly Change[]> => {
    await run(stack, 'plan', '-out=plan');
    return (JSON.parse(await run(stack, 'show', '-json', 'plan')) as { resource_changes: Change[] }).resource_changes;
  };
  const destroyed = (all: readonly Change[]) => all.filter(({ change }) => change.actions.includes('delete'));

  beforeAll(async () => {
    const { test, prod } = JSON.parse(readFileSync(join(BEFORE, 'settings.json'), 'utf8')) as Record<string, object>;
    const { status, stderr, outdir } = synth(join(root, 'synth'), { test, prod });
    if (status !== 0) throw new Error(stderr);
    emitted = outdir;
    const now = Object.keys(old).map((name) => readStack(emitted, name));
    const schema = awsSchemaOf(typesIn([...Object.values(old), ...now]));
    provider = await startProvider({ schema, replacing: REPLACING });
  });
  afterAll(() => {
    provider.close();
    rmSync(root, { recursive: true, force: true });
  });

  for (const environment of ['test', 'prod']) {
    it(`Upgrade: ${environment} keeps every key, secret, bucket, table, registry, log and load balancer`, async () => {
      for (const kind of STACKS) {
        const name = `${environment}-${kind}`;
        layOutWithLocalState(old[name]!, root, name);
        await run(name, 'init');
        await run(name, 'apply', '-auto-approve');
      }
      const replaced: string[] = [];
      for (const kind of STACKS) {
        const name = `${environment}-${kind}`;
        layOutWithLocalState(readStack(emitted, name), root, name);
        const all = await changes(name);
        expect(destroyed(all).filter(({ type }) => KEPT_TYPES.includes(type))).toEqual([]);
        replaced.push(...destroyed(all).map(({ address }) => address));
        await run(name, 'apply', 'plan');
        expect(await run(name, 'plan', '-detailed-exitcode')).toContain('No changes.');
      }
      // A release makes another task definition each time; a registry's rules have no other way to change.
      expect(replaced).toEqual([
        'aws_ecr_lifecycle_policy.repository-lifecycle',
        'aws_ecs_task_definition.task-definition',
      ]);
    });
  }

  it('would show a bucket by another name', async () => {
    const stack = structuredClone(readStack(emitted, 'test-state')) as unknown as {
      resource: Record<string, Record<string, Record<string, unknown>>>;
    };
    for (const bucket of Object.values(stack.resource['aws_s3_bucket'] ?? {})) bucket['bucket'] = 'another-name';
    writeFileSync(join(root, 'test-state', 'cdk.tf.json'), JSON.stringify(stack));
    const lost = destroyed(await changes('test-state')).map(({ type }) => type);
    expect(lost).toContain('aws_s3_bucket');
  });
});
