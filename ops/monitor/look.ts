import { namesOf } from '../../stacks/names';
import type { Context } from '../cli/context';
import { failedFinding, type Finding, type Section } from '../cli/report';
import { EcsService } from '../service/ecs-service';
import { judgeService } from './ecs';
import { lookAtHttp } from './http';
import { readLog, type RecentLog } from './log-errors';
import { judgeStoppedTasks } from './stopped-tasks';
import { serviceUrl } from './service-url';

const NOT_DEPLOYED = 'npm run synth, then apply the stacks: docs/deploy.md';

/** Checks a deployment once; a part that fails does not keep the others from being checked. @throws Interrupted */
export async function lookAtDeployment(context: Context, minutes: number): Promise<Section[]> {
  const sinceMs = minutes * 60_000;
  const [http, service, log] = await Promise.all([
    attempt('url', () => lookAtUrl(context)),
    attempt('service', () => lookAtService(context, sinceMs)),
    attempt('log', () => lookAtLog(context, sinceMs)),
  ]);
  return [
    { title: 'HTTP', findings: http },
    { title: 'Service', findings: service },
    { title: `Log of the last ${minutes} minutes`, findings: log },
  ];
}

async function attempt(subject: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [failedFinding(subject, error)];
  }
}

async function lookAtUrl(context: Context): Promise<Finding[]> {
  const url = await serviceUrl(context);
  if (url !== undefined) return lookAtHttp(url, context.io.signal);
  const text = 'the service stack has no state, so where it is is not known';
  return [{ status: 'failed', code: 'not_found', subject: 'url', text, fix: `${NOT_DEPLOYED}; or give --url` }];
}

async function lookAtService(context: Context, sinceMs: number): Promise<Finding[]> {
  const service = new EcsService(context.aws(), context.settings);
  const described = await service.describe();
  if (described !== undefined) {
    const nowMs = Date.now();
    const stopped = judgeStoppedTasks(await service.stoppedTasks(), sinceMs, nowMs);
    return [...judgeService(service.name, described, sinceMs, nowMs), ...stopped];
  }
  return [{ status: 'failed', code: 'not_found', subject: service.name, text: 'is not deployed', fix: NOT_DEPLOYED }];
}

async function lookAtLog(context: Context, sinceMs: number): Promise<Finding[]> {
  const { logGroup } = namesOf(context.settings);
  const log = await readLog(context.aws(), context.settings, logGroup, sinceMs);
  if (log === undefined) {
    return [
      { status: 'failed', code: 'not_found', subject: logGroup, text: 'there is no such log group', fix: NOT_DEPLOYED },
    ];
  }
  return [...describeLoad(log), ...describeErrors(log, logGroup, context.region)];
}

function describeLoad({ load }: RecentLog): Finding[] {
  if (load === undefined) return [];
  const { activeCalls, maxCalls, tasks } = load;
  const isFull = maxCalls > 0 && activeCalls >= maxCalls;
  const text = `${activeCalls} of ${maxCalls} on ${tasks} task${tasks === 1 ? '' : 's'}, as they last wrote`;
  return [
    {
      status: isFull ? 'warning' : 'ok',
      subject: 'calls',
      text,
      ...(isFull ? { fix: 'Raise counts.max or bot.callsPerTask.' } : {}),
      data: { activeCalls, maxCalls, tasks },
    },
  ];
}

function describeErrors({ errors }: RecentLog, logGroup: string, region: string): Finding[] {
  if (errors.length === 0) return [{ status: 'ok', subject: 'errors', text: 'none' }];
  return errors.map(({ level, message, code, count, lastAt }) => ({
    status: 'warning',
    subject: level,
    text: `${count} × "${message}"${code === undefined ? '' : ` (${code})`}, last ${lastAt.toISOString().slice(11, 19)} UTC`,
    fix:
      code === undefined
        ? `aws logs filter-log-events --region ${region} --log-group-name ${logGroup} --filter-pattern '{ $.level = "${level}" }'`
        : `docs/errors.md says what to do about ${code}.`,
    data: { level, message, code: code ?? null, count, lastAt: lastAt.toISOString() },
  }));
}
