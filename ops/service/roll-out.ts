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
}

/**
 * Waits until the newest deployment has completed.
 * @throws OpsError `rollout_failed` when ECS gives it up, or it takes longer than allowed; Interrupted
 */
export async function waitForRollout(service: EcsService, options: RollOutOptions): Promise<Rollout> {
  const until = performance.now() + options.timeoutMs;
  for (let last = ''; ;) {
    const rollout = await service.rollout();
    if (rollout.state === 'completed') return rollout;
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
      throw new OpsError('rollout_failed', 'the deployment has not ended in time', 'npm run ops -- monitor --once');
    }
    await pause(options.pollMs, options.signal, options.done, 'npm run ops -- monitor --once shows how it goes on.');
  }
}
