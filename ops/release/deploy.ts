import { START_KEY } from '../../contract/secrets';
import type { ReleaseContext } from './context';
import { ReleaseError } from './context';
import { buildImage, PLATFORMS, publishImage } from './image';
import { applyPlan, makePlan } from './plan';
import { rollBack, waitForStable, type WaitOptions } from './service';
import { smoke } from './smoke';
import { versionOf } from './version';
import { StackWorkspace } from './stack-workspace';

/** The steps of a release in their order, as deploy.yml runs them in jobs. Each can be run again. */
export const DEPLOY_STEPS = ['foundation', 'image', 'plan', 'apply', 'wait', 'smoke'] as const;
export type DeployStep = (typeof DEPLOY_STEPS)[number];

export interface DeployOptions {
  /** Asked before a plan that changes anything is applied. */
  readonly approve: (stack: string, page: string) => Promise<boolean>;
  readonly wait?: WaitOptions;
  /** Told before each step; may throw to stop there. */
  readonly before?: (step: DeployStep) => void;
}

/**
 * A whole release from one machine. Interrupted anywhere and run again it ends in the same state; run on a finished
 * release it changes nothing. A release that does not become stable, or does not talk, is rolled back.
 * @returns whether anything was changed
 * @throws ReleaseError, OpsError
 */
export async function deploy(context: ReleaseContext, options: DeployOptions): Promise<boolean> {
  const { say, root, env } = context;
  const version = versionOf(root, env);
  const begin = (step: DeployStep): void => {
    options.before?.(step);
    say(`== ${step}`);
  };
  const apply = async (stack: 'foundation' | 'service', sha256: string): Promise<void> => {
    const page = new StackWorkspace(context, stack).read('page');
    if (!(await options.approve(stack, page))) throw new ReleaseError(`the plan of ${stack} was not approved`);
    await applyPlan(context, stack, sha256);
  };

  begin('foundation');
  const foundation = await makePlan(context, 'foundation', { lock: true, allowDataLoss: false });
  if (foundation.changed) await apply('foundation', foundation.sha256);

  begin('image');
  const digests: string[] = [];
  for (const platform of PLATFORMS) digests.push((await buildImage(context, version, platform)) ?? '');
  const digest = await publishImage(context, version, digests.filter(Boolean));

  begin('plan');
  const image = { tag: version.tag, digest };
  const service = await makePlan(context, 'service', { lock: true, allowDataLoss: false, image });

  begin('apply');
  if (service.changed) await apply('service', service.sha256);
  else say('nothing to apply');

  try {
    begin('wait');
    await waitForStable(context, options.wait);
    begin('smoke');
    await smoke(context, {
      url: await urlOf(context),
      version: version.health,
      startKey: env[START_KEY] || undefined,
    });
  } catch (error) {
    // Interrupted is not failed: the next run goes on waiting.
    if (context.signal.aborted || !service.changed) throw error;
    say(`the release failed: ${error instanceof Error ? error.message : String(error)}`);
    await rollBack(context, options.wait);
    throw error;
  }
  return foundation.changed || service.changed;
}

/** Where the service is: SERVICE_URL, or the applied stack's output. */
export async function urlOf(context: ReleaseContext): Promise<string> {
  const given = context.env['SERVICE_URL'];
  if (given) return given.replace(/\/+$/, '');
  const workspace = new StackWorkspace(context, 'service');
  await workspace.initialise();
  const { url } = await workspace.outputs();
  if (typeof url !== 'string') throw new ReleaseError('the service stack has not been applied');
  return url;
}
