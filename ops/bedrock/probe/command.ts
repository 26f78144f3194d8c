import path from 'node:path';
import { systemClock } from '../../../bot/time';
import { bedrockRegion } from '../../../stacks/names';
import type { Command } from '../../cli/command';
import { confirm } from '../../cli/confirm';
import type { Context } from '../../cli/context';
import type { Flags } from '../../cli/flags';
import { OpsError } from '../../cli/ops-error';
import type { Report } from '../../cli/report';
import { readEndpoint } from '../endpoint';
import { readSpeech } from '../speech';
import { type Plan, planOf } from './plan';
import { probe } from './probe';
import { reportOfProbe } from './report';

const FLAGS = {
  model: { type: 'string', value: 'ID', description: "the model [the settings' first]" },
  endpoint: { type: 'string', value: 'URL', description: 'where the streams go [BEDROCK_ENDPOINT_URL, else AWS]' },
  quick: { type: 'boolean', description: 'leave out what takes minutes: how long a stream lives without audio' },
  life: { type: 'boolean', description: "wait for the end of a stream's eight minutes, too" },
  output: { type: 'string', value: 'DIR', description: 'gets the report and the recordings [bedrock-probe/<time>]' },
  yes: { type: 'boolean', description: 'do not ask' },
} as const satisfies Flags;

export const bedrockProbe: Command = {
  details: `Finds out how the model of this account behaves where its documentation, and what projects report of it, differ:
what tells of an interruption, when texts come, whether audio may flow during a tool, how much history is taken, how
long a stream lives in silence, and so on. Says first how long it takes and what it costs, and asks. Writes a report,
and a recording of each stream (lengths only, docs/recordings.md), and proposes what to set.
docs/bedrock-probe.md says what each answer means.`,
  flags: FLAGS,
  run: runProbe,
};

async function runProbe(context: Context): Promise<Report> {
  const { flags, settings, io } = context;
  const region = flags.text('region') ?? bedrockRegion(settings);
  const modelId = flags.text('model') ?? settings.bedrock.modelIds[0] ?? '';
  const endpointUrl = readEndpoint(flags.text('endpoint') ?? io.env['BEDROCK_ENDPOINT_URL']);
  const plan = planOf(modelId, { isQuick: flags.isSet('quick'), withLife: flags.isSet('life') });
  await askFirst(context, plan, `${modelId} in ${endpointUrl ?? region}`);
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = path.resolve(io.folder, flags.text('output') ?? path.join('bedrock-probe', stamp));
  const probed = await probe({
    region,
    modelId,
    endpointUrl,
    plan,
    voiceId: settings.bot.voice,
    speech: readSpeech(),
    clock: systemClock,
    signal: io.signal,
    folder,
    onDone: ({ name }, answers) => {
      const open = answers.filter(({ variant }) => variant === undefined).length;
      context.progress(`${name}: ${open === 0 ? 'done' : `${open} of ${answers.length} not known`}`);
    },
  });
  return reportOfProbe(probed);
}

/** @throws OpsError `refused`, Interrupted */
async function askFirst({ flags, io }: Context, plan: Plan, where: string): Promise<void> {
  const minutes = Math.max(1, Math.ceil(plan.seconds / 60));
  const leftOut = plan.leftOut.map(({ name }) => name).join(', ');
  const what = `${plan.experiments.length} experiments with ${where}: ${minutes} min and $${plan.usd.toFixed(2)} at the most${leftOut === '' ? '' : `; left out: ${leftOut}`}.`;
  io.stderr(`${what}\n`);
  if (flags.isSet('yes')) return;
  if (flags.isSet('json')) throw new OpsError('usage', '--json needs --yes: nobody could be asked.');
  if (!(await confirm('Go on?', io.signal))) throw new OpsError('refused', 'Nothing was asked of the model.');
}
