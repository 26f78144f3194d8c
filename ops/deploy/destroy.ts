import { callerIdentity, checkAccount } from '../aws/identity';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { ENVIRONMENT } from '../cli/flags';
import { OpsError } from '../cli/ops-error';
import { wrapped } from '../cli/page';
import { type Report, reportOf } from '../cli/report';
import type { Terminal } from '../cli/terminal';
import { StackWorkspace } from '../release/stack-workspace';
import { StateBucket, type StateBucketIs } from '../state/state-bucket';
import { commandAgain, commandFor } from '../cli/command-line';
import { countsOf } from './deployment';
import type { Tell } from './events';
import { type Doomed, planDestruction, stackStep, stateBucketStep } from './destroy-steps';
import { agreeToDelete, type DoomedRecords, doomedRecords, sayRecords } from './doomed-records';
import { keptOf } from './kept';
import { runSteps } from './run-steps';
import { setStage } from './stage';
import { orSayAgain } from './with-command';

const STEPS = ['service', 'foundation', 'state'] as const;
const KEPT_OPTIONS = ['confirm', 'keep-state', 'delete-records', 'json'];

export const destroy: Command = {
  details: `Takes an environment away, with all data in it: service, foundation, and at last the bucket of the state. Before that it
says what goes and what is kept, and wants the environment's name typed; where records of calls go with it, a "yes" to that,
too. Where the settings say "protected" it is
refused. Stopped anywhere and run again it goes on where it stopped.`,
  positionals: [ENVIRONMENT],
  json: 'lines',
  flags: {
    confirm: { type: 'string', value: 'NAME', description: "the environment's name, instead of typing it [CONFIRM]" },
    'plan-only': { type: 'boolean', description: 'change nothing: say what would go' },
    'delete-records': { type: 'boolean', description: 'records and recordings of calls may go with it [asked]' },
    'keep-state': { type: 'boolean', description: 'keep the bucket of the state' },
  },
  run: destroyGuided,
};

async function destroyGuided(outer: Context): Promise<Report> {
  const { flags, io, environment } = outer;
  const planOnly = flags.isSet('plan-only');
  const confirmed = flags.text('confirm') ?? (io.env['CONFIRM'] || undefined);
  if (flags.isSet('json') && confirmed === undefined && !planOnly) {
    throw new OpsError(
      'usage',
      '--json asks nothing: say --confirm NAME, or --plan-only.',
      'npm run ops -- destroy --help',
    );
  }
  const { settings } = outer;
  const { region } = settings;
  checkRegion(outer);
  if (settings.protected) {
    throw new OpsError(
      'refused',
      `${environment} is protected: nothing of it is destroyed`,
      `If it is meant: set protected to false in environments/${environment}.json, and first apply that: ${commandFor('deploy', environment, region)}`,
    );
  }
  if (confirmed !== undefined && confirmed !== environment) throw notConfirmed(environment);
  const keepState = flags.isSet('keep-state');
  const steps = keepState ? STEPS.filter((id) => id !== 'state') : STEPS;
  const isAsking = confirmed === undefined && !planOnly;
  const { terminal, tell, findings, context } = setStage(outer, steps, isAsking);
  try {
    const again = commandAgain(outer, 'destroy', region, KEPT_OPTIONS);
    const bucket = new StateBucket(context);
    const found = await orSayAgain(again, async () => {
      checkAccount(await callerIdentity(outer.aws()), settings);
      return lookAtBucket(bucket, keepState);
    });
    if (found === 'absent') {
      const text = `there is no bucket ${bucket.name}, and so nothing that was made from here`;
      return { ...reportOf('Nothing to do', { status: 'ok', subject: environment, text }), data: { changed: false } };
    }
    const kept = keptOf(settings, keepState);
    const { stacks, records } = await orSayAgain(again, async () => {
      const planned = found === 'there' ? await planBoth(context, tell, !planOnly) : [];
      const reviews = planned.flatMap(({ plan }) => (plan === undefined ? [] : [plan.review]));
      return { stacks: planned, records: await doomedRecords(context, reviews) };
    });
    outer.progress(renderDoom({ environment, stacks, records, kept, bucket: keepState ? undefined : bucket.name }));
    if (isAsking) await orSayAgain(again, () => askForName(environment, terminal));
    if (records !== undefined && !planOnly) {
      const isGiven = flags.isSet('delete-records');
      await orSayAgain(again, () => agreeToDelete(outer, records, { isGiven, terminal, again }));
    }
    const all = [...stacks.map(stackStep), ...(keepState ? [] : [stateBucketStep(bucket)])];
    const changed = await runSteps(all, { planOnly, signal: io.signal, tell, again });
    const title = planOnly ? 'Would be done' : 'Destroyed';
    return {
      sections: [
        { title, findings },
        { title: 'Kept', findings: kept.map((text) => ({ status: 'ok', subject: 'kept', text })) },
      ],
      data: { changed, kept, ...(records?.found === undefined ? {} : { records: records.found }) },
      footer: planOnly ? `To do it: ${again}` : `To make it again: ${commandFor('deploy', environment, region)}`,
    };
  } finally {
    context.close();
  }
}

