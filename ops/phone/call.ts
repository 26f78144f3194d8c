import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { E164 } from '../../contract/phone-variables';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { OpsError, type OpsErrorCode } from '../cli/ops-error';
import { reportOf, type Report } from '../cli/report';
import { ask } from '../http/ask';
import { serviceUrl } from '../monitor/service-url';
import { URL_FLAG } from '../monitor/monitor';
import { callsKey, publicUrlOf } from './phone-context';

const CALLS_PATH = '/phone/calls';
/** The bot asks Twilio meanwhile, which may try twice. */
const ANSWER_WITHIN_MS = 20_000;

const dialledSchema = z.looseObject({ callSid: z.string(), status: z.string().default('queued') });
const problemSchema = z.looseObject({ code: z.string().optional(), detail: z.string().optional() });

export const phoneCall: Command = {
  details: `Has the deployed bot call a number: by POST /phone/calls, with the key of the secret phone-calls-key, which is read from
Secrets Manager (else .env) and is no argument. The bot refuses what phone.outbound does not allow. It rings at a real person: see
docs/phone.md on consent and hours.`,
  positionals: [{ name: 'number', description: 'whom to call, in E.164 such as +14155550123' }],
  flags: {
    agent: { type: 'string', value: 'NAME', description: 'who speaks [the one that answers the number called from]' },
    from: { type: 'string', value: 'NUMBER', description: 'called from [the first of phone.outbound.from]' },
    variable: {
      type: 'string',
      isRepeatable: true,
      value: 'NAME=VALUE',
      description: "a variable of the agent's prompt; may be said several times",
    },
    ...URL_FLAG,
    'env-file': { type: 'string', value: 'PATH', description: 'the file with the key [.env, if there is one]' },
  },
  run: call,
};

async function call(context: Context): Promise<Report> {
  const publicUrl = publicUrlOf(context);
  if ((context.settings.phone ?? context.settings.dailyPhone)?.outbound === undefined) {
    const fix = 'Say from which numbers and whom: docs/phone.md, "Calling people".';
    throw new OpsError(
      'settings_invalid',
      'neither phone.outbound nor dailyPhone.outbound is set: the bot calls nobody',
      fix,
    );
  }
  const body = wish(context);
  const headers = { Authorization: `Bearer ${await callsKey(context)}`, 'Idempotency-Key': randomUUID() };
  const url = (await serviceUrl(context)) ?? publicUrl;
  const { signal } = context.io;
  const done = 'Whether it was dialled is not known: the log of Twilio (console.twilio.com → Monitor) has it.';
  const answer = await ask(url + CALLS_PATH, {
    ...{ signal, method: 'POST', headers, body, done },
    withinMs: ANSWER_WITHIN_MS,
  });
  if (typeof answer === 'string') throw new OpsError('no_network', `${url} gives no answer: ${answer}. ${done}`);
  const dialled = answer.status === 201 ? dialledSchema.safeParse(answer.body).data : undefined;
  if (dialled === undefined) throw refusal(answer.status, answer.body);
  const { callSid, status } = dialled;
  return {
    ...reportOf('Call', { status: 'changed', subject: callSid, text: `is ${status}`, data: { callSid, status } }),
    footer: 'What becomes of it: npm run ops -- monitor',
  };
}

/** What the bot is asked. @throws OpsError `usage` */
function wish({ flags, settings }: Context): Record<string, unknown> {
  const to = flags.text('number') ?? '';
  const [from, agent] = [flags.text('from'), flags.text('agent')];
  for (const [name, number] of [
    ['<number>', to],
    ['--from', from],
  ]) {
    if (number !== undefined && !E164.test(number)) {
      throw new OpsError('usage', `${name} must be a number in E.164 such as +14155550123.`);
    }
  }
  if (agent !== undefined && !settings.agents.includes(agent)) {
    throw new OpsError('usage', `--agent must be one of ${settings.agents.join(', ')}.`);
  }
  const variables = Object.fromEntries(flags.texts('variable').map(readVariable));
  const given = { to, from, agent, variables: Object.keys(variables).length === 0 ? undefined : variables };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** @throws OpsError `usage`, without the value */
function readVariable(text: string): [name: string, value: string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new OpsError('usage', '--variable must be NAME=VALUE.');
}

function refusal(status: number, body: unknown): OpsError {
  const { code = String(status), detail = '' } = problemSchema.safeParse(body).data ?? {};
  const text = `The bot did not call (${code})${detail === '' ? '' : `: ${detail}`}`;
  const [kind, fix] = REFUSALS[status] ?? ['unexpected', 'npm run ops -- monitor --once'];
  return new OpsError(kind, text, fix);
}

const REFUSALS: Readonly<Record<number, readonly [code: OpsErrorCode, fix: string]>> = {
  400: ['refused', 'phone.outbound says whom the bot may call; docs/errors.md has the code.'],
  401: ['credentials_refused', 'npm run ops -- secrets rotate phone-calls-key --restart-only'],
  404: ['not_found', 'The tasks make no calls yet: npm run ops -- deploy'],
  409: ['refused', 'docs/errors.md has the code.'],
  429: ['refused', 'phone.outbound says how often; days are of UTC.'],
  502: ['service_unavailable', 'npm run ops -- phone status'],
  503: ['service_unavailable', 'npm run ops -- monitor --once'],
};
