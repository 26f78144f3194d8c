import type { Service } from '@aws-sdk/client-ecs';
import type { Finding } from '../cli/report';
import { rolloutOf } from '../service/rollout';

const SHOWN_EVENTS = 5;
const BAD_EVENT = /unable to|failed|unhealthy|was stopped|rolling back|error/i;

/** The state of the service, and its recent events. */
export function judgeService(name: string, service: Service, sinceMs: number, nowMs: number): Finding[] {
  const { state, reason, running, desired, failedTasks } = rolloutOf(service);
  const data = { rollout: state, running, desired, failedTasks };
  const counts = `${service.runningCount ?? 0} of ${service.desiredCount ?? 0} tasks run`;
  const findings: Finding[] = [];
  if (state === 'failed') {
    const fix = 'See the events and errors; ECS goes back to the revision before by itself.';
    const text = `${counts}; the deployment failed: ${reason}`;
    findings.push({ status: 'failed', code: 'rollout_failed', subject: name, text, fix, data });
  } else if ((service.runningCount ?? 0) < (service.desiredCount ?? 0) || failedTasks > 0) {
    const text = `${counts}, ${failedTasks} failed to start (deployment ${state})`;
    findings.push({ status: 'warning', subject: name, text, fix: 'npm run ops -- secrets check', data });
  } else findings.push({ status: 'ok', subject: name, text: `${counts} (deployment ${state})`, data });
  return [...findings, ...recentEvents(service, sinceMs, nowMs)];
}

function recentEvents({ events = [] }: Service, sinceMs: number, nowMs: number): Finding[] {
  return events
    .filter(({ createdAt }) => createdAt !== undefined && nowMs - createdAt.getTime() <= sinceMs)
    .slice(0, SHOWN_EVENTS)
    .map(({ createdAt, message = '' }) => ({
      status: BAD_EVENT.test(message) ? 'warning' : 'ok',
      subject: `event ${createdAt?.toISOString().slice(11, 19) ?? ''}`,
      text: message.replace(/^\(service [^)]*\) /, ''),
    }));
}
