/* oxlint-disable typescript/no-require-imports -- as in ../commands.ts: `require` is what tsx hooks into everywhere. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { START_KEY } from '../../contract/secrets';
import type * as outsideModule from '../../evals/outside';
import { deployed, jsonLines, junitXml, type RunResult, withoutRun } from '../../evals/report';
import { scenariosOfAgent } from '../../evals/scenario';
import { agentsFolder } from '../agent/require-agent';
import { mediaAddress } from '../calls/webrtc-call';
import type { Command } from '../cli/command';
import type { Context } from '../cli/context';
import { OpsError, stopIfAsked } from '../cli/ops-error';
import type { Report } from '../cli/report';
import { serviceUrl } from '../monitor/service-url';
import { type Evaluated, reportOn } from './report-on';

/** WebRTC is compiled for each processor, and need not be there for `--help`. */
const outside = (): typeof outsideModule => require('../../evals/outside') as typeof outsideModule;

const NO_JUDGE = { what: 'eval', why: 'criteria in words need a judge, whom npm run eval -- --mode live has' };
const STOPPED = 'The call was hung up; nothing is left behind.';

export const evalCommand: Command = {
  details: `Calls a bot that is deployed, as npm run eval calls one of this machine, and judges by the same scenarios what its callers
hear, are told and wait for. What only the bot's log, its tools' services or the model could say is named as not judged, and
so is what the scripted model of a scenario says or calls: another answers here. Scenarios that mock tools are not run, as
the bot would carry them out. Real calls: they cost what calls cost. ${START_KEY} opens them.
Exit code 3: a call could not be held, or none was.`,
  positionals: [
    { name: 'agent', description: 'its folder in agents/ [all that have scenarios and are served]', isOptional: true },
  ],
  flags: {
    url: { type: 'string', value: 'URL', description: 'where the bot is [as deployed]' },
    scenario: { type: 'string', value: 'TEXT', description: 'only those whose file/name has TEXT in it' },
    'tool-names': {
      type: 'boolean',
      description: 'the bot tells its clients of tools (SHOW_TOOL_CALLS): judge names and arguments, too',
    },
    junit: { type: 'string', value: 'FILE', description: 'JUnit XML' },
    results: { type: 'string', value: 'FILE', description: "results.jsonl, in Pipecat's shape" },
  },
  run: evaluate,
};

async function evaluate(context: Context): Promise<Report> {
  const { flags, io, progress } = context;
  const baseUrl = await serviceUrl(context);
  if (baseUrl === undefined)
    throw new OpsError('not_found', `${context.environment} is not deployed`, 'Name the bot with --url.');
  const jobs = await jobsOf(context);
  const startKey = io.env[START_KEY] || undefined;
  if (startKey !== undefined) context.redactor.hide(startKey);
  const { fromOutside, OutsideCaller, whyNotFromOutside } = outside();
  const caller = new OutsideCaller({ baseUrl, startKey, bindAddress: mediaAddress(baseUrl), signal: io.signal });
  const evaluated: Evaluated[] = [];
  try {
    for (const { agent, scenario, folder } of jobs) {
      const notRun = (reason: string): Evaluated => ({
        result: withoutRun(agent, scenario, { outcome: 'not-run', reason }),
        notJudged: [],
      });
      if (scenario.kind === 'simulation') {
        evaluated.push(notRun('nobody plays a persona here'));
        continue;
      }
      const why = whyNotFromOutside(scenario);
      const { script, notJudged, isEmpty } = fromOutside(scenario, flags.isSet('tool-names'));
      if (why !== undefined || isEmpty) {
        evaluated.push(notRun(why ?? 'nothing of it can be judged from outside'));
        continue;
      }
      stopIfAsked(io.signal, STOPPED);
      progress(`${agent}: ${scenario.id}…`);
      const result = await caller.run(agent, script, folder);
      stopIfAsked(io.signal, STOPPED);
      const all = [...notJudged, ...Array.from({ length: result.notJudged }, () => NO_JUDGE)];
      evaluated.push({ result: { ...result, notJudged: all.length }, notJudged: all });
    }
  } finally {
    await caller.close();
  }
  const about = deployed(baseUrl, new Date().toISOString().slice(0, 10));
  const results: readonly RunResult[] = evaluated.map(({ result }) => result);
  const [junit, lines] = [flags.text('junit'), flags.text('results')];
  if (junit !== undefined) writeFileSync(path.resolve(io.folder, junit), junitXml(results, about));
  if (lines !== undefined) writeFileSync(path.resolve(io.folder, lines), jsonLines(results, about));
  return reportOn(evaluated, about);
}

/** What is to be run. @throws OpsError `usage` for a name, `definition_invalid` for a scenario */
async function jobsOf(context: Context) {
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
  const chosen = jobs.filter(({ scenario }) => scenario.id.includes(flags.text('scenario') ?? ''));
  if (chosen.length === 0) throw new OpsError('usage', `No scenario of ${names.join(', ')} has such a name.`);
  return chosen;
}
