import { OpsError } from '../cli/ops-error';
import type { EcsService } from './ecs-service';
import type { Rollout } from './rollout';
import { pause } from './wait';

export interface RollOutOptions {
  readonly signal: AbortSignal;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly progress: (line: string) => void;
  /** What an interrupted command says. */
  readonly done: string;
  /** Ids of the deployment that is waited for and of the one before: that one, come back, is a way back of ECS's. */
  readonly deployment?: { readonly id: string; readonly before: string | undefined };
  /** The command that goes on where the time ran out. */
  readonly goOn: string;
}

const SERVES = {
  rolled: 'the new tasks serve; the old ones finish their calls',
  moving: 'the new tasks can be called; traffic is moved to them share by share',
};

/**
 * Waits until the newest deployment serves: ECS calls it completed, or its tasks all run and stay, and what is left of the
 * deployment before are tasks that finish their calls, for as long as the longest call. Asked again, it goes on waiting.
 * @throws OpsError `rollout_failed` when ECS gives it up, `rollout_pending` when it takes longer than allowed, which
 *   proves nothing against it; Interrupted
 */
export async function waitForRollout(service: Pick<EcsService, 'rollout'>, options: RollOutOptions): Promise<Rollout> {
  const until = performance.now() + options.timeoutMs;
  let before: Rollout | undefined;
  let wasSeen = false;
  for (let last = ''; ;) {
    const rollout = await service.rollout();
    wasSeen ||= rollout.id === options.deployment?.id;
    if (wasSeen && rollout.id === options.deployment?.before) {
      throw new OpsError(
        'rollout_failed',
        'ECS gave the deployment up and went back to the one before',
        'npm run ops -- monitor --once',
      );
    }
    if (rollout.state === 'completed') return rollout;
    if (rollout.isServing && before?.isServing === true && isSame(rollout, before)) {
      options.progress(SERVES[rollout.isThrough ? 'rolled' : 'moving']);
      return rollout;
    }
    before = rollout;
    if (rollout.state === 'failed') {
      throw new OpsError(
        'rollout_failed',
        `ECS gave the deployment up: ${rollout.reason}`,
        'npm run ops -- monitor --once',
      );
    }
    // Without a state from ECS, running as many tasks as desired has to do.
    if (rollout.state === 'unknown' && rollout.running >= rollout.desired) return rollout;
    const { running, desired, failedTasks, stage } = rollout;
    const line = `waiting for the deployment: ${running} of ${desired} tasks run, ${failedTasks} failed${stage === undefined ? '' : ` (${stage})`}`;
    if (line !== last) options.progress(line);
    last = line;
    if (performance.now() > until) {
      const text = `the deployment has not come up in time: ${rollout.running} of ${rollout.desired} tasks run`;
      throw new OpsError('rollout_pending', text, options.goOn);
    }
    await pause(options.pollMs, options.signal, options.done, 'npm run ops -- monitor --once shows how it goes on.');
  }
}

/** No task of the deployment has failed between two looks at it. */
const isSame = (now: Rollout, before: Rollout): boolean =>
  now.id === before.id && now.failedTasks === before.failedTasks;

/**
 * Waits until new callers meet the newest deployment only and the time is over in which alarms may take it back. Nobody
 * waits for what comes then: old tasks finish their calls. Asked again, it goes on waiting.
 * @throws OpsError as `waitForRollout` does; Interrupted
 */
export async function waitUntilThrough(service: Pick<EcsService, 'rollout'>, options: RollOutOptions): Promise<void> {
  const until = performance.now() + options.timeoutMs;
  for (let last = ''; ;) {
    const { state, stage = state, reason, isThrough } = await service.rollout();
    if (isThrough) return;
    if (state === 'failed') {
      throw new OpsError('rollout_failed', `ECS took the deployment back: ${reason}`, options.goOn);
    }
    const line = `traffic is moved: ${stage}`;
    if (line !== last) options.progress(line);
    last = line;
    if (performance.now() > until) {
      throw new OpsError('rollout_pending', `traffic has not been moved in time: ${stage}`, options.goOn);
    }
    await pause(options.pollMs, options.signal, options.done, options.goOn);
  }
}

/** Waits until a deployment that is taken back has been, wherever traffic was. @throws OpsError; Interrupted */
export async function waitUntilBack(service: Pick<EcsService, 'rollout'>, options: RollOutOptions): Promise<void> {
  const until = performance.now() + options.timeoutMs;
  for (;;) {
    const { reason, way } = await service.rollout();
    if (way === 'back') return;
    if (way === 'lost') throw new OpsError('rollout_failed', `ECS could not take the deployment back: ${reason}`);
    if (performance.now() > until) {
      throw new OpsError('rollout_pending', 'the deployment has not been taken back in time', options.goOn);
    }
    await pause(options.pollMs, options.signal, options.done, options.goOn);
  }
}
