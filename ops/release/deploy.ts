import { movesTraffic } from '../../stacks/names';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { buildImage, PLATFORMS, publishImage } from './image';
import { applyPlan, makePlan } from './plan';
import { rollBack, waitForStable, waitUntilMoved } from './service';
import { smokeRelease } from './smoke-from-inside';
import { StackWorkspace } from './stack-workspace';
import { isProvedBad } from './verdict';
import { versionOf } from './version';

/** Asked before a plan that changes anything is applied. @param page the plan, for people */
export type Approve = (stack: string, page: string) => Promise<boolean>;

/**
 * A whole release from one machine, in the order in which deploy.yml runs these steps in jobs. Interrupted anywhere and
 * run again it ends in the same state; run on a finished release it changes nothing. A release that does not become
 * stable, or does not talk, is rolled back.
 * @returns whether anything was changed
 * @throws OpsError; Interrupted
 */
export async function deployRelease(context: Context, approve: Approve): Promise<boolean> {
  const { progress, io } = context;
  const version = versionOf(io.folder, io.env);
  const [foundation, service] = [new StackWorkspace(context, 'foundation'), new StackWorkspace(context, 'service')];
  const apply = async (workspace: StackWorkspace, sha256: string): Promise<void> => {
    if (!(await approve(workspace.stack, workspace.read('page')))) {
      throw new OpsError('refused', `the plan of ${workspace.stack} was not approved`);
    }
    await applyPlan(workspace, sha256);
  };

  progress('== foundation');
  const foundationPlan = await makePlan(foundation, { lock: true, allowDataLoss: false });
  if (foundationPlan.changed) await apply(foundation, foundationPlan.sha256);

  progress('== image');
  const digests: string[] = [];
  for (const platform of PLATFORMS) digests.push((await buildImage(context, version, platform)) ?? '');
  const digest = await publishImage(context, version, digests.filter(Boolean));

  progress('== plan');
  const image = { tag: version.tag, digest };
  const plan = await makePlan(service, { lock: true, allowDataLoss: false, image });

  progress('== apply');
  if (plan.changed) await apply(service, plan.sha256);
  else progress('nothing to apply');

  const proof = async (): Promise<void> => {
    progress('== wait');
    await waitForStable(service);
    progress('== smoke');
    progress(await smokeRelease(context, { url: await urlOf(service), version: version.health }));
    if (movesTraffic(context.settings)) {
      progress('== shift');
      await waitUntilMoved(service);
    }
  };
  await (plan.changed ? orRollBack(service, proof) : proof());
  return foundationPlan.changed || plan.changed;
}

/**
 * Puts the release of before back where the new one is proved bad. Where nothing is proved, the next run goes on.
 * @throws OpsError what `prove` threw
 */
export async function orRollBack<T>(service: StackWorkspace, prove: () => Promise<T>): Promise<T> {
  try {
    return await prove();
  } catch (error) {
    const { io, progress } = service.context;
    if (io.signal.aborted || !isProvedBad(error)) throw error;
    progress(`the release failed: ${error.message}`);
    await rollBack(service);
    throw error;
  }
}

/** Where the service is: SERVICE_URL, or the applied stack's output. @throws OpsError `not_found` */
export async function urlOf(service: StackWorkspace): Promise<string> {
  const given = service.context.io.env['SERVICE_URL'];
  return given ? given.replace(/\/+$/, '') : service.output('url');
}
