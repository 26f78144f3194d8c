import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EmittedStack,
  layOutWithLocalState,
  readStack,
  typesIn,
} from '../../../../testbed/fakes/terraform/emitted';
import { type ProviderServer, startProvider } from '../../../../testbed/fakes/terraform/provider-server';
import { rehearse, STACKS, type StackKind } from '../../../../testbed/fakes/terraform/rehearsal';
import { awsSchemaOf } from '../../../../testbed/fakes/terraform/schema';
import { terraform } from '../../../../testbed/fakes/terraform/terraform';
import { variants } from '../../../stacks/support/environments';
import { sharedSynth } from '../../../stacks/support/synth';
import { describeWith } from './support';

type Stacks = Record<StackKind, EmittedStack>;
/** Emitted JSON that is about to be broken. */
type Loose = any; // oxlint-disable-line typescript/no-explicit-any -- mistakes do not type-check

describeWith('terraform')('real terraform, attached to a provider of schemas', () => {
  const root = mkdtempSync(join(tmpdir(), 'offline-test-'));
  const stacks: Record<string, Stacks> = {};
  /** What was started, to be stopped even where starting the next failed. */
  const cleanUp: (() => void)[] = [() => rmSync(root, { recursive: true, force: true })];
  let provider: ProviderServer;

  beforeAll(async () => {
    const { outdir } = sharedSynth(variants());
    for (const environment of ['test', 'prod']) {
      stacks[environment] = Object.fromEntries(
        STACKS.map((kind) => [kind, readStack(outdir, `${environment}-${kind}`)]),
      ) as Stacks;
    }
    const all = Object.values(stacks).flatMap((of) => Object.values(of));
    provider = await startProvider({ schema: awsSchemaOf(typesIn(all)) });
    cleanUp.push(() => provider.close());
  });
  afterAll(() => {
    for (const clean of cleanUp.reverse()) clean();
  });

  it('plans, applies, finds nothing more to do, and destroys; prod refuses to destroy what holds data', async () => {
    const [trial, prod] = await Promise.all(
      (['test', 'prod'] as const).map((environment) =>
        rehearse({
          environment,
          stacks: stacks[environment]!,
          root: join(root, environment),
          provider,
          protected: environment === 'prod',
        }),
      ),
    );
    expect(trial!.map(({ step }) => step)).toEqual([
      ...STACKS.flatMap(() => ['init', 'validate', 'plan', 'apply', 'plan again']),
      'destroy',
      'destroy',
      'destroy',
    ]);
    const destroyed = (reports: typeof trial) =>
      reports!.filter(({ step }) => step === 'destroy').map(({ stack, summary }) => `${stack}: ${summary}`);
    expect(destroyed(trial)).toEqual([
      expect.stringMatching(/^test-service: Destroy complete! Resources: \d+ destroyed\.$/),
      expect.stringMatching(/^test-foundation: Destroy complete! Resources: \d+ destroyed\.$/),
      'test-state: Destroy complete! Resources: 9 destroyed.',
    ]);
    expect(destroyed(prod)).toEqual([
      expect.stringMatching(/^prod-service: Destroy complete!/),
      'prod-foundation: refused, as it must be: it holds data',
      'prod-state: refused, as it must be: it holds data',
    ]);
  }, 120_000);

  describe('refuses what no test of JSON would notice:', () => {
    const folder = (kind: StackKind) => join(root, `broken-${kind}`);
    beforeAll(async () => {
      await Promise.all(
        (['foundation', 'service'] as const).map(async (kind) => {
          layOutWithLocalState(stacks['test']![kind], root, `broken-${kind}`);
          expect((await terraform({ folder: folder(kind), reattach: provider.reattach }, 'init')).status).toBe(0);
        }),
      );
    });

    /** Validates a stack with one mistake in it. */
    async function validated(kind: StackKind, mistake: (resource: Loose, stack: Loose) => void): Promise<string> {
      const stack = structuredClone(stacks['test']![kind]) as Loose; // oxlint-disable-line typescript/no-unsafe-assignment -- as Loose says
      mistake(stack.resource, stack); // oxlint-disable-line typescript/no-unsafe-member-access -- as Loose says
      writeFileSync(join(folder(kind), 'cdk.tf.json'), JSON.stringify(stack, null, 2));
      const { status, output } = await terraform({ folder: folder(kind), reattach: provider.reattach }, 'validate');
      return status === 0 ? 'valid' : output;
    }

    const MISTAKES: readonly (readonly [
      what: string,
      stack: StackKind,
      expected: RegExp,
      (resource: Loose, stack: Loose) => void,
    ])[] = [
      /* oxlint-disable typescript/no-unsafe-member-access -- mistakes do not type-check */
      [
        'a misspelt attribute',
        'foundation',
        /retention_in_day\b/,
        (r) => (r.aws_cloudwatch_log_group['log-group'].retention_in_day = 30),
      ],
      [
        'a missing attribute',
        'service',
        /Missing required argument/,
        (r) => delete r.aws_lb_listener.http.load_balancer_arn,
      ],
      ['a missing block', 'service', /default_action/, (r) => delete r.aws_lb_listener.http.default_action],
      [
        'a reference to an attribute that is not there',
        'foundation',
        /attribute named "idd"/,
        (r) => (r.aws_subnet['public-subnet-1'].vpc_id = '${aws_vpc.vpc.idd}'),
      ],
      [
        'a value of the wrong type',
        'service',
        /a number is required/,
        (r) => (r.aws_ecs_service.service.desired_count = 'many'),
      ],
      [
        'a resource that is not declared',
        'service',
        /Reference to undeclared resource/,
        (r) => (r.aws_ecs_service.service.cluster = '${aws_ecs_cluster.other.arn}'),
      ],
      ['a cycle', 'service', /Cycle:/, (r) => (r.aws_ecs_cluster.cluster.depends_on = ['aws_ecs_service.service'])],
      [
        'a block twice that may be there once',
        'service',
        /Too many health_check blocks/,
        (r) => (r.aws_lb_target_group.targets.health_check = [{ path: '/health' }, { path: '/ready' }]),
      ],
      [
        'a function with a wrong argument',
        'foundation',
        /Error in function call|Invalid function argument/,
        (r) => (r.aws_vpc.vpc.cidr_block = '${cidrsubnet("10.0.0.0/40", 4, 0)}'),
      ],
      [
        'an unknown attribute in a block',
        'service',
        /rollbacks/,
        (r) => (r.aws_ecs_service.service.deployment_circuit_breaker.rollbacks = true),
      ],
      [
        'an output of something that is not there',
        'service',
        /Unsupported attribute/,
        (_r, s) => (s.output.url.value = '${aws_lb.load-balancer.dns}'),
      ],
      [
        'a computed attribute that is set',
        'service',
        /its value will be decided automatically/,
        (r) => (r.aws_ecs_cluster.cluster.arn = 'arn:aws:ecs:x'),
      ],
      [
        'ignore_changes in camel case',
        'service',
        /desiredCount/,
        (r) => (r.aws_ecs_service.service.lifecycle.ignore_changes = ['desiredCount']),
      ],
      [
        'a policy variable that terraform takes for its own',
        'foundation',
        /Extra characters after interpolation expression|Invalid/,
        (r) => (r.aws_iam_role['task-role'].description = '${aws:username}'),
      ],
      [
        'a dependency on nothing',
        'service',
        /undeclared resource|Invalid depends_on reference/,
        (r) => (r.aws_ecs_service.service.depends_on = ['aws_lb_listener.nowhere']),
      ],
      [
        "quotes that CDKTF's jsonencode leaves unescaped",
        'service',
        /Missing|Invalid|Unsupported/,
        (r) =>
          (r.aws_ecs_task_definition['task-definition'].container_definitions =
            '${jsonencode({"command" = "node -e "x""})}'),
      ],
      /* oxlint-enable typescript/no-unsafe-member-access */
    ];

    it('nothing in what is emitted', async () => {
      expect(await validated('service', () => undefined)).toBe('valid');
    });

    it.each(MISTAKES)('%s', async (_what, kind, expected, mistake) => {
      expect(await validated(kind, mistake)).toMatch(expected);
    });
  });

  it('fails when the provider is gone, rather than passing for want of it', async () => {
    const dead = await startProvider({ schema: awsSchemaOf({ resources: [], dataSources: [] }) });
    const folder = layOutWithLocalState(stacks['test']!.state, root, 'dead');
    expect((await terraform({ folder, reattach: dead.reattach }, 'init')).status).toBe(0);
    dead.close();
    const { status, output } = await terraform({ folder, reattach: dead.reattach }, 'validate');
    expect([status, output]).toEqual([1, expect.stringMatching(/connection refused|failed to|Failed to/i)]);
  });
});
