import { movesTraffic } from '../../stacks/names';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { failedFinding, type Finding, type Section } from '../cli/report';
import { EcsService } from '../service/ecs-service';
import { type RollOutOptions, waitForRollout } from '../service/roll-out';
import { primaryOf } from '../service/rollout';
import type { Journal } from './journal';

/** How to take back what the restart was for. */
export interface Undo {
  /** What has happened when it was. */
  readonly describe: string;
  /** Resolves to false, and does nothing, where somebody else has written since: what they wrote is theirs to judge. */
  readonly run: () => Promise<boolean>;
}

/**
 * Restarts the service so that its tasks get the secrets' present values, as the options have it.
 * @throws Interrupted
 */
export async function restartService(context: Context, journal: Journal, undo?: Undo): Promise<Section> {
  return { title: 'Service', findings: await restart(context, journal, undo) };
}

async function restart(context: Context, journal: Journal, undo: Undo | undefined): Promise<Finding[]> {
  const { flags, settings, io, progress } = context;
  const service = new EcsService(context.aws(), settings);
  const subject = service.name;
  if (flags.isSet('no-restart')) {
    return [
      { status: 'skipped', subject, text: 'not restarted: running tasks keep the old value until they are replaced' },
    ];
  }
  const timeoutMs = (flags.number('wait-minutes', 0, 1440) ?? 45) * 60_000;
  const pollMs = (flags.number('poll-seconds', 0, 600) ?? 10) * 1000;
  try {
    journal.stopIfAsked();
    const found = await service.describe();
    if (found === undefined) {
      return [{ status: 'skipped', subject, text: 'is not deployed: its first tasks will get the present value' }];
    }
    journal.stopIfAsked();
    const before = primaryOf(found)?.id;
    const id = await service.restart();
    journal.note(subject, 'restarted');
    const restarted: Finding = {
      status: 'changed',
      subject,
      text: `a new deployment has begun (${id}); tasks with calls go when these have ended`,
      data: { deploymentId: id },
    };
    if (!flags.isSet('wait')) return [restarted];
    const goOn = `npm run ops -- monitor --once --environment ${context.environment}`;
    const options = {
      signal: io.signal,
      pollMs,
      timeoutMs,
      progress,
      done: journal.summary,
      goOn,
      ...idsOf(context, id, before),
    };
    try {
      const { running } = await waitForRollout(service, options);
      return [restarted, { status: 'ok', subject, text: `deployed: ${running} tasks run with the present value` }];
    } catch (error) {
      if (!(error instanceof OpsError) || !['rollout_failed', 'rollout_pending'].includes(error.code)) throw error;
      // What only takes long is not proved bad, and stays.
      const takenBack = error.code === 'rollout_failed' && undo !== undefined ? await takeBack(service, undo) : [];
      return [restarted, failedFinding(subject, error), ...takenBack];
    }
  } catch (error) {
    return [failedFinding(subject, journal.retell(error))];
  }
}

/** A service deployment that moves traffic has a state of its own for a way back, and other ids. */
function idsOf({ settings }: Context, id: string, before: string | undefined): Pick<RollOutOptions, 'deployment'> {
  return movesTraffic(settings) ? {} : { deployment: { id, before } };
}

async function takeBack(service: EcsService, undo: Undo): Promise<Finding[]> {
  if (!(await undo.run())) {
    const text = 'nothing was taken back: somebody else has changed the secret since';
    return [{ status: 'warning', subject: service.name, text, fix: 'npm run ops -- secrets list' }];
  }
  const id = await service.restart();
  return [{ status: 'changed', subject: service.name, text: `${undo.describe}; restarted once more (${id})` }];
}
