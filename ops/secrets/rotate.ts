import { callerIdentity, checkAccount } from '../aws/identity';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import type { Finding, Report } from '../cli/report';
import { checkDailyKey } from '../daily/check-key';
import { applyPlan, describeApplied } from './apply';
import { SECRET_IDS, type SecretId, secretsOf, type SecretSpec } from '../../contract/secrets';
import { Journal } from './journal';
import { describePlan, planSecret, type Planned } from './plan';
import { EcsService } from '../service/ecs-service';
import { primaryOf, rolloutOf } from '../service/rollout';
import { restartService, type Undo } from './restart-service';
import type { SecretState } from './state';
import { CURRENT, PREVIOUS, SecretStore, versionAt } from './store';
import { besidesIn, gatherValues, type Task } from './wanted';

export const rotate: Command = {
  details: `Puts a new value in (from .env, --env-file PATH or the environment; or made up with --generate), keeps the old one as
AWSPREVIOUS, and restarts the service, because ECS injects values only at a task's start; calls go on to their end.
A new Daily key is shown to Daily first. Of TWILIO_AUTH_TOKEN and PHONE_STREAM_KEY the value before stays accepted, as …_OTHER,
until the next rotation. With --wait, a deployment that ECS gives up brings the old value back; one that only takes long does
not.
--roll-back makes AWSPREVIOUS the current value again and restarts the service.`,
  positionals: [
    {
      name: 'secret',
      description: 'which one',
      choices: SECRET_IDS,
      orLike: { pattern: /^agent-[a-z][a-z0-9-]{0,30}$/, shown: 'agent-NAME' },
    },
  ],
  flags: {
    'env-file': { type: 'string', value: 'PATH', description: 'the file with the new value [.env, if there is one]' },
    generate: {
      type: 'boolean',
      description: 'make the new value up (of every …-key but daily-api-key)',
    },
    'roll-back': { type: 'boolean', description: 'go back to the value before the present one' },
    'restart-only': { type: 'boolean', description: 'change no value, restart the service' },
    'no-restart': { type: 'boolean', description: 'leave the service alone: it gets the new value at its next start' },
    wait: { type: 'boolean', description: 'wait until new tasks serve; undo the change if ECS gives them up' },
    'wait-minutes': { type: 'string', value: 'N', description: 'how long to wait at most', default: '45' },
    'poll-seconds': { type: 'string', value: 'N', description: 'how often to look while waiting', default: '10' },
    'skip-daily': { type: 'boolean', description: 'do not show a new key to Daily first' },
    'dry-run': { type: 'boolean', description: 'show what would change, and change nothing' },
  },
  run: runRotate,
};

async function runRotate(context: Context): Promise<Report> {
  const { flags, settings } = context;
  const kinds = secretsOf(settings, await context.agents());
  const kind = kinds.find(({ id }) => id === flags.text('secret'));
  if (kind === undefined) {
    throw new OpsError('usage', `<secret> must be one of ${kinds.map(({ id }) => id).join(', ')}.`);
  }
  const ways = ['generate', 'roll-back', 'restart-only'].filter((flag) => flags.isSet(flag));
  if (ways.length > 1) throw new OpsError('usage', `Not together: ${ways.map((way) => `--${way}`).join(', ')}.`);
  if (flags.isSet('generate') && kind.fields.every(({ generate }) => generate === undefined)) {
    throw new OpsError('usage', `A value of ${kind.id} cannot be made up: give it in .env or with --env-file PATH.`);
  }
  const aws = context.aws();
  checkAccount(await callerIdentity(aws), settings);
  const store = new SecretStore(aws, context.redactor);
  const again = `npm run ops -- secrets rotate ${kind.id} --restart-only`;
  const journal = new Journal(context.io.signal, [kind.name], again);
  if (flags.isSet('restart-only')) return { sections: [await restartService(context, journal)] };
  const change = flags.isSet('roll-back') ? rollBack : putNew;
  return change(context, store, kind, journal);
}

async function putNew(context: Context, store: SecretStore, kind: SecretSpec, journal: Journal): Promise<Report> {
  const { flags } = context;
  const { task, findings } = newValue(context, kind);
  const state = await store.state(kind.name);
  refuseUnlessThere(kind, state);
  await showDaily(context, task, state);
  const planned = planSecret(state, task.wanted);
  const values = { title: 'Values', findings };
  if (flags.isSet('dry-run')) {
    const status = planned.values === undefined ? 'ok' : 'planned';
    const finding: Finding = { status, subject: kind.name, text: describePlan(planned.plan) };
    return { sections: [values, { title: 'Secret (nothing was changed)', findings: [finding] }] };
  }
  const { finding, versionId } = await putAndNote(store, task, planned, journal);
  const isNew = planned.values !== undefined || (await isUnproved(context, store, kind.name));
  const undo =
    isNew && planned.basedOn !== undefined
      ? undoOf(store, kind, versionId, 'went back to the value before')
      : undefined;
  return { sections: [values, { title: 'Secret', findings: [finding] }, await restartService(context, journal, undo)] };
}

/** Takes a version back as long as it is the current one. @param versionId what this command made current */
function undoOf(store: SecretStore, { name }: SecretSpec, versionId: string, what: string): Undo {
  return { describe: `${name} ${what}`, run: async () => (await swap(store, name, versionId)) !== undefined };
}

/**
 * Whether no deployment has come through with the present value, as where a rotation was killed between its write and its
 * end: the restart of the next one is then the first to prove it.
 */
