import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RECORDING_SUFFIX } from '../../../contract/model-recordings';
import { type CallWay, webRtcWay } from '../../../evals/caller';
import type { Transport } from '../../../evals/figures';
import { type RunResult, withoutRun } from '../../../evals/report';
import { buildBot } from '../../processes';
import { EspeakSynthesiser } from '../../speech';
import { keepCassettes, recordedMs } from './cassettes';
import { type Job, servedAgents } from './jobs';
import { Lane, type LaneOptions, type RecordedCall } from './lane';
import { DailyWay } from './lines/daily';
import { PhoneWay } from './lines/phone';
import { type LiveRun, seriesFor } from './live-run';
import { LiveModel } from './model/live';
import type { ModelSide } from './model/model-side';
import { RecordedModel } from './model/recorded';
import { StandInModel } from './model/stand-in';
import type { EvalOptions } from './options';
import { hasFound } from './search';
import { ChangedBots, SEEDED_FAULTS, type SeededFault } from './seeded-faults';
import { whyNotIn } from './why-not';

/**
 * Runs all, `concurrency` at a time, each lane's bot being started once.
 * @param tell hears of each result as it comes
 * @throws Error where no bot could be started, or a recording cannot be kept
 */
export async function runJobs(
  jobs: readonly Job[],
  options: EvalOptions,
  tell: (result: RunResult, job: Job) => void,
  live?: LiveRun,
): Promise<void> {
  const { concurrency, repeat, mode, recordCassettes } = options;
  const ready = jobs.filter((job) => whyNotIn(mode, job) === undefined);
  for (const job of jobs) {
    const reason = whyNotIn(mode, job);
    if (reason !== undefined) tell(withoutRun(job.agent, job.scenario, { outcome: 'not-run', reason }), job);
  }
  if (ready.length === 0) return;
  await buildBot();
  const bots = await ChangedBots.build(ready.flatMap((job) => faultOf(job)?.code ?? []));
  const each = live === undefined ? ready : ready.flatMap((job) => times(seriesFor(job.scenario, options).runs, job));
  const ordered = live === undefined ? longestFirst(each) : each;
  const queue = ownBotsFirst(Array.from({ length: repeat }, () => ordered).flat());
  const synthesiser = new EspeakSynthesiser();
  const served = await servedAgents(jobs);
  const secrets = live === undefined ? served.secrets : withOwn(served.secrets);
  const recordings = recordCassettes || live !== undefined ? mkdtempSync(path.join(tmpdir(), 'evals-')) : undefined;
  const lanes: Lane[] = [];
  const modelFor = async (): Promise<ModelSide> => {
    if (live !== undefined) return new LiveModel(live.account.variables, recordings ?? '');
    return mode === 'replay' ? RecordedModel.open() : StandInModel.open(options.dialect);
  };
  const opening: Promise<Lane>[] = [];
  const work = async (): Promise<void> => {
    for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
      const program = bots.programOf(faultOf(first)?.code);
      const opened = openFor(
        first,
        {
          ...served,
          secrets,
          synthesiser,
          recordings,
          judge: live?.models.judge,
          simulator: live?.models.simulator,
          program,
        },
        modelFor,
        queue,
      );
      opening.push(opened);
      const lane = await opened;
      lanes.push(lane);
      // Bots that are being started have the processor, and the first calls would seem late.
      await Promise.allSettled(opening);
      const bot = botOf(first);
      for (let job: Job | undefined = first; job !== undefined; job = nextFor(bot, queue))
        tell(live === undefined ? await runJob(lane, job) : await runLive(lane, job, live), job);
      await lane.close();
    }
  };
  // A lane that does not open leaves its part to the others.
  const worked = await Promise.allSettled(Array.from({ length: Math.min(concurrency, queue.length) }, work));
  await Promise.allSettled(lanes.map((lane) => lane.close()));
  await synthesiser.close();
  bots.close();
  const broken = worked.find((one) => one.status === 'rejected');
  if (broken !== undefined && queue.length > 0) throw broken.reason;
  if (recordings === undefined) return;
  try {
    if (recordCassettes) keepRecordings(lanes, recordings, Object.values(secrets));
  } finally {
    rmSync(recordings, { recursive: true });
  }
}

