import type { RunResult } from '../../../evals/report';
import type { Scenario } from '../../../evals/scenario';
import { buildBot } from '../../processes';
import { EspeakSynthesiser } from '../../speech';
import { type Job, servedAgents } from './jobs';
import { Lane, type LaneOptions } from './lane';
import type { EvalOptions } from './options';
import { SEEDED_FAULTS } from './seeded-faults';

/**
 * Runs all, `concurrency` at a time, each lane's bot being started once.
 * @param tell hears of each result as it comes
 * @throws Error where no bot could be started
 */
export async function runJobs(
  jobs: readonly Job[],
  { concurrency, repeat, dialect }: EvalOptions,
  tell: (result: RunResult, job: Job) => void,
): Promise<void> {
  await buildBot();
  const queue = inOrder(Array.from({ length: repeat }, () => jobs).flat());
  const synthesiser = new EspeakSynthesiser();
  const served = await servedAgents(jobs);
  const lanes: Lane[] = [];
  const work = async (): Promise<void> => {
    for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
      const lane = await openFor(first, { dialect, ...served, synthesiser }, queue);
      lanes.push(lane);
      const bot = botOf(first);
      for (let job: Job | undefined = first; job !== undefined; job = nextFor(bot, queue))
        tell(await runJob(lane, job), job);
      await lane.close();
    }
  };
  // A lane that does not open leaves its part to the others.
  const worked = await Promise.allSettled(Array.from({ length: Math.min(concurrency, queue.length) }, work));
  await Promise.allSettled(lanes.map((lane) => lane.close()));
  await synthesiser.close();
  const broken = worked.find((one) => one.status === 'rejected');
  if (broken !== undefined && queue.length > 0) throw broken.reason;
}

/** @throws Error where its bot does not start; the job is left to the others then */
async function openFor(job: Job, options: LaneOptions, queue: Job[]): Promise<Lane> {
  try {
    return await Lane.open({ ...options, bot: job.scenario.nova?.bot });
  } catch (error) {
    queue.push(job);
    throw error;
  }
}

/** Which bot a job needs: all with the same variables have one. */
const botOf = ({ scenario }: Job): string => JSON.stringify(scenario.nova?.bot ?? {});

/** Those that need a bot of their own first: they are the longest. */
const inOrder = (jobs: readonly Job[]): Job[] => jobs.toSorted((a, b) => Number(isPlain(a)) - Number(isPlain(b)));
const isPlain = ({ scenario }: Job): boolean => scenario.nova?.bot === undefined;

/** The next job for this bot is taken, if there is one. */
function nextFor(bot: string, queue: Job[]): Job | undefined {
  const at = queue.findIndex((job) => botOf(job) === bot);
  return at < 0 ? undefined : queue.splice(at, 1)[0];
}

/** A call whose caller did not keep time says nothing of the bot: it is held once more. */
async function runJob(lane: Lane, { agent, scenario, folder, fault }: Job): Promise<RunResult> {
  const reason = whyNotHere(scenario);
  if (reason !== undefined || scenario.kind !== 'script') return notRun(agent, scenario, reason ?? '');
  const seeded = fault === undefined ? undefined : SEEDED_FAULTS[fault];
  const first = await lane.run(agent, scenario, folder, seeded);
  return first.failures[0]?.kind === 'caller' ? lane.run(agent, scenario, folder, seeded) : first;
}

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
