import type { Service, Task } from '@aws-sdk/client-ecs';
import { judgeService } from '../../../ops/monitor/ecs';
import { summarise } from '../../../ops/monitor/log-errors';
import { judgeStoppedTasks } from '../../../ops/monitor/stopped-tasks';

const NOW_MS = Date.parse('2026-10-01T12:00:00Z');
const MINUTE_MS = 60_000;
const at = (minutesAgo: number): Date => new Date(NOW_MS - minutesAgo * MINUTE_MS);

/* ECS's own words, for what an emulator never says. */
describe('what ECS says of a service', () => {
  const service = (deployment: Record<string, unknown>, more: Partial<Service> = {}): Service => ({
    runningCount: 1,
    desiredCount: 2,
    deployments: [{ status: 'PRIMARY', id: 'ecs-svc/1', ...deployment }],
    ...more,
  });
  const judge = (one: Service) => judgeService('bot', one, 15 * MINUTE_MS, NOW_MS);

  it('is well when as many tasks run as are wanted', () => {
    const [finding] = judge(service({ rolloutState: 'COMPLETED' }, { runningCount: 2 }));
    expect(finding).toMatchObject({ status: 'ok', text: '2 of 2 tasks run (deployment completed)' });
  });

  it('is warned of while tasks are missing, and failed when the deployment was given up', () => {
    expect(judge(service({ rolloutState: 'IN_PROGRESS', failedTasks: 3 }))[0]).toMatchObject({
      status: 'warning',
      text: '1 of 2 tasks run, 3 failed to start (deployment in-progress)',
    });
    const reason = 'ECS deployment circuit breaker: tasks failed to start.';
    expect(judge(service({ rolloutState: 'FAILED', rolloutStateReason: reason }))[0]).toMatchObject({
      status: 'failed',
      code: 'rollout_failed',
      text: `1 of 2 tasks run; the deployment failed: ${reason}`,
    });
  });

  it('shows recent events, and which of them are bad', () => {
    const events = [
      { createdAt: at(1), message: '(service bot) was unable to place a task.' },
      { createdAt: at(2), message: '(service bot) has reached a steady state.' },
      { createdAt: at(60), message: '(service bot) has started 1 tasks.' },
    ];
    expect(judge(service({ rolloutState: 'COMPLETED' }, { runningCount: 2, events })).slice(1)).toEqual([
      { status: 'warning', subject: 'event 11:59:00', text: 'was unable to place a task.' },
      { status: 'ok', subject: 'event 11:58:00', text: 'has reached a steady state.' },
    ]);
  });
});

describe('why tasks stopped', () => {
  const judge = (tasks: Task[]) => judgeStoppedTasks(tasks, 15 * MINUTE_MS, NOW_MS);
  const MISSING_KEY =
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key DAILY_API_KEY';

  it.each([
    [MISSING_KEY, [], 'a secret could not be injected', 'npm run ops -- secrets check'],
    [
      'CannotPullContainerError: pull image manifest has been retried 1 time(s)',
      [],
      'the image could not be pulled',
      'npm run ops -- doctor (Image)',
    ],
    [
      'Essential container in task exited',
      [{ name: 'bot', exitCode: 78 }],
      "the bot's configuration is wrong",
      'npm run ops -- secrets check',
    ],
    [
      'Essential container in task exited',
      [{ name: 'bot', exitCode: 142 }],
      'its main thread stood still',
      'Nothing, if it was once: another task has started. Else docs/runbook.md, exit 142.',
    ],
    [
      'Essential container in task exited',
      [{ name: 'bot', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
      'it ran out of memory, or was killed',
      'Raise task.memoryMb, or lower bot.callsPerTask.',
    ],
    ['Task failed container health checks', [], 'it failed its health checks', 'npm run ops -- rehearse'],
  ])('%s', (stoppedReason, containers, means, fix) => {
    const [finding] = judge([{ stoppedReason, stoppedAt: at(1), containers }]);
    expect(finding).toMatchObject({ status: 'warning', fix });
    expect(finding?.text.split('\n')[0]).toBe(means);
  });

  it('counts those that say the same, and leaves out old ones and planned ones', () => {
    const tasks: Task[] = [
      { stoppedReason: MISSING_KEY, stoppedAt: at(1) },
      { stoppedReason: MISSING_KEY, stoppedAt: at(2) },
      { stoppedReason: MISSING_KEY, stoppedAt: at(20) },
      { stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/123)', stoppedAt: at(3) },
    ];
    expect(judge(tasks)).toMatchObject([
      { status: 'warning', subject: '2 stopped tasks' },
      { status: 'ok', subject: 'stopped task' },
    ]);
  });
});

describe('the log', () => {
  it("adds up the tasks that still write their load, each task's latest only", () => {
    const stats = (stream: string, minutesAgo: number, activeCalls: number) => ({
      logStreamName: stream,
      timestamp: at(minutesAgo).getTime(),
      message: JSON.stringify({ level: 'info', msg: 'service stats', activeCalls, maxCalls: 10 }),
    });
    const events = [stats('a', 1, 2), stats('a', 2, 9), stats('b', 1, 1), stats('gone', 5, 7)];
    expect(summarise(events, NOW_MS).load).toEqual({ activeCalls: 3, maxCalls: 20, tasks: 2 });
    expect(summarise([], NOW_MS)).toEqual({ errors: [], load: undefined });
  });
});