/** @throws Error where its bot does not start; the job is left to the others then */
async function openFor(job: Job, lane: LaneOptions, modelFor: () => Promise<ModelSide>, queue: Job[]): Promise<Lane> {
  try {
    const { bot, transport } = job.scenario.nova ?? {};
    return await Lane.open({ ...lane, bot }, modelFor, () => wayOf(transport, lane.agents));
  } catch (error) {
    queue.push(job);
    throw error;
  }
}

async function wayOf(transport: Transport | undefined, agents: readonly string[]): Promise<CallWay> {
  if (transport === 'phone') return PhoneWay.open(agents);
  return transport === 'daily' ? DailyWay.open() : webRtcWay;
}

/** Which bot a job needs: all with the same code, the same variables and the same way to it have one. */
const botOf = (job: Job): string => {
  const { transport = 'webrtc', bot = {} } = job.scenario.nova ?? {};
  return JSON.stringify([transport, bot, faultOf(job)?.code]);
};
const faultOf = ({ fault }: Job): SeededFault | undefined => (fault === undefined ? undefined : SEEDED_FAULTS[fault]);

/** Those that need a bot of their own first: they are the longest. */
const ownBotsFirst = (jobs: readonly Job[]): Job[] => jobs.toSorted((a, b) => Number(isPlain(a)) - Number(isPlain(b)));
const isPlain = (job: Job): boolean => {
  const { transport, bot } = job.scenario.nova ?? {};
  return transport === undefined && bot === undefined && faultOf(job)?.code === undefined;
};

/** The next job for this bot is taken, if there is one. */
function nextFor(bot: string, queue: Job[]): Job | undefined {
  const at = queue.findIndex((job) => botOf(job) === bot);
  return at < 0 ? undefined : queue.splice(at, 1)[0];
}

const times = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one);

/** Tools that run for a real model have the secrets of whoever pays, where those are set. */
const withOwn = (madeUp: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(madeUp).map(([name, value]) => [name, process.env[name] ?? value]));

/** The longest call is the last to end, wherever it stands; one of which nothing is recorded may be it. */
const longestFirst = (jobs: readonly Job[]): readonly Job[] =>
  jobs
    .map((job) => ({ job, ms: recordedMs(job.agent, job.scenario.id) || Number.MAX_SAFE_INTEGER }))
    .toSorted((a, b) => b.ms - a.ms)
    .map(({ job }) => job);

/** Tries of a call whose caller does not keep time: such a call says nothing of the bot. */
const TRIES = 3;

async function runJob(lane: Lane, job: Job, tries = TRIES): Promise<RunResult> {
  const { agent, scenario, folder } = job;
  const seeded = faultOf(job);
  const saysNothing = (result: RunResult): boolean =>
    result.failures[0]?.kind === 'caller' && !(job.fault !== undefined && hasFound(job.fault, result));
  let result = await lane.run(agent, scenario, folder, seeded);
  for (let tried = 1; tried < tries && saysNothing(result); tried += 1)
    result = await lane.run(agent, scenario, folder, seeded);
  return result;
}

/** A call that there is money for. */
async function runLive(lane: Lane, job: Job, live: LiveRun): Promise<RunResult> {
  const { agent, scenario } = job;
  if (!live.models.mayBegin(scenario)) return withoutRun(agent, scenario, live.models.refusal);
  const result = await runJob(lane, job, 1);
  live.models.settle(scenario, result);
  return result;
}

function keepRecordings(lanes: readonly Lane[], folder: string, secrets: readonly string[]): void {
  const files = readdirSync(folder);
  const isReplayed = ({ script: { nova } }: RecordedCall): boolean =>
    nova?.needs !== 'offline' && (nova?.transport ?? 'webrtc') === 'webrtc';
  for (const { agent, script, callId } of lanes.flatMap(({ recorded }) => recorded).filter(isReplayed)) {
    const own = files.filter((file) => file.startsWith(`${callId}-`) && file.endsWith(RECORDING_SUFFIX));
    const inOrder = Array.from(own, (_, at) => path.join(folder, `${callId}-${at + 1}${RECORDING_SUFFIX}`));
    keepCassettes(agent, script, inOrder, secrets);
  }
}
