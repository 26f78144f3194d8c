import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RECORDING_SUFFIX } from '../../../contract/model-recordings';
import type { RunResult } from '../../../evals/report';
import type { Scenario } from '../../../evals/scenario';
import { buildBot } from '../../processes';
import { EspeakSynthesiser } from '../../speech';
import { hasCassettes, keepCassettes, recordedMs } from './cassettes';
import { type Job, servedAgents } from './jobs';
import { Lane, type LaneOptions } from './lane';
import { PhoneWay } from './lines/phone';
import { webRtcWay } from './lines/webrtc';
import type { ModelSide } from './model/model-side';
import { RecordedModel } from './model/recorded';
import { StandInModel } from './model/stand-in';
import type { EvalOptions } from './options';
import { SEEDED_FAULTS } from './seeded-faults';

/**
 * Runs all, `concurrency` at a time, each lane's bot being started once.
 * @param tell hears of each result as it comes
 * @throws Error where no bot could be started, or a recording cannot be kept
 */
export async function runJobs(
  jobs: readonly Job[],
  options: EvalOptions,
  tell: (result: RunResult, job: Job) => void,
): Promise<void> {
  const { concurrency, repeat, mode, recordCassettes } = options;
  const [ready, others] = partition(jobs, (job) => whyNotHere(job, options) === undefined);
  for (const job of others) tell(notRun(job, whyNotHere(job, options) ?? ''), job);
  if (ready.length === 0) return;
  await buildBot();
  const repeated = Array.from({ length: repeat }, () => (mode === 'replay' ? longestFirst(ready) : ready)).flat();
  const queue = ownBotsFirst(repeated);
  const synthesiser = new EspeakSynthesiser();
  const served = await servedAgents(jobs);
  const recordings = recordCassettes ? mkdtempSync(path.join(tmpdir(), 'evals-')) : undefined;
  const lanes: Lane[] = [];
  const opening: Promise<Lane>[] = [];
  const work = async (): Promise<void> => {
    for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
      const opened = openFor(first, { ...served, synthesiser, recordings }, options, queue);
      opening.push(opened);
      const lane = await opened;
      lanes.push(lane);
      // Bots that are being started have the processor, and the first calls would seem late.
      await Promise.allSettled(opening);
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
  if (recordings === undefined) return;
  try {
    keepRecordings(lanes, recordings, Object.values(served.secrets));
  } finally {
    rmSync(recordings, { recursive: true });
  }
}

/** @throws Error where its bot does not start; the job is left to the others then */
async function openFor(job: Job, lane: LaneOptions, options: EvalOptions, queue: Job[]): Promise<Lane> {
  try {
    const { bot, transport } = job.scenario.nova ?? {};
    return await Lane.open(
      { ...lane, bot },
      () => modelFor(options),
      () => (transport === 'phone' ? PhoneWay.open(lane.agents) : Promise.resolve(webRtcWay)),
    );
  } catch (error) {
    queue.push(job);
    throw error;
  }
}

/** Which bot a job needs: all with the same variables and the same way to it have one. */
const botOf = ({ scenario: { nova } }: Job): string => JSON.stringify([nova?.transport ?? 'webrtc', nova?.bot ?? {}]);

/** Those that need a bot of their own first: they are the longest. */
const ownBotsFirst = (jobs: readonly Job[]): Job[] => jobs.toSorted((a, b) => Number(isPlain(a)) - Number(isPlain(b)));
const isPlain = ({ scenario: { nova } }: Job): boolean => nova?.bot === undefined && nova?.transport === undefined;

/** The next job for this bot is taken, if there is one. */
function nextFor(bot: string, queue: Job[]): Job | undefined {
  const at = queue.findIndex((job) => botOf(job) === bot);
  return at < 0 ? undefined : queue.splice(at, 1)[0];
}

const modelFor = ({ mode, dialect }: EvalOptions): Promise<ModelSide> =>
  mode === 'replay' ? RecordedModel.open() : StandInModel.open(dialect);

/** The longest call is the last to end, wherever it stands. */
const longestFirst = (jobs: readonly Job[]): readonly Job[] =>
  jobs.toSorted((a, b) => recordedMs(b.agent, b.scenario.id) - recordedMs(a.agent, a.scenario.id));

/** Tries of a call whose caller does not keep time: such a call says nothing of the bot. */
const TRIES = 3;

async function runJob(lane: Lane, { agent, scenario, folder, fault }: Job): Promise<RunResult> {
  if (scenario.kind !== 'script') throw new Error(`${scenario.id} is no script`);
  const seeded = fault === undefined ? undefined : SEEDED_FAULTS[fault];
  let result = await lane.run(agent, scenario, folder, seeded);
  for (let tried = 1; tried < TRIES && result.failures[0]?.kind === 'caller'; tried += 1)
    result = await lane.run(agent, scenario, folder, seeded);
  return result;
}

function whyNotHere({ agent, scenario }: Job, { mode }: EvalOptions): string | undefined {
  const { id, kind, nova }: Scenario = scenario;
  if (kind === 'simulation') return 'a persona talks with a real model only';
  if (nova?.caller !== undefined) return 'needs a caller with nova.caller, which none is yet';
  if (nova?.needs === 'live') return 'needs a real model';
  if (nova?.needs === 'replay' && mode === 'offline') return 'needs a recording of a real model';
  if (nova?.needs === 'offline' && mode !== 'offline') return 'needs a scripted model';
  const transport = nova?.transport ?? 'webrtc';
  if (transport === 'daily' || (transport === 'phone' && mode !== 'offline')) return `needs the transport ${transport}`;
  if (mode === 'replay' && nova?.expect?.refused !== undefined) return 'no model takes part in it';
  if (mode === 'replay' && !hasCassettes(agent, id))
    return `has no recording: npm run eval -- ${agent} -s ${id} --record-cassettes`;
  return undefined;
}

function notRun({ agent, scenario }: Job, reason: string): RunResult {
  return { agent, scenario: scenario.id, outcome: 'not-run', failures: [], durationMs: 0, notJudged: 0, reason };
}

function keepRecordings(lanes: readonly Lane[], folder: string, secrets: readonly string[]): void {
  const files = readdirSync(folder);
  const calls = lanes.flatMap(({ recorded }) => recorded).filter(({ script }) => script.nova?.needs !== 'offline');
  for (const { agent, script, callId } of calls) {
    const own = files.filter((file) => file.startsWith(`${callId}-`) && file.endsWith(RECORDING_SUFFIX));
    const inOrder = Array.from(own, (_, at) => path.join(folder, `${callId}-${at + 1}${RECORDING_SUFFIX}`));
    keepCassettes(agent, script, inOrder, secrets);
  }
}

function partition<T>(all: readonly T[], holds: (one: T) => boolean): [yes: readonly T[], no: readonly T[]] {
  return [all.filter(holds), all.filter((one) => !holds(one))];
}
