import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { needsOf } from '../../../contract/agent';
import { countsOf, jsonLines, junitXml, type RunResult, runLines, summaryLines } from '../../../evals/report';
import { readScenarios, type Scenario, ScenarioError } from '../../../evals/scenario';
import { buildBot } from '../../processes';
import { EspeakSynthesiser } from '../../speech';
import { Lane } from './lane';
import { EVAL_HELP, type EvalOptions, parseOptions } from './options';

/*
 * `npm run eval`: see EVAL_HELP.
 */
const AGENTS = path.join(__dirname, '../../../agents');
const EXIT = { passed: 0, failed: 1, usage: 2, couldNotRun: 3, stopped: 130 } as const;

interface Job {
  readonly agent: string;
  readonly scenario: Scenario;
  readonly folder: string;
}

async function main(): Promise<number> {
  let options: EvalOptions | 'help';
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return EXIT.usage;
  }
  if (options === 'help') {
    console.log(EVAL_HELP);
    return EXIT.passed;
  }
  const jobs = findJobs(options);
  if (typeof jobs === 'string') {
    console.error(jobs);
    return EXIT.usage;
  }
  return runAll(jobs, options);
}

/** What is to be run, or what is wrong in a line or more. */
function findJobs({ agents, only = '' }: EvalOptions): readonly Job[] | string {
  const named = agents.length > 0 ? agents : readdirSync(AGENTS).filter((name) => existsSync(scenariosOf(name)));
  const unknown = named.find((name) => !existsSync(path.join(AGENTS, name, 'agent.ts')));
  if (unknown !== undefined) return `there is no agent ${unknown} in agents/`;
  const problems: string[] = [];
  const jobs = named.flatMap((agent) => {
    const folder = scenariosOf(agent);
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
    return files.flatMap((file) => {
      try {
        return readScenarios(path.join(folder, file), folder).map((scenario) => ({ agent, scenario, folder }));
      } catch (error) {
        if (!(error instanceof ScenarioError)) throw error;
        problems.push(...error.problems);
        return [];
      }
    });
  });
  if (problems.length > 0) return problems.map((problem) => problem.replaceAll(`${process.cwd()}/`, '')).join('\n');
  const chosen = jobs.filter(({ scenario }) => scenario.id.includes(only));
  return chosen.length > 0
    ? chosen
    : `no scenario of ${named.join(', ')}${only === '' ? '' : ` has "${only}" in its name`}`;
}

async function runAll(jobs: readonly Job[], options: EvalOptions): Promise<number> {
  const { concurrency, repeat, dialect, verbose, junit, results: file } = options;
  await buildBot();
  const queue = Array.from({ length: repeat }, () => jobs).flat();
  const results: RunResult[] = [];
  const synthesiser = new EspeakSynthesiser();
  const served = await servedAgents(jobs);
  const lanes: Lane[] = [];
  const tell = (result: RunResult): void => {
    results.push(result);
    for (const line of runLines(result)) console.log(line);
    if (verbose) for (const line of talkOf(result)) console.log(`    ${line}`);
  };
  const work = async (): Promise<void> => {
    const lane = await Lane.open({ dialect, ...served, synthesiser });
    lanes.push(lane);
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const { agent, scenario, folder } = job;
      const reason = whyNotHere(scenario);
      if (reason !== undefined || scenario.kind !== 'script') tell(notRun(agent, scenario, reason ?? ''));
      else tell(await lane.run(agent, scenario, folder));
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, queue.length) }, work));
  } finally {
    await Promise.allSettled(lanes.map((lane) => lane.close()));
    await synthesiser.close();
  }
  console.log();
  for (const line of summaryLines(results, 'offline')) console.log(line);
  if (junit !== undefined) writeFileSync(junit, junitXml(results, 'offline', `stand-in, ${dialect}`));
  if (file !== undefined) writeFileSync(file, jsonLines(results, 'offline'));
  const { failed, errors } = countsOf(results);
  return failed > 0 ? EXIT.failed : errors > 0 ? EXIT.couldNotRun : EXIT.passed;
}

const scenariosOf = (agent: string): string => path.join(AGENTS, agent, 'scenarios');

function whyNotHere({ kind, nova }: Scenario): string | undefined {
  if (kind === 'simulation') return 'a persona talks with a real model only';
  if (nova?.needs !== undefined)
    return `needs ${nova.needs === 'live' ? 'a real model' : 'a recording of a real model'}`;
  if (nova?.transport !== undefined && nova.transport !== 'webrtc') return `needs the transport ${nova.transport}`;
  return undefined;
}

function notRun(agent: string, { id }: Scenario, reason: string): RunResult {
  return { agent, scenario: id, outcome: 'not-run', failures: [], durationMs: 0, notJudged: 0, reason };
}

/** The agents of the jobs, whom they hand over to, and made-up values for the secrets of all their tools. */
async function servedAgents(
  jobs: readonly Job[],
): Promise<{ agents: readonly string[]; secrets: Record<string, string> }> {
  const agents: string[] = [];
  const secrets: Record<string, string> = {};
  const queue = [...new Set(jobs.map(({ agent }) => agent))];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (agents.includes(name)) continue;
    agents.push(name);
    const { default: definition } = (await import(path.join(AGENTS, name, 'agent.ts'))) as {
      default: Parameters<typeof needsOf>[0];
    };
    const needs = needsOf(definition);
    for (const secret of needs.secrets) secrets[secret] = `not-to-be-seen-${secret.toLowerCase()}`;
    for (const tool of Object.values(definition.tools ?? {})) if (tool.kind === 'handoff') queue.push(tool.to);
  }
  return { agents, secrets };
}

function talkOf({ run }: RunResult): readonly string[] {
  const said =
    run?.turns.flatMap(({ said: words, sentMs }) =>
      words === undefined ? [] : [{ atMs: sentMs, line: `caller: ${words}` }],
    ) ?? [];
  const others =
    run?.events.flatMap(({ name, atMs, text, call }) => {
      if (name === 'tts_response') return [{ atMs, line: `bot: ${text ?? ''}` }];
      if (name === 'function_call') return [{ atMs, line: `tool: ${call?.name ?? ''}(${JSON.stringify(call?.args)})` }];
      return name === 'bot_interrupted' ? [{ atMs, line: '(interrupted)' }] : [];
    }) ?? [];
  return [...said, ...others].toSorted((a, b) => a.atMs - b.atMs).map(({ line }) => line);
}

process.once('SIGINT', () => process.exit(EXIT.stopped));
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(EXIT.couldNotRun);
  },
);
