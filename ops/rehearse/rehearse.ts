import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { HEALTH_PATH } from '../../contract/http';
import { START_KEY } from '../../contract/secrets';
import type { Caller } from '../../smoke/caller';
import { FakeEcs } from '../../smoke/ecs';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import type { Finding, Report, Section } from '../cli/report';
import { checkToolAccess, SKIP_TOOLS_FLAG } from '../agent/tool-access';
import { SYNTH_FLAG } from '../secrets/check';
import { SecretStore } from '../secrets/store';
import { readTaskDefinition, type TaskDefinition } from '../task-definition/definition';
import { injectAll } from '../task-definition/inject';
import { readSynthesis } from '../task-definition/synthesised';
import { TaskProcess } from './task-process';
import { callOverWebRtc } from '../calls/webrtc-call';
import { drain } from './drain';
import { runHealthCommand } from './health-command';
import { askUntil, STOPPED } from './http';
import { planRehearsal, type Plan } from './plan';
import { portFor } from './port';
import { protectionAtEnd, protectionDuringCall } from './protection';

export const rehearse: Command = {
  details: `Runs the built bot (npm run build) with the variables and secrets of the synthesised task definition, as its user, at
a free port; waits for /health, runs the container's health check, places a call, sends SIGTERM with the call on the line
and times the drain. The ECS agent is a stand-in, which is asked whether the task was protected while the call was up.
Every way in which this is not ECS is listed. The secrets come from Secrets Manager, or from an
emulator by AWS_ENDPOINT_URL; the model is Bedrock, or the sandbox by --endpoint (npm run sandbox).`,
  flags: {
    ...SYNTH_FLAG,
    ...SKIP_TOOLS_FLAG,
    program: { type: 'string', value: 'PATH', description: 'the built bot', default: 'dist/bot/main.js' },
    endpoint: {
      type: 'string',
      value: 'URL',
      description: "Bedrock's endpoint for the bot [AWS; BEDROCK_ENDPOINT_URL]",
    },
    port: { type: 'string', value: 'N', description: 'the port to listen on [a free one]' },
    'as-me': { type: 'boolean', description: "run as the present user instead of the task definition's" },
    'no-call': { type: 'boolean', description: 'place no call; the transport stays as in the task definition' },
    stay: { type: 'boolean', description: 'stay on the line until the bot hangs up, instead of hanging up first' },
    'start-seconds': {
      type: 'string',
      value: 'N',
      description: 'how long the bot may take to be healthy',
      default: '30',
    },
    verbose: { type: 'boolean', description: "print the bot's log" },
  },
  run: runRehearsal,
};

async function runRehearsal(context: Context): Promise<Report> {
  const { flags, io } = context;
  const program = flags.text('program') ?? '';
  if (!existsSync(isAbsolute(program) ? program : context.path(program))) {
    throw new OpsError('bot_not_built', `${program} is not there: the bot is not built`, 'npm run build');
  }
  const task = readTaskDefinition(readSynthesis(context));
  const plan = planRehearsal(task, {
    injected: await resolveSecrets(context, task),
    placesCall: !flags.isSet('no-call'),
    port: await portFor(flags.number('port', 1, 65_535)),
    bedrockEndpointUrl: flags.text('endpoint') ?? (io.env['BEDROCK_ENDPOINT_URL'] || undefined),
    ownUid: process.getuid?.(),
    asMe: flags.isSet('as-me'),
  });
  const withoutCall = flags.isSet('no-call');
  const credentials = await ownCredentials(context, plan);
  const ecs = await FakeEcs.start();
  const ecsTask = ecs.cluster.addTask();
  const env = { PATH: io.env['PATH'] ?? '', ...credentials, ...plan.env, ...ecs.environmentOf(ecsTask) };
  const bot = new TaskProcess({
    program,
    folder: io.folder,
    env,
    user: plan.user,
    redactor: context.redactor,
    onLine: flags.isSet('verbose') ? (line) => io.stderr(`${line}\n`) : () => undefined,
  });
  let caller: Caller | undefined;
  try {
    const sections: Section[] = [differencesOf(plan), ...(await checkToolAccess(context))];
    sections.push({ title: 'Start', findings: await start(context, task, plan, bot, env) });
    const baseUrl = `http://127.0.0.1:${plan.port}`;
    const apiKey = plan.env[START_KEY];
    if (!withoutCall) {
      context.progress('placing a call…');
      const call = await callOverWebRtc({ baseUrl, apiKey, signal: io.signal, done: STOPPED });
      caller = call.caller;
      sections.push({ title: 'A call', findings: [...describeCall(call), protectionDuringCall(ecs, ecsTask)] });
    }
    context.progress('stopping it as ECS would…');
    const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const stopTimeoutMs = task.stopTimeoutSeconds * 1000;
    const stays = flags.isSet('stay');
    const findings = await drain({ bot, baseUrl, caller, stays, stopTimeoutMs, headers, signal: io.signal });
    const atEnd = withoutCall ? [] : [protectionAtEnd(ecs, ecsTask)];
    sections.push({ title: 'Stop', findings: [...findings, ...atEnd, leaks(bot)] });
    return { sections };
  } finally {
    caller?.hangUp();
    await bot.stop();
    await ecs.close();
  }
}

