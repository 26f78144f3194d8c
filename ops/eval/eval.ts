/* oxlint-disable typescript/no-require-imports -- as in ../commands.ts: `require` is what tsx hooks into everywhere. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { START_KEY } from '../../contract/secrets';
import { PaidModels } from '../../evals/live';
import type * as outsideModule from '../../evals/outside';
import { deployed } from '../../evals/report';
import type * as pageModule from '../../evals/report-page';
import { scenariosOfAgent } from '../../evals/scenario';
import { agentsFolder } from '../agent/require-agent';
import { mediaAddress } from '../calls/webrtc-call';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import type { Report } from '../cli/report';
import { serviceUrl } from '../monitor/service-url';
import { callAll, type CallJob } from './call-all';
import { reportOn } from './report-on';

/** WebRTC is compiled for each processor, and need not be there for `--help`. */
const outside = (): typeof outsideModule => require('../../evals/outside') as typeof outsideModule;
const reportPage = (): typeof pageModule => require('../../evals/report-page') as typeof pageModule;

const MAX_CONCURRENCY = 16;
/** Of a stand-in for text models: tests have one. */
const TEXT_ENDPOINT = 'EVAL_TEXT_ENDPOINT_URL';

export const evalCommand: Command = {
  details: `Calls a bot that is deployed, as npm run eval calls one of this machine, and judges by the same scenarios what its callers
hear, are told and wait for. What only the bot's log, its tools' services or the model could say is named as not judged, and
so is what the scripted model of a scenario says or calls: another answers here. Scenarios that mock tools are not run, as
the bot would carry them out. Criteria (eval:) are judged, and personas played, with --judge-model, a text model of your
account. Real calls: they cost what calls cost. ${START_KEY} opens them.
Exit code 3: a call could not be held or judged, or none was.`,
  positionals: [
    { name: 'agent', description: 'its folder in agents/ [all that have scenarios and are served]', isOptional: true },
  ],
  flags: {
    url: { type: 'string', value: 'URL', description: 'where the bot is [as deployed]' },
    scenario: { type: 'string', value: 'TEXT', description: 'only those whose file/name has TEXT in it' },
    kind: { type: 'string', value: 'KIND', description: 'only each script, or each simulation' },
    concurrency: {
      type: 'string',
      value: 'N',
      description: `calls at once, ${MAX_CONCURRENCY} at most; a bot that is full is called with fewer [1]`,
    },
    'tool-names': {
      type: 'boolean',
      description: 'the bot tells its clients of tools (SHOW_TOOL_CALLS): judge names and arguments, too',
    },
    'judge-model': { type: 'string', value: 'ID', description: 'of Bedrock: judges criteria, and plays personas' },
    'simulator-model': { type: 'string', value: 'ID', description: "of Bedrock: plays personas [the judge's]" },
    'budget-usd': {
      type: 'string',
      value: 'USD',
      default: '1',
      description: 'of these models: nothing is begun that may cost more',
    },
    junit: { type: 'string', value: 'FILE', description: 'JUnit XML' },
    results: { type: 'string', value: 'FILE', description: "results.jsonl, in Pipecat's shape" },
    html: { type: 'string', value: 'DIR', description: "a page to look at: both sides' sound, failures first" },
  },
  run: evaluate,
};

async function evaluate(context: Context): Promise<Report> {
  const { flags, io, progress } = context;
  const concurrency = Number(flags.text('concurrency') ?? '1');
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY)
    throw new OpsError('usage', `--concurrency must be a number from 1 to ${MAX_CONCURRENCY}.`);
  const baseUrl = await serviceUrl(context);
  if (baseUrl === undefined)
    throw new OpsError('not_found', `${context.environment} is not deployed`, 'Name the bot with --url.');
  const jobs = await jobsOf(context);
  const models = textModels(context);
  const startKey = io.env[START_KEY] || undefined;
  if (startKey !== undefined) context.redactor.hide(startKey);
  const { OutsideCaller } = outside();
  const bot = { baseUrl, startKey, bindAddress: mediaAddress(baseUrl), signal: io.signal };
  const caller = new OutsideCaller(bot, models);
  const tellsTools = flags.isSet('tool-names');
  try {
    const evaluated = await callAll(jobs, { caller, models, concurrency, tellsTools, signal: io.signal, progress });
    const about = { ...deployed(baseUrl, new Date().toISOString().slice(0, 10)), ...models.names };
    const at = (name: string): string | undefined => {
      const file = flags.text(name);
      return file === undefined ? undefined : path.resolve(io.folder, file);
    };
    const results = evaluated.map(({ result }) => result);
    const files = { junit: at('junit'), results: at('results'), html: at('html') };
    if (Object.values(files).some((file) => file !== undefined)) {
      const page = reportPage().writeReports(results, about, files);
      if (page !== undefined) progress(`the calls: ${page}`);
    }
    return reportOn(evaluated, about);
  } finally {
    models.close();
    await caller.close();
  }
}

/** Who judges and plays personas, by the operator's credentials. @throws OpsError `usage` */
function textModels(context: Context): PaidModels {
  const { flags, io } = context;
  const [judgeModel, simulatorModel] = [flags.text('judge-model'), flags.text('simulator-model')];
  if (simulatorModel !== undefined && judgeModel === undefined)
    throw new OpsError('usage', '--simulator-model plays personas, whom --judge-model has to judge: name both.');
  const budgetUsd = Number(flags.text('budget-usd'));
  if (!(budgetUsd > 0 && budgetUsd <= 1_000))
    throw new OpsError('usage', '--budget-usd must be a number of dollars up to 1000.');
  const region = judgeModel === undefined ? '' : context.region;
  return new PaidModels({ judgeModel, simulatorModel, budgetUsd, region, endpoint: io.env[TEXT_ENDPOINT] });
}

/** What is to be run. @throws OpsError `usage` for a name, `definition_invalid` for a scenario */
async function jobsOf(context: Context): Promise<readonly CallJob[]> {
  const { flags, io } = context;
  const folder = agentsFolder(io.folder);
  const given = flags.text('agent');
  if (given !== undefined && !readdirSync(folder).includes(given))
    throw new OpsError('usage', 'There is no such agent in agents/.', 'npm run ops -- agent check');
  const names = given === undefined ? (await context.agents()).map(({ name }) => name) : [given];
  const own = names
    .filter((name) => existsSync(path.join(folder, name, 'scenarios')))
    .map((agent) => ({ agent, ...scenariosOfAgent(path.join(folder, agent)) }));
  const problems = own.flatMap((one) => one.problems);
  if (problems.length > 0) throw new OpsError('usage', problems.join('\n').replaceAll(`${io.folder}/`, ''));
  const jobs = own.flatMap(({ agent, scenarios }) =>
    scenarios.map((scenario) => ({ agent, scenario, folder: path.dirname(scenario.file) })),
  );
  const kind = flags.text('kind');
  if (kind !== undefined && kind !== 'script' && kind !== 'simulation')
    throw new OpsError('usage', '--kind must be script or simulation.');
  const chosen = jobs.filter(
    ({ scenario }) =>
      scenario.id.includes(flags.text('scenario') ?? '') && (kind === undefined || scenario.kind === kind),
  );
  if (chosen.length === 0) throw new OpsError('usage', `No scenario of ${names.join(', ')} has such a name.`);
  return chosen;
}
