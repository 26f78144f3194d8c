import { z } from 'zod';
import { HEALTH_PATH } from '../../contract/http';
import type { Finding } from '../cli/report';
import { ask, type HttpAnswer } from '../http/ask';

const healthSchema = z.looseObject({
  status: z.string(),
  detail: z.string().optional(),
  version: z.string().optional(),
  uptimeSeconds: z.number().optional(),
  checks: z
    .looseObject({
      environment: z.looseObject({ missing: z.array(z.string()).default([]) }).optional(),
      activeBots: z.looseObject({ active: z.number(), max: z.number(), draining: z.boolean() }).optional(),
    })
    .optional(),
});
const readySchema = z.looseObject({ reason: z.string().optional(), detail: z.string().optional() });

/** What `/health` and `/ready` say: through a load balancer that is one task of several. */
export async function lookAtHttp(url: string, signal: AbortSignal): Promise<Finding[]> {
  const health = await ask(`${url}${HEALTH_PATH}`, { signal });
  if (typeof health === 'string') {
    const fix = 'Is the URL right (--url), and does the load balancer have healthy targets? See the service below.';
    return [
      { status: 'failed', code: 'no_network', subject: HEALTH_PATH, text: `no answer from ${url}: ${health}`, fix },
    ];
  }
  const ready = await ask(`${url}/ready`, { signal });
  return [...judgeHealth(health), judgeReady(ready)];
}

function judgeHealth({ status, body }: HttpAnswer): Finding[] {
  const subject = HEALTH_PATH;
  const health = healthSchema.safeParse(body).data;
  if (status !== 200 || health === undefined) {
    const why = health?.detail === undefined ? '' : `: ${health.detail}`;
    const fix =
      status === 502 || status === 503 || status === 504
        ? 'No task answers: see the service and the errors below.'
        : "Is this the bot's own address?";
    return [{ status: 'failed', subject, text: `answers ${status}${why}`, fix, data: { status } }];
  }
  const { version = 'unknown', uptimeSeconds = 0, checks } = health;
  const bots = checks?.activeBots;
  const calls = bots === undefined ? '' : `, ${bots.active} of ${bots.max} calls`;
  const findings: Finding[] = [
    {
      status: 'ok',
      subject,
      text: `version ${version}, up ${uptimeSeconds} s${calls}`,
      data: { status, version, uptimeSeconds, activeCalls: bots?.active ?? null, maxCalls: bots?.max ?? null },
    },
  ];
  const missing = checks?.environment?.missing ?? [];
  if (missing.length > 0) {
    const fix = 'npm run ops -- secrets check';
    findings.push({ status: 'failed', subject: 'environment', text: `not set: ${missing.join(', ')}`, fix });
  }
  return findings;
}

function judgeReady(answer: HttpAnswer | string): Finding {
  const subject = '/ready';
  if (typeof answer === 'string')
    return { status: 'failed', code: 'no_network', subject, text: `no answer: ${answer}` };
  const { status, body } = answer;
  if (status === 200) return { status: 'ok', subject, text: 'takes calls', data: { status } };
  const { reason = String(status), detail = '' } = readySchema.safeParse(body).data ?? {};
  const data = { status, reason };
  const text = `takes no calls: ${reason}${detail === '' ? '' : ` (${detail})`}`;
  if (reason === 'full' || reason === 'busy')
    return { status: 'warning', subject, text, fix: 'Raise counts.max or bot.callsPerTask.', data };
  if (reason === 'draining') return { status: 'warning', subject, text, data };
  return { status: 'failed', subject, text, fix: 'npm run ops -- secrets check', data };
}
