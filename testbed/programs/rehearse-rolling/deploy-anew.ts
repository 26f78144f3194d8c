import type { FakeEcs, FakeTask } from '../../../smoke/ecs';
import type { Scheduler, StoppedTask } from '../../fakes/ecs';
import type { BotProcess } from '../../processes';

const RETIRE_WITHIN_MS = 60_000;

interface Running {
  readonly ecs: FakeEcs;
  readonly scheduler: Scheduler;
  /** By the ids of their tasks. */
  readonly bots: ReadonlyMap<string, BotProcess>;
  /** The tasks of the deployment before. */
  readonly old: readonly FakeTask[];
  readonly say: (line: string) => void;
}

/**
 * Makes a new deployment of as many tasks, and has the old ones retire; resolves when those of them that have calls know.
 * @returns the new tasks, and what will be known of the old ones when they have ended
 */
export async function deployAnew({ ecs, scheduler, bots, old, say }: Running): Promise<{
  readonly fresh: readonly FakeTask[];
  readonly retiring: Promise<readonly StoppedTask[]>;
}> {
  ecs.cluster.deploy();
  const fresh = await scheduler.launch(old.length);
  const retiring = scheduler.retire(RETIRE_WITHIN_MS);
  const busyOld = old.filter((task) => ecs.cluster.isProtected(task));
  const known = busyOld.flatMap(({ id }) => bots.get(id) ?? []);
  await Promise.all(known.map((bot) => bot.waitForLog('deployment changed')));
  say(`a new deployment with ${fresh.length} tasks runs; old tasks with calls: ${busyOld.length}`);
  return { fresh, retiring };
}
