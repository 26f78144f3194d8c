import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import path from 'node:path';
import { START_KEY } from '../../contract/secrets';
import { arnsOf, namesOf } from '../../stacks/names';
import { type ReleaseContext, ReleaseError } from './context';
import { deploy, urlOf } from './deploy';
import { addSummary, GitHub, setOutput } from './github';
import { buildImage, type Platform, PLATFORMS, publishImage } from './image';
import { applyPlan, makePlan, readRecord } from './plan';
import { DRIFT_MARKER, driftIssue, PLAN_MARKER, planComment } from './reports';
import { runProgram } from '../cli/run-program';
import { rollBack, waitForStable } from './service';
import { smoke } from './smoke';
import { versionOf } from './version';
import { type StackName, STACKS, StackWorkspace } from './stack-workspace';

export interface Command {
  readonly usage: string;
  readonly summary: string;
  readonly run: (context: ReleaseContext, words: readonly string[]) => Promise<void>;
}

const isTrue = (value: string | undefined): boolean => value === 'true';

function stackIn(word: string | undefined): StackName {
  const stack = STACKS.find((one) => one === word);
  if (stack === undefined) throw new ReleaseError(`the stack must be one of ${STACKS.join(', ')}`);
  return stack;
}

function platformIn(word: string | undefined): Platform {
  const platform = PLATFORMS.find((one) => one === word);
  if (platform === undefined) throw new ReleaseError(`the platform must be one of ${PLATFORMS.join(', ')}`);
  return platform;
}

/** Where the workflow's run can be seen. */
const runUrl = ({ env }: ReleaseContext): string =>
  `${env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${env['GITHUB_REPOSITORY'] ?? ''}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}`;

/** Stacks that a workflow expects, as `test-service prod-service`. */
const expectedStacks = ({ env }: ReleaseContext): string[] => (env['EXPECTED_STACKS'] ?? '').split(' ').filter(Boolean);

const plan: Command = {
  usage: 'plan ENVIRONMENT foundation|service',
  summary: 'plans a stack and reviews the plan; IMAGE_TAG and IMAGE_DIGEST name a new image, NO_LOCK=true only reads',
  run: async (context, [word]) => {
    const { env } = context;
    const stack = stackIn(word);
    const { IMAGE_TAG: tag, IMAGE_DIGEST: digest } = env;
    try {
      const record = await makePlan(context, stack, {
        lock: !isTrue(env['NO_LOCK']),
        allowDataLoss: isTrue(env['ALLOW_DATA_LOSS']),
        ...(tag ? { image: { tag, digest: digest || undefined } } : {}),
      });
      setOutput(env, 'changed', String(record.changed));
      setOutput(env, 'sha256', record.sha256);
    } finally {
      if (hasPage(context, stack)) addSummary(env, new StackWorkspace(context, stack).read('page'));
    }
  },
};

function hasPage(context: ReleaseContext, stack: StackName): boolean {
  try {
    readRecord(context, stack);
    return true;
  } catch {
    return false; // it failed before there was anything to show
  }
}

const apply: Command = {
  usage: 'apply ENVIRONMENT foundation|service',
  summary: 'applies the plan that was made; PLAN_SHA256 is the one that was reviewed',
  run: async (context, [word]) => {
    await applyPlan(context, stackIn(word), context.env['PLAN_SHA256'] || undefined);
  },
};

const image: Command = {
  usage: 'image ENVIRONMENT linux/arm64|linux/amd64',
  summary: 'builds and pushes the image of one platform, under its digest; skips what has been pushed',
  run: async (context, [word]) => {
    const platform = platformIn(word);
    const digest = await buildImage(context, versionOf(context.root, context.env), platform);
    setOutput(context.env, `digest-${platform.split('/')[1] ?? ''}`, digest ?? '');
  },
};

const publish: Command = {
  usage: 'publish ENVIRONMENT',
  summary: "puts the platforms' images (IMAGE_DIGESTS) under the release's tag",
  run: async (context) => {
    const version = versionOf(context.root, context.env);
    const digests = (context.env['IMAGE_DIGESTS'] ?? '').split(/\s+/).filter(Boolean);
    const digest = await publishImage(context, version, digests);
    context.say(`${version.tag} is ${digest}`);
    setOutput(context.env, 'tag', version.tag);
    setOutput(context.env, 'digest', digest);
  },
};

const wait: Command = {
  usage: 'wait ENVIRONMENT',
  summary: 'waits until the service runs what was applied; fails where ECS went back',
  run: (context) => waitForStable(context),
};

const smokeCommand: Command = {
  usage: 'smoke ENVIRONMENT',
  summary: `is the release there, and does it talk? ${START_KEY} opens the call, SERVICE_URL is another address`,
  run: async (context) => {
    await smoke(context, {
      url: await urlOf(context),
      version: versionOf(context.root, context.env).health,
      startKey: context.env[START_KEY] || undefined,
    });
  },
};

