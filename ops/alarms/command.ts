import { randomUUID } from 'node:crypto';
import { arnsOf } from '../../stacks/names';
import type { Command } from '../cli/command';
import { commandFor } from '../cli/command-line';
import { confirm } from '../cli/confirm';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import type { Finding, Report, Section } from '../cli/report';
import { EcsService } from '../service/ecs-service';
import { type Alarm, Alarms } from './alarms';
import { TopicListener } from './listener';

const WAIT_SECONDS = 60;
/** How long one look at the queue waits. */
const HEAR_SECONDS = 1;

export const test: Command = {
  details: `Puts every alarm of the environment into ALARM on purpose, waits until a queue that is subscribed to the alarm topic for
that long has been told of each, and puts everything back. Whoever is subscribed by mail gets two messages an alarm. An
alarm that rings already is left alone. Refused while a deployment is under way, which its alarms would take back.`,
  flags: {
    yes: { type: 'boolean', description: 'do it without asking' },
    'wait-seconds': { type: 'string', value: 'N', description: `how long to wait for the messages [${WAIT_SECONDS}]` },
  },
  run: testAlarms,
};

async function testAlarms(context: Context): Promise<Report> {
  const { flags, settings, io, progress, environment } = context;
  const waitMs = (flags.number('wait-seconds', 1, 600) ?? WAIT_SECONDS) * 1000;
  const aws = context.aws();
  const alarms = new Alarms(aws, settings);
  const all = await alarms.list();
  if (all.length === 0) {
    const fix = commandFor('deploy', environment, context.region);
    throw new OpsError('not_found', `${environment} has no alarms in ${context.region}`, fix);
  }
  await refuseWhileDeploying(context);
  const listener = new TopicListener(aws, settings);
  const subscribers = await listener.subscribers();
  const mails = subscribers.filter(({ isConfirmed }) => isConfirmed).map(({ address }) => address);
  const quiet = all.filter(({ state }) => state !== 'ALARM');
  const told = mails.length === 0 ? 'nobody by mail' : mails.join(', ');
  const question = `Raise ${quiet.length} alarms of ${environment}, which tells ${told} of each and of its end?`;
  if (!flags.isSet('yes') && !(await confirm(question, io.signal))) {
    throw new OpsError(
      'refused',
      'no alarm was raised',
      `npm run ops -- alarms test --yes --environment ${environment}`,
    );
  }
  progress(`raising ${quiet.length} alarms, and listening for up to ${waitMs / 1000} s…`);
  const heardMs = await raiseAndHear(context, alarms, listener, quiet, waitMs);
  const findings = all.map((alarm) => findingOf(context, alarm, heardMs.get(alarm.name)));
  const sections: Section[] = [
    { title: 'Alarms', findings },
    { title: 'Mail', findings: mailFindings(context, subscribers) },
  ];
  return { sections };
}

/** @throws OpsError `refused` */
async function refuseWhileDeploying(context: Context): Promise<void> {
  const service = new EcsService(context.aws(), context.settings);
  if ((await service.describe()) === undefined) return;
  const { state, isServing } = await service.rollout();
  if (state !== 'in-progress') return;
  const rest = isServing ? 'old tasks finish their calls, or traffic is moved' : 'new tasks come up';
  throw new OpsError(
    'refused',
    `a deployment is under way (${rest}): ECS would take it back for the alarms that are raised`,
    `npm run ops -- release shift --environment ${context.environment}, then this command again.`,
  );
}

/** Raises them all, and listens. Whatever happens, everything is put back. @returns after how long each was heard, in ms */
async function raiseAndHear(
  context: Context,
  alarms: Alarms,
  listener: TopicListener,
  quiet: readonly Alarm[],
  waitMs: number,
): Promise<ReadonlyMap<string, number>> {
  const mark = `test of delivery ${randomUUID()}`;
  const raised = new Map<string, { readonly alarm: Alarm; readonly atMs: number }>();
  const heardMs = new Map<string, number>();
  try {
    await listener.open();
    for (const alarm of quiet) {
      raised.set(alarm.name, { alarm, atMs: performance.now() });
      await alarms.set(alarm.name, 'ALARM', mark);
    }
    const until = performance.now() + waitMs;
    while (heardMs.size < raised.size && performance.now() < until) {
      for (const { AlarmName: name, NewStateValue: state, NewStateReason: reason } of await listener.hear(
        HEAR_SECONDS,
      )) {
        const atMs = raised.get(name)?.atMs;
        if (atMs === undefined || state !== 'ALARM' || reason !== mark || heardMs.has(name)) continue;
        heardMs.set(name, performance.now() - atMs);
        context.progress(`heard of ${name}`);
      }
    }
    return heardMs;
  } finally {
    const puttingBack = [...raised.values()].map(
      ({ alarm }) =>
        () =>
          alarms.set(alarm.name, alarm.state, `end of ${mark}`),
    );
    await allInTurn([...puttingBack, () => listener.close()]);
  }
}

/** Does each, whether those before it worked or not. @throws what the first one threw that did not */
async function allInTurn(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

function findingOf({ settings, environment }: Context, alarm: Alarm, heardMs: number | undefined): Finding {
  const subject = alarm.name;
  if (alarm.state === 'ALARM') return { status: 'skipped', subject, text: 'rings already, and was left alone' };
  if (heardMs !== undefined) {
    const text = `was heard on the topic after ${(heardMs / 1000).toFixed(1)} s`;
    return { status: 'ok', subject, text, data: { heardAfterMs: Math.round(heardMs) } };
  }
  const isSaid = alarm.areActionsEnabled && alarm.actions.includes(arnsOf(settings).topic);
  return {
    status: 'failed',
    code: 'verification_failed',
    subject,
    text: isSaid ? 'was raised, and nothing was heard on the topic' : 'is said nowhere: its action is not the topic',
    fix: isSaid
      ? `aws cloudwatch describe-alarm-history --region ${settings.region} --alarm-name ${subject} --history-item-type Action`
      : `npm run ops -- release plan service --environment ${environment}, and apply it.`,
  };
}

function mailFindings(
  { settings, environment }: Context,
  subscribers: readonly { address: string; isConfirmed: boolean }[],
): Finding[] {
  const wanted = settings.alarms.email;
  if (wanted === undefined && subscribers.length === 0) {
    const fix = `Set alarms.email in environments/${environment}.json, then deploy.`;
    return [{ status: 'warning', subject: 'mail', text: 'nobody is told by mail', fix }];
  }
  const addresses = new Map(subscribers.map(({ address, isConfirmed }) => [address, isConfirmed]));
  if (wanted !== undefined && !addresses.has(wanted)) addresses.set(wanted, false);
  return [...addresses].map(([subject, isConfirmed]): Finding => {
    if (isConfirmed) return { status: 'ok', subject, text: 'has confirmed the subscription' };
    const fix = `Open the link in the mail from AWS Notifications; a new one: npm run ops -- release plan service --environment ${environment}`;
    return { status: 'failed', subject, text: 'has not confirmed the subscription, and is not told', fix };
  });
}
