import { OpsError } from '../cli/ops-error';
import type { EcsService, Rollout } from './ecs-service';
import { pause } from './wait';

export interface RollOutOptions {
  readonly signal: AbortSignal;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly progress: (line: string) => void;
  /** What an interrupted command says. */
  readonly done: string;
  /** The command that goes on where the time ran out. */
  readonly goOn: string;
}

/**
 * Waits until the newest deployment serves: ECS calls it completed, or its tasks all run and stay, and what is left of the
 * deployment before are tasks that finish their calls, for as long as the longest call. Asked again, it goes on waiting.
 * @throws OpsError `rollout_failed` when ECS gives it up, `rollout_pending` when it takes longer than allowed, which
 *   proves nothing against it; Interrupted
 */
export async function waitForRollout(service: Pick<EcsService, 'rollout'>, options: RollOutOptions): Promise<Rollout> {
  const until = performance.now() + options.timeoutMs;
  let before: Rollout | undefined;
  for (let last = ''; ;) {
    const rollout = await service.rollout();
    if (rollout.state === 'completed') return rollout;
    if (isServing(rollout) && before !== undefined && isServing(before) && isSame(rollout, before)) {
      options.progress('the new tasks serve; the old ones finish their calls');
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
    const line = `waiting for the deployment: ${rollout.running} of ${rollout.desired} tasks run, ${rollout.failedTasks} failed`;
    if (line !== last) options.progress(line);
    last = line;
    if (performance.now() > until) {
      const text = `the deployment has not come up in time: ${rollout.running} of ${rollout.desired} tasks run`;
      throw new OpsError('rollout_pending', text, options.goOn);
    }
    await pause(options.pollMs, options.signal, options.done, 'npm run ops -- monitor --once shows how it goes on.');
  }
}

const isServing = ({ state, running, desired }: Rollout): boolean =>
  state === 'in-progress' && desired > 0 && running >= desired;

/** No task of the deployment has failed between two looks at it. */
const isSame = (now: Rollout, before: Rollout): boolean =>
  now.id === before.id && now.failedTasks === before.failedTasks;