const rollback: Command = {
  usage: 'rollback ENVIRONMENT',
  summary: 'puts the task definition back that ran before the plan was made',
  run: async (context) => {
    const back = await rollBack(context);
    addSummary(context.env, back === undefined ? 'There was nothing to roll back to.' : `Rolled back to \`${back}\`.`);
  },
};

const deployCommand: Command = {
  usage: 'deploy ENVIRONMENT [--yes]',
  summary: 'all of it from this machine: foundation, image, plan, apply, wait, smoke, and back where it fails',
  run: async (context, words) => {
    const changed = await deploy(context, { approve: words.includes('--yes') ? () => Promise.resolve(true) : ask });
    context.say(changed ? 'released' : 'nothing has changed');
  },
};

async function ask(stack: string, page: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`${page}\nApply this plan of ${stack}? Only "yes" is yes: `)) === 'yes';
  } finally {
    terminal.close();
  }
}

const roles: Command = {
  usage: 'roles ENVIRONMENT',
  summary: "names the environment's region and roles for a workflow's next step",
  run: async (context) => {
    const { settings, env, say } = context;
    const names = namesOf(settings).roles;
    const arns = arnsOf(settings);
    for (const name of ['plan', 'build', 'deploy'] as const) {
      setOutput(env, `${name}-role`, arns.role(names[name]));
      say(`${name}: ${arns.role(names[name])}`);
    }
    setOutput(env, 'region', settings.region);
    await Promise.resolve();
  },
};

const comment: Command = {
  usage: 'comment ENVIRONMENT',
  summary: 'writes the plans (PLANS_FOLDER, EXPECTED_STACKS) into the one comment of PULL_REQUEST',
  run: async (context) => {
    const { env, out } = context;
    const number = Number(env['PULL_REQUEST']);
    if (!Number.isSafeInteger(number) || number < 1) throw new ReleaseError('PULL_REQUEST must be a number');
    const text = planComment(env['PLANS_FOLDER'] ?? out, expectedStacks(context), runUrl(context));
    await new GitHub(env).comment(number, PLAN_MARKER, text);
  },
};

const drift: Command = {
  usage: 'drift ENVIRONMENT',
  summary: 'opens, updates or closes the one issue about plans (PLANS_FOLDER, EXPECTED_STACKS) that differ',
  run: async (context) => {
    const { env, out } = context;
    const text = driftIssue(env['PLANS_FOLDER'] ?? out, expectedStacks(context), runUrl(context));
    const github = new GitHub(env);
    if (text === undefined) await github.closeIssue(DRIFT_MARKER);
    else await github.openIssue(DRIFT_MARKER, 'Deployed and repository differ', text);
    context.say(text === undefined ? 'what is deployed is what the repository says' : 'they differ: see the issue');
  },
};

const destroy: Command = {
  usage: 'destroy ENVIRONMENT',
  summary: 'takes service and foundation away; CONFIRM must be the name, and a protected environment refuses',
  run: async (context) => {
    const { settings, env } = context;
    if (settings.protected)
      throw new ReleaseError(`${settings.environment} is protected: it is not destroyed from here`);
    if (env['CONFIRM'] !== settings.environment) throw new ReleaseError('CONFIRM must be the name of the environment');
    for (const stack of ['service', 'foundation'] as const) {
      const record = await makePlan(context, stack, { lock: true, allowDataLoss: true, destroy: true });
      await applyPlan(context, stack, record.sha256);
    }
  },
};

const lock: Command = {
  usage: 'lock ENVIRONMENT',
  summary: 'writes the hashes of all platforms into providers/terraform.lock.hcl; needs registry.terraform.io',
  run: async (context) => {
    const workspace = new StackWorkspace(context, 'foundation');
    await workspace.synthesise();
    rmSync(path.join(workspace.folder, '.terraform'), { recursive: true, force: true });
    rmSync(workspace.path('lock'), { force: true });
    const platforms = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64', 'windows_amd64'];
    await workspace.terraform(['providers', 'lock', ...platforms.map((one) => `-platform=${one}`)], context.say);
    const target = path.join(context.root, 'providers/terraform.lock.hcl');
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(workspace.path('lock'), target);
    await runProgram('git', ['diff', '--stat', '--', target], {
      cwd: context.root,
      env: context.env,
      signal: context.signal,
      say: context.say,
    });
  },
};

export const COMMANDS: readonly Command[] = [
  deployCommand,
  plan,
  apply,
  image,
  publish,
  wait,
  smokeCommand,
  rollback,
  roles,
  comment,
  drift,
  destroy,
  lock,
];