/** @throws OpsError for the first secret that ECS could not inject */
async function resolveSecrets(context: Context, task: TaskDefinition): Promise<Record<string, string>> {
  const store = new SecretStore(context.aws(), context.redactor);
  const injections = await injectAll(store, task.secrets);
  return Object.fromEntries(
    injections.map((injection): [string, string] => {
      if (injection.kind === 'failed') throw injection.error;
      context.redactor.hide(injection.value);
      return [injection.variable.name, injection.value];
    }),
  );
}

/** The operator's credentials in place of the role's; as variables, because the bot's user may not read the operator's files. */
async function ownCredentials(context: Context, plan: Plan): Promise<Record<string, string>> {
  if (!plan.usesOwnCredentials) return {};
  const aws = context.aws();
  const asked = { action: 'sts:GetCallerIdentity', resource: '*', what: 'your credentials' };
  const { accessKeyId, secretAccessKey, sessionToken } = await aws.read(asked, () => aws.sts.config.credentials());
  context.redactor.hide(secretAccessKey);
  if (sessionToken !== undefined) context.redactor.hide(sessionToken);
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  };
}

function differencesOf({ differences }: Plan): Section {
  return {
    title: 'Not as on ECS',
    findings: differences.map(({ what, here, onEcs }) => ({
      status: 'skipped',
      subject: what,
      text: `${here} here, ${onEcs} on ECS`,
    })),
  };
}

async function start(
  context: Context,
  task: TaskDefinition,
  plan: Plan,
  bot: TaskProcess,
  env: Readonly<Record<string, string>>,
): Promise<Finding[]> {
  const baseUrl = `http://127.0.0.1:${plan.port}`;
  const withinMs = (context.flags.number('start-seconds', 1, 600) ?? 30) * 1000;
  const beganMs = performance.now();
  await askUntil(`${baseUrl}${HEALTH_PATH}`, 200, { bot, withinMs, signal: context.io.signal });
  const healthyMs = Math.round(performance.now() - beganMs);
  const findings: Finding[] = [
    { status: 'ok', subject: HEALTH_PATH, text: `200 after ${healthyMs} ms`, data: { healthyMs } },
  ];
  if (plan.healthCommand !== undefined) {
    const timeoutMs = (task.healthCheck?.timeout ?? 5) * 1000;
    const options = { env, folder: context.io.folder, user: plan.user, timeoutMs };
    const { passed, tookMs } = await runHealthCommand(plan.healthCommand, options);
    const text = `the container's own ${passed ? 'passes' : 'fails'} in ${Math.round(tookMs)} ms of ${timeoutMs}`;
    findings.push({ status: passed ? 'ok' : 'failed', subject: 'health check', text });
  }
  if (!context.flags.isSet('no-call')) {
    await askUntil(`${baseUrl}/ready`, 200, { bot, withinMs: 5_000, signal: context.io.signal });
    findings.push({ status: 'ok', subject: '/ready', text: '200: takes calls' });
  }
  return findings;
}

function describeCall(call: { readyMs: number; greetingMs: number; answerMs: number }): Finding[] {
  const [readyMs, greetingMs, answerMs] = [call.readyMs, call.greetingMs, call.answerMs].map(Math.round);
  return [
    { status: 'ok', subject: 'connected', text: `in ${readyMs ?? 0} ms`, data: { readyMs } },
    { status: 'ok', subject: 'greeting', text: `heard ${greetingMs ?? 0} ms later`, data: { greetingMs } },
    { status: 'ok', subject: 'answer', text: `heard ${answerMs ?? 0} ms after the last word`, data: { answerMs } },
  ];
}

/** The bot has run with real secrets: its log must not hold any. */
function leaks(bot: TaskProcess): Finding {
  if (bot.leaks === 0) return { status: 'ok', subject: 'log', text: 'holds no secret' };
  const text = `${bot.leaks} of the bot's lines hold a secret`;
  return { status: 'failed', code: 'bot_failed', subject: 'log', text };
}
