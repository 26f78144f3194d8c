import { existsSync } from 'node:fs';
import { START_KEY } from '../../contract/secrets';
import type { Command } from '../cli/command';
import { confirm } from '../cli/confirm';
import type { Context } from '../cli/context';
import { ENVIRONMENT, type Positional } from '../cli/flags';
import { reportOf } from '../cli/report';
import { deployRelease, urlOf } from './deploy';
import { addSummary, setOutput } from './github';
import { buildImage, PLATFORMS, publishImage } from './image';
import { applyPlan, makePlan } from './plan';
import { summaryOf } from './review-markdown';
import { rollBack, waitForStable, waitUntilMoved } from './service';
import { smokeTest } from './smoke';
import { smokeRelease } from './smoke-from-inside';
import { STACKS, StackWorkspace } from './stack-workspace';
import { verdictOf } from './verdict';
import { versionOf } from './version';

const STACK: Positional = { name: 'stack', description: 'which of the two', choices: STACKS };
const PLATFORM: Positional = { name: 'platform', description: 'for which processor', choices: PLATFORMS };

const stackOf = (context: Context): StackWorkspace =>
  new StackWorkspace(context, context.flags.choice('stack', STACKS));

const serviceOf = (context: Context): StackWorkspace => new StackWorkspace(context, 'service');

const releasedAs = ({ io }: Context) => versionOf(io.folder, io.env);

export const deploy: Command = {
  details: `Everything that deploy.yml does, asking before each apply. Stopped anywhere and run again it goes on where it stopped;
a release that does not become stable, or does not talk (${START_KEY} opens the call), is rolled back.`,
  positionals: [ENVIRONMENT],
  flags: { yes: { type: 'boolean', description: 'apply without asking' } },
  run: async (context) => {
    const { flags, io } = context;
    const isChanged = await deployRelease(context, (stack, page) =>
      flags.isSet('yes')
        ? Promise.resolve(true)
        : confirm(`${context.redactor.clean(page)}\nApply this plan of ${stack}?`, io.signal),
    );
    const text = isChanged ? 'released' : 'nothing has changed';
    return reportOf('Release', { status: isChanged ? 'changed' : 'ok', subject: context.environment, text });
  },
};

export const plan: Command = {
  details: `Leaves the plan, and a review of it without secrets, in release.out (RELEASE_FOLDER). It fails where data would be
destroyed, unless ALLOW_DATA_LOSS=true. IMAGE_TAG and IMAGE_DIGEST name a new image [the one that is deployed];
NO_LOCK=true plans with a role that only reads.`,
  positionals: [ENVIRONMENT, STACK],
  run: async (context) => {
    const { env } = context.io;
    const workspace = stackOf(context);
    const { IMAGE_TAG: tag, IMAGE_DIGEST: digest } = env;
    try {
      const record = await makePlan(workspace, {
        lock: env['NO_LOCK'] !== 'true',
        allowDataLoss: env['ALLOW_DATA_LOSS'] === 'true',
        ...(tag ? { image: { tag, digest: digest || undefined } } : {}),
      });
      setOutput(env, 'changed', String(record.changed));
      setOutput(env, 'sha256', record.sha256);
      const { changed, sha256, review } = record;
      return reportOf('Plan', {
        status: changed ? 'planned' : 'ok',
        subject: workspace.name,
        text: summaryOf(review),
        data: { changed, sha256 },
      });
    } finally {
      // Without one it failed before there was anything to show.
      if (existsSync(workspace.path('page'))) addSummary(env, workspace.read('page'));
    }
  },
};

export const apply: Command = {
  details: `Applies the plan that \`release plan\` left, and no other: PLAN_SHA256 is the one that was reviewed [what is recorded
beside the plan]. Terraform refuses it where the state has moved on since.`,
  positionals: [ENVIRONMENT, STACK],
  run: async (context) => {
    const workspace = stackOf(context);
    const { changed } = await applyPlan(workspace, context.io.env['PLAN_SHA256'] || undefined);
    const text = changed ? 'applied' : 'nothing to apply';
    return reportOf('Stack', { status: changed ? 'changed' : 'ok', subject: workspace.name, text });
  },
};

