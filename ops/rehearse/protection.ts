import type { FakeEcs, FakeTask } from '../../smoke/ecs';
import type { Finding } from '../cli/report';

/** Whether the bot had asked ECS for task protection when its call was up. */
export function protectionDuringCall(ecs: FakeEcs, task: FakeTask): Finding {
  if (ecs.cluster.isProtected(task)) {
    return { status: 'ok', subject: 'protection', text: 'the task is protected while the call is up' };
  }
  const asked =
    ecs.wishes.length === 0 ? 'the agent was not asked' : `the agent said ${ecs.wishes.at(-1)?.status ?? 0}`;
  const text = `the task is not protected while the call is up: ${asked}; a release would end calls`;
  return { status: 'failed', code: 'bot_failed', subject: 'protection', text };
}

/** Whether the protection was removed in the end: a task that stays protected holds up every release. */
export function protectionAtEnd(ecs: FakeEcs, task: FakeTask): Finding {
  if (!ecs.cluster.isProtected(task)) {
    return { status: 'ok', subject: 'protection', text: 'given back at the end' };
  }
  const text = 'the task is still protected though its calls are over: it would hold up a release';
  return { status: 'failed', code: 'bot_failed', subject: 'protection', text };
}
