import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { arnsOf, namesOf, workflowSessionSeconds } from '../../stacks/names';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { ENVIRONMENT } from '../cli/flags';
import { OpsError } from '../cli/ops-error';
import { type Finding, reportOf } from '../cli/report';
import { runProgram } from '../cli/run-program';
import { GitHub, setOutput } from './github';
import { DRIFT_MARKER, driftIssue, PLAN_MARKER, planComment } from './reports';
import { releaseFolder, StackWorkspace } from './stack-workspace';

/* What only the workflows need, and what they need once. */

export const roles: Command = {
  details: 'The roles plan, build and deploy, as the foundation stack names them. AWS is not asked.',
  positionals: [ENVIRONMENT],
  run: ({ settings, io }) => {
    const { roles: names } = namesOf(settings);
    const arns = arnsOf(settings);
    const findings = (['plan', 'build', 'deploy'] as const).map((name): Finding => {
      setOutput(io.env, `${name}-role`, arns.role(names[name]));
      return { status: 'ok', subject: name, text: arns.role(names[name]) };
    });
    setOutput(io.env, 'region', settings.region);
    setOutput(io.env, 'session-seconds', String(workflowSessionSeconds(settings)));
    return Promise.resolve(reportOf('Roles', ...findings, { status: 'ok', subject: 'region', text: settings.region }));
  },
};

const PLANS = `PLANS_FOLDER holds a folder for each stack [release.out], EXPECTED_STACKS names the stacks that must be there,
such as "test-service prod-service"; GITHUB_TOKEN and GITHUB_REPOSITORY are the workflow's.`;

/** What the plans of a workflow's jobs are read and reported with. */
function plansOf(context: Context): [folder: string, expected: string[], runUrl: string] {
  const { env } = context.io;
  const { GITHUB_SERVER_URL: server = 'https://github.com', GITHUB_REPOSITORY: repository = '' } = env;
  return [
    env['PLANS_FOLDER'] ?? releaseFolder(context),
    (env['EXPECTED_STACKS'] ?? '').split(' ').filter(Boolean),
    `${server}/${repository}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}`,
  ];
}

export const comment: Command = {
  details: `Makes the comment of the pull request PULL_REQUEST, or replaces what it said.\n${PLANS}`,
  run: async (context) => {
    const { env } = context.io;
    const number = Number(env['PULL_REQUEST']);
    if (!Number.isSafeInteger(number) || number < 1) throw new OpsError('usage', 'PULL_REQUEST must be a number');
    await new GitHub(env).comment(number, PLAN_MARKER, planComment(...plansOf(context)));
    return reportOf('Pull request', { status: 'ok', subject: `#${number}`, text: 'has the comment' });
  },
};

export const drift: Command = {
  details: `Opens the issue where deployed and repository differ, and closes it where they do not.\n${PLANS}`,
  run: async (context) => {
    const text = driftIssue(...plansOf(context));
    const github = new GitHub(context.io.env);
    if (text === undefined) await github.closeIssue(DRIFT_MARKER);
    else await github.openIssue(DRIFT_MARKER, 'Deployed and repository differ', text);
    return reportOf(
      'Drift',
      text === undefined
        ? { status: 'ok', subject: 'issue', text: 'what is deployed is what the repository says' }
        : { status: 'warning', subject: 'issue', text: 'they differ: see the issue' },
    );
  },
};

const LOCKED_PLATFORMS = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64', 'windows_amd64'];
const LOCK_FILE = 'providers/terraform.lock.hcl';

export const lock: Command = {
  details:
    'Needed after an update of @cdktf/provider-aws: docs/releases.md says when, and what to look at before committing.',
  positionals: [ENVIRONMENT],
  run: async (context) => {
    const { io, progress } = context;
    const workspace = new StackWorkspace(context, 'foundation');
    await workspace.synthesise();
    rmSync(path.join(workspace.folder, '.terraform'), { recursive: true, force: true });
    rmSync(workspace.path('lock'), { force: true });
    const platforms = LOCKED_PLATFORMS.map((one) => `-platform=${one}`);
    await workspace.terraform(['providers', 'lock', ...platforms], progress);
    const target = context.path(LOCK_FILE);
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(workspace.path('lock'), target);
    const options = { cwd: io.folder, env: io.env, signal: io.signal };
    const { stdout } = await runProgram('git', ['diff', '--stat', '--', target], options);
    return reportOf('Lock', { status: 'changed', subject: LOCK_FILE, text: stdout.trim() || 'is as it was' });
  },
};