/** A role that may not list buckets can still destroy what stands on the one that is kept. @throws OpsError */
async function lookAtBucket(bucket: StateBucket, isKept: boolean): Promise<StateBucketIs> {
  try {
    return await bucket.look();
  } catch (error) {
    if (isKept && error instanceof OpsError && error.code === 'access_denied') return 'there';
    throw error;
  }
}

/** What would be destroyed elsewhere than where the settings say is not ours. @throws OpsError `usage` */
function checkRegion({ flags, settings, environment }: Context): void {
  const wanted = flags.text('region');
  if (wanted === undefined || wanted === settings.region) return;
  throw new OpsError('usage', `environments/${environment}.json is for ${settings.region}, and --region says another.`);
}

/** The service first: it stands on the foundation. */
async function planBoth(context: Context, tell: Tell, lock: boolean): Promise<Doomed[]> {
  const doomed: Doomed[] = [];
  for (const step of ['service', 'foundation'] as const) {
    tell({ event: 'progress', step, text: 'planning what goes…' });
    const one = await planDestruction(new StackWorkspace(context, step), lock);
    if (one.plan !== undefined) {
      tell({ event: 'plan', step, stack: one.workspace.name, ...countsOf(one.plan.review) });
    }
    doomed.push(one);
  }
  return doomed;
}

interface Doom {
  readonly environment: string;
  readonly stacks: readonly Doomed[];
  readonly records: DoomedRecords | undefined;
  readonly kept: readonly string[];
  readonly bucket: string | undefined;
}

/** The one screen before anything goes. */
function renderDoom({ environment, stacks, records, kept, bucket }: Doom): string {
  const goes = stacks.flatMap(({ workspace, plan }) => {
    if (plan === undefined) return [`  ${workspace.name}: nothing is there`];
    const { changes, dataLost } = plan.review;
    const data = dataLost.length === 0 ? [] : wrapped(`with data, which nothing brings back: ${dataLost.join(', ')}`);
    return [`  ${workspace.name}: ${changes.length} resources`, ...data];
  });
  return [
    `destroy · ${environment}`,
    '',
    'Goes, and calls that are on the line with it',
    ...goes,
    ...(records === undefined ? [] : wrapped(sayRecords(records))),
    ...(bucket === undefined ? [] : [`  the bucket ${bucket}, with every state in it`]),
    '',
    'Is kept',
    ...kept.flatMap(wrapped),
    '',
  ].join('\n');
}

/** @throws OpsError `refused` where another name is typed, or none; Interrupted */
export async function askForName(environment: string, terminal: Terminal | undefined): Promise<void> {
  const answer = await terminal?.ask(`Type the environment's name to destroy it: `);
  if (answer !== environment) throw notConfirmed(environment);
}

const notConfirmed = (environment: string): OpsError =>
  new OpsError(
    'refused',
    `the name of the environment was not given, so nothing is destroyed`,
    `npm run ops -- destroy --environment ${environment} --confirm ${environment}`,
  );
