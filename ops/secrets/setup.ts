import { callerIdentity, checkAccount } from '../aws/identity';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { stopIfAsked } from '../cli/ops-error';
import { failedFinding, type Finding, type Report, type Section } from '../cli/report';
import { type Applied, applyPlan, describeApplied } from './apply';
import {
  ADMIN_KEY,
  GENERATED_UNASKED,
  type SecretId,
  secretsOf,
  type SecretSpec,
  SERVER_KEY,
  START_KEY,
} from '../../contract/secrets';
import { Journal } from './journal';
import { describePlan, planSecret, type Planned } from './plan';
import { SecretStore } from './store';
import { gatherValues, type Task } from './wanted';

const AGAIN = 'Run the same command again: it goes on where it stopped.';

export const setup: Command = {
  details: `Reads the values from .env (or --env-file PATH), else from the environment; checks them; compares them with what
is stored; writes only what differs; and reads it back. Keys that it does not know are kept. Works on the empty
containers of the foundation stack, on none (it then makes them), and on ones scheduled for deletion (it restores them).`,
  flags: {
    'env-file': { type: 'string', value: 'PATH', description: 'the file with the values [.env, if there is one]' },
    'dry-run': { type: 'boolean', description: 'show what would change, and change nothing' },
    'static-credentials': {
      type: 'boolean',
      description: 'also store AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (a role is better)',
    },
    'generate-start-key': { type: 'boolean', description: `make up a ${START_KEY} where none is given or stored` },
    'generate-server-key': { type: 'boolean', description: `make up a ${SERVER_KEY} where none is given or stored` },
    'generate-admin-key': { type: 'boolean', description: `make up an ${ADMIN_KEY} where none is given or stored` },
    replace: {
      type: 'boolean',
      description: 'write over values that you may not read or that are no JSON (the old ones stay as AWSPREVIOUS)',
    },
  },
  run: runSetup,
};

async function runSetup(context: Context): Promise<Report> {
  const { flags, settings, io } = context;
  const generate = new Set<SecretId>();
  if (flags.isSet('generate-start-key')) generate.add('start-api-key');
  if (flags.isSet('generate-server-key')) generate.add('server-api-key');
  if (flags.isSet('generate-admin-key')) generate.add('admin-api-key');
  const kinds = secretsOf(settings, await context.agents()).filter((kind) =>
    isAskedFor(kind, flags.isSet('static-credentials'), generate),
  );
  const { tasks, findings } = gatherValues(context, settings, kinds, {
    generate: new Set([...generate, ...GENERATED_UNASKED]),
    replace: flags.isSet('replace'),
  });
  stopIfAsked(io.signal);

  const aws = context.aws();
  checkAccount(await callerIdentity(aws), settings);
  const store = new SecretStore(aws, context.redactor);
  // All plans first: nothing is written while something is missing.
  const planned: { task: Task; planned: Planned }[] = [];
  for (const task of tasks) planned.push({ task, planned: planSecret(await store.state(task.kind.name), task.wanted) });

  const values: Section = { title: 'Values', findings };
  if (flags.isSet('dry-run')) {
    return {
      sections: [values, { title: 'Secrets (nothing was changed)', findings: planned.map(plannedFinding) }],
      data: { region: aws.region, changed: false },
    };
  }
  const applied = await applyAll(context, store, planned);
  const stored = applied.arns.map(([name, arn]): Finding => ({ status: 'ok', subject: name, text: arn }));
  return {
    sections: [
      values,
      { title: 'Secrets', findings: applied.findings },
      { title: 'For the configuration', findings: stored },
    ],
    data: { region: aws.region, secretArns: Object.fromEntries(applied.arns) },
  };
}

/** What the settings use, what is asked for by an option, and nothing else. */
function isAskedFor(kind: SecretSpec, staticCredentials: boolean, generate: ReadonlySet<SecretId>): boolean {
  if (kind.id === 'aws-credentials') return staticCredentials || kind.isWanted;
  return kind.isWanted || generate.has(kind.id);
}

function plannedFinding({ task, planned }: { task: Task; planned: Planned }): Finding {
  const status = planned.plan.kind === 'unchanged' ? 'ok' : 'planned';
  return { status, subject: task.kind.name, text: describePlan(planned.plan), data: { plan: planned.plan.kind } };
}

/** Writes what is planned, one secret after the other, up to the first that fails. @throws Interrupted */
export async function applyAll(
  context: Context,
  store: SecretStore,
  all: readonly { task: Task; planned: Planned }[],
): Promise<{ findings: Finding[]; arns: [string, string][] }> {
  const findings: Finding[] = [];
  const arns: [string, string][] = [];
  const journal = new Journal(
    context.io.signal,
    all.map(({ task }) => task.kind.name),
    AGAIN,
  );
  let hasFailed = false;
  for (const { task, planned } of all) {
    const { name } = task.kind;
    if (hasFailed) {
      findings.push({ status: 'skipped', subject: name, text: 'not touched, because of the failure above' });
      continue;
    }
    try {
      const applied = await applyPlan(store, task, planned, journal);
      arns.push([name, applied.arn]);
      findings.push(appliedFinding(name, applied), ...remarks(context, task, applied));
    } catch (error) {
      findings.push(failedFinding(name, journal.retell(error)));
      hasFailed = true;
    }
  }
  return { findings, arns };
}

function appliedFinding(name: string, applied: Applied): Finding {
  const isChanged = applied.wasRestored || applied.verification.kind !== 'not-needed';
  return {
    status: isChanged ? 'changed' : 'ok',
    subject: name,
    text: describeApplied(applied),
    data: { arn: applied.arn, versionId: applied.versionId, plan: applied.plan.kind, restored: applied.wasRestored },
  };
}

function remarks({ settings }: Context, { kind }: Task, { plan, verification }: Applied): Finding[] {
  const found: Finding[] = [];
  const warn = (text: string, fix: string) => found.push({ status: 'warning', subject: kind.name, text, fix });
  const file = `environments/${settings.environment}.json`;
  if (verification.kind === 'overtaken') {
    warn(
      `somebody else wrote at the same moment: their value is version ${verification.byVersion}, now AWSPREVIOUS`,
      `If theirs was right: npm run ops -- secrets rotate ${kind.id} --roll-back`,
    );
  }
  if (plan.kind === 'create' && kind.isWanted && settings.secrets.mode === 'managed') {
    warn(
      'was made here, not by the foundation stack, which will refuse to make it once more',
      `Set secrets.mode to "existing" in ${file} before the foundation is applied.`,
    );
  }
  if (!kind.isWanted) warn('is stored, and the settings do not have the tasks use it', `See secrets.* in ${file}.`);
  return found;
}