export const image: Command = {
  details:
    'Builds with Docker, with provenance and a bill of materials, and pushes to the registry of the environment.',
  positionals: [ENVIRONMENT, PLATFORM],
  run: async (context) => {
    const platform = context.flags.choice('platform', PLATFORMS);
    const digest = await buildImage(context, releasedAs(context), platform);
    setOutput(context.io.env, `digest-${platform.split('/')[1] ?? ''}`, digest ?? '');
    return digest === undefined
      ? reportOf('Image', { status: 'ok', subject: platform, text: 'has been pushed already' })
      : reportOf('Image', { status: 'changed', subject: platform, text: `pushed as ${digest}`, data: { digest } });
  },
};

export const publish: Command = {
  details: 'IMAGE_DIGESTS are the digests of all platforms, as `release image` printed them. The tag never moves.',
  positionals: [ENVIRONMENT],
  run: async (context) => {
    const { env } = context.io;
    const { tag } = releasedAs(context);
    const digests = (env['IMAGE_DIGESTS'] ?? '').split(/\s+/).filter(Boolean);
    const digest = await publishImage(context, releasedAs(context), digests);
    setOutput(env, 'tag', tag);
    setOutput(env, 'digest', digest);
    return reportOf('Image', { status: 'ok', subject: tag, text: `is ${digest}`, data: { digest } });
  },
};

export const wait: Command = {
  details: `Waits until the new tasks serve; those with calls are left to end these. The output "verdict" is "failed" where ECS gave the
release up, and empty where nothing is proved: the time ran out, or credentials did. Run again, it goes on waiting.`,
  positionals: [ENVIRONMENT],
  run: async (context) => {
    const runs = await withVerdict(context, waitForStable(serviceOf(context)));
    return reportOf('Service', { status: 'ok', subject: context.environment, text: `is stable and runs ${runs}` });
  },
};

/** @see verdictOf */
async function withVerdict<T>(context: Context, judging: Promise<T>): Promise<T> {
  try {
    return await judging;
  } catch (error) {
    const verdict = verdictOf(error);
    if (verdict !== '') setOutput(context.io.env, 'verdict', verdict);
    throw error;
  }
}

export const smoke: Command = {
  details: `Asks /health for the version that is checked out and /ready, and calls until the bot is heard. ${START_KEY} opens the
call; SERVICE_URL is where to call [the output of the service stack]. Where the load balancer is internal a task of the
same image calls, with the key that the bot has. The output "verdict" is "failed" where the bot does not talk;
"inconclusive", with exit code 75, where the call proved nothing, because of a wrong key, a network, a browser, a clock;
and empty where it was not judged, as where that task cannot be started.`,
  positionals: [ENVIRONMENT],
  flags: { here: { type: 'boolean', description: 'call from this machine, though the load balancer is internal' } },
  run: async (context) => {
    const url = await urlOf(serviceOf(context));
    const options = { url, version: releasedAs(context).health };
    const calling = context.flags.isSet('here')
      ? smokeTest(context, options).then(({ text: said }) => said)
      : smokeRelease(context, options);
    const text = await withVerdict(context, calling);
    return reportOf('Smoke test', { status: 'ok', subject: url, text });
  },
};

export const shift: Command = {
  details: `Where the settings' release.strategy is canary or linear, waits until every new call meets the release and its bake time is
over, while alarms may take it back; at once where it is rolling. The output "verdict" is "failed" where ECS took the
release back, and empty where nothing is proved. Run again, it goes on waiting.`,
  positionals: [ENVIRONMENT],
  run: async (context) => {
    const isMoved = await withVerdict(context, waitUntilMoved(serviceOf(context)));
    const text = isMoved ? 'every new call meets the release' : 'traffic is not moved share by share here';
    return reportOf('Traffic', { status: isMoved ? 'ok' : 'skipped', subject: context.environment, text });
  },
};

export const rollback: Command = {
  details: `The task definition is known from the plan in release.out. Terraform's state keeps the failed one: the next plan shows
it, and the next release replaces it.`,
  positionals: [ENVIRONMENT],
  run: async (context) => {
    const runs = await rollBack(serviceOf(context));
    const text = runs === undefined ? 'There was nothing to roll back to.' : `Rolled back to \`${runs}\`.`;
    addSummary(context.io.env, text);
    return reportOf('Service', { status: runs === undefined ? 'skipped' : 'ok', subject: context.environment, text });
  },
};