async function isUnproved(context: Context, store: SecretStore, name: string): Promise<boolean> {
  const writtenAt = await store.writtenAt(name);
  const newest = await new EcsService(context.aws(), context.settings).describe();
  const startedAt = newest && primaryOf(newest)?.createdAt;
  if (writtenAt === undefined || newest === undefined || startedAt === undefined) return false;
  return startedAt < writtenAt || rolloutOf(newest).state !== 'completed';
}

/** The new value, given or made up. @throws OpsError */
function newValue(context: Context, kind: SecretSpec): { task: Task; findings: readonly Finding[] } {
  const options = { generate: new Set<SecretId>(), replace: false };
  if (context.flags.isSet('generate')) {
    const given = Object.fromEntries(
      kind.fields.flatMap(({ key, generate }): [string, string][] =>
        generate === undefined ? [] : [[key, generate()]],
      ),
    );
    for (const value of Object.values(given)) context.redactor.hide(value);
    const keys = Object.keys(given);
    const wanted = {
      ...{ name: kind.name, given, fallbacks: {}, besides: besidesIn(kind) },
      ...{ required: keys, replace: false },
    };
    return {
      task: { kind, wanted },
      findings: keys.map((key) => ({ status: 'ok', subject: key, text: 'made up from 32 random bytes' })),
    };
  }
  const { tasks, findings } = gatherValues(context, context.settings, [kind], options);
  const [task] = tasks;
  if (task === undefined || Object.keys(task.wanted.given).length === 0) {
    const keys = kind.fields.map(({ key }) => key).join(', ');
    throw new OpsError(
      'values_invalid',
      `no new value was given: none of ${keys} is set`,
      'Set it in .env or --env-file PATH.',
    );
  }
  return { task, findings };
}

/** @throws OpsError when there is nothing to rotate */
function refuseUnlessThere({ name }: SecretSpec, state: SecretState): void {
  const fix = 'npm run ops -- secrets setup';
  if (state.kind === 'absent') throw new OpsError('not_found', `${name} does not exist`, fix);
  if (state.kind === 'deleted') {
    throw new OpsError('scheduled_for_deletion', `${name} is scheduled for deletion`, `${fix} restores it.`);
  }
  if (state.kind === 'empty') throw new OpsError('secret_has_no_value', `${name} has no value yet`, fix);
}

/** A key that Daily refuses is not written. @throws OpsError */
async function showDaily(context: Context, { wanted }: Task, state: SecretState): Promise<void> {
  const key = wanted.given['DAILY_API_KEY'];
  if (typeof key !== 'string' || context.flags.isSet('skip-daily')) return;
  const stored = state.kind === 'present' ? state.values : {};
  const values = { ...wanted.fallbacks, ...stored, ...wanted.given };
  const url = values['DAILY_API_URL'];
  if (typeof url === 'string') await checkDailyKey(url, key, context.io.signal);
}

async function putAndNote(
  store: SecretStore,
  task: Task,
  planned: Planned,
  journal: Journal,
): Promise<{ finding: Finding; versionId: string }> {
  try {
    const applied = await applyPlan(store, task, planned, journal);
    const finding: Finding = {
      status: applied.verification.kind === 'not-needed' ? 'ok' : 'changed',
      subject: task.kind.name,
      text: describeApplied(applied),
      data: { arn: applied.arn, versionId: applied.versionId, previousVersionId: applied.replaced ?? null },
    };
    return { finding, versionId: applied.versionId };
  } catch (error) {
    throw journal.retell(error);
  }
}

async function rollBack(context: Context, store: SecretStore, kind: SecretSpec, journal: Journal): Promise<Report> {
  const { name } = kind;
  const title = 'Secret';
  if (context.flags.isSet('dry-run')) {
    const { to } = await versionsOf(store, name);
    const finding: Finding = { status: 'planned', subject: name, text: `go back to version ${to}` };
    return { sections: [{ title: `${title} (nothing was changed)`, findings: [finding] }] };
  }
  journal.stopIfAsked();
  const { from, to } = await versionsOf(store, name);
  if ((await swap(store, name, from)) === undefined) {
    throw new OpsError('verification_failed', `${name}: somebody else is changing it`, 'npm run ops -- secrets list');
  }
  journal.note(name, `went back to version ${to}`);
  const finding: Finding = {
    status: 'changed',
    subject: name,
    text: `version ${to} is current again; ${from} is AWSPREVIOUS now`,
    data: { versionId: to, previousVersionId: from },
  };
  const undo = undoOf(store, kind, to, 'went forward to the newer value again');
  return { sections: [{ title, findings: [finding] }, await restartService(context, journal, undo)] };
}

/** @throws OpsError when there is no value before the present one */
async function versionsOf(store: SecretStore, name: string): Promise<{ from: string; to: string }> {
  const described = await store.describe(name);
  const from = described === undefined ? undefined : versionAt(described, CURRENT);
  const to = described === undefined ? undefined : versionAt(described, PREVIOUS);
  if (from !== undefined && to !== undefined) return { from, to };
  throw new OpsError(
    'secret_has_no_value',
    `${name} has no value before the present one`,
    'npm run ops -- secrets list',
  );
}

/**
 * Makes AWSPREVIOUS current, and looks whether it is.
 * @param current what is to be replaced: where another version is current, nothing is changed and undefined returned
 * @throws OpsError
 */
async function swap(
  store: SecretStore,
  name: string,
  current: string,
): Promise<{ from: string; to: string } | undefined> {
  const versions = await versionsOf(store, name);
  if (versions.from !== current) return undefined;
  await store.makeCurrent(name, versions.to, versions.from);
  const described = await store.describe(name);
  if (described !== undefined && versionAt(described, CURRENT) === versions.to) return versions;
  throw new OpsError(
    'verification_failed',
    `${name}: the version before is not the current one after all`,
    'npm run ops -- secrets list',
  );
}
