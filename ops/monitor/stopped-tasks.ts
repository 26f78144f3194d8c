import type { Task } from '@aws-sdk/client-ecs';
import type { Finding } from '../cli/report';

/** Why tasks stop, by what ECS or the exit code says, and what to do. The first match wins. */
const REASONS: readonly (readonly [pattern: RegExp, means: string, fix: string])[] = [
  [
    /did not contain json key|unable to (retrieve|pull) secret|secretsmanager|asm:/i,
    'a secret could not be injected',
    'npm run ops -- secrets check',
  ],
  [/CannotPullContainer|pull image/i, 'the image could not be pulled', 'npm run ops -- doctor (Image)'],
  [
    /OutOfMemory|exit code 137/i,
    'it ran out of memory, or was killed',
    'Raise task.memoryMb, or lower bot.callsPerTask.',
  ],
  [
    /exit code 142\b/,
    'its main thread stood still',
    'Nothing, if it was once: another task has started. Else docs/runbook.md, exit 142.',
  ],
  [/exit code 78\b/, "the bot's configuration is wrong", 'npm run ops -- secrets check'],
  [/failed (container|ELB) health checks/i, 'it failed its health checks', 'npm run ops -- rehearse'],
];

/** Reasons that need no attention. */
const PLANNED = /Scaling activity initiated|\(deployment ecs-svc\/\d+\)|^Task stopped by user/i;

/** Why tasks stopped lately, one finding a reason. */
export function judgeStoppedTasks(tasks: readonly Task[], sinceMs: number, nowMs: number): Finding[] {
  const byReason = new Map<string, number>();
  for (const task of tasks) {
    const { stoppedAt, stoppedReason = 'no reason was given' } = task;
    if (stoppedAt !== undefined && nowMs - stoppedAt.getTime() > sinceMs) continue;
    const reason = [stoppedReason, ...exitCodes(task)].join('; ');
    byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  }
  return [...byReason].map(([reason, count]) => judge(reason, count));
}

function judge(reason: string, count: number): Finding {
  const subject = count === 1 ? 'stopped task' : `${count} stopped tasks`;
  const data = { reason, count };
  if (PLANNED.test(reason)) return { status: 'ok', subject, text: reason, data };
  const [, means = 'not a reason known here', fix = ''] = REASONS.find(([pattern]) => pattern.test(reason)) ?? [];
  return { status: 'warning', subject, text: `${means}\n${reason}`, ...(fix === '' ? {} : { fix }), data };
}

function exitCodes({ containers = [] }: Task): string[] {
  return containers.flatMap(({ name = 'container', exitCode, reason }) => [
    ...(exitCode === undefined || exitCode === 0 ? [] : [`${name} exit code ${exitCode}`]),
    ...(reason === undefined ? [] : [`${name}: ${reason}`]),
  ]);
}
