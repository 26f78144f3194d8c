import { Caller, RefusedError, type CallEnd } from '../../../smoke/caller';
import { BotProcess } from '../../processes';
import { bundledScenario, startFakeBedrock } from '../../fakes/bedrock';
import { LoadBalancer, Scheduler } from '../../fakes/ecs';
import { FakeEcs } from '../../../smoke/ecs';
import { deployAnew } from './deploy-anew';
import { taskEnvironment } from './task-environment';

export interface RollingOptions {
  /** Tasks of each release. */
  readonly tasks: number;
  readonly callsPerTask: number;
  /** Calls that are there when the release begins. */
  readonly callsBefore: number;
  /** Calls that come while it is under way. */
  readonly callsDuring: number;
  readonly say?: (line: string) => void;
}

/** What became of a rolling replacement under load. */
export interface RollingResult {
  /** Answers to starts that reached callers, by status: 307 is followed by every client. */
  readonly starts: ReadonlyMap<number, number>;
  readonly refused: number;
  /** Calls that ended before their caller hung up. */
  readonly dropped: number;
  /** Calls that came while the new release ran, by what took them. */
  readonly takenByNew: number;
  readonly takenByOld: number;
  /** How the old tasks ended. */
  readonly exitCodes: readonly (number | null)[];
  readonly killed: number;
  /** From the deployment until the last old task was gone. */
  readonly tookMs: number;
}

interface Placed {
  readonly caller: Caller;
  end: CallEnd | undefined;
}

const ANSWER_WITHIN_MS = 20_000;

/**
 * A release under load: built bots as tasks behind a load balancer, with calls; a new deployment; more calls while it
 * is under way; every old call still answers after it; then its caller hangs up, and the old tasks go.
 */
export async function rollingReplacement(options: RollingOptions): Promise<RollingResult> {
  const { tasks, callsPerTask, say = () => undefined } = options;
  const [ecs, balancer, sandbox] = await Promise.all([
    FakeEcs.start(),
    LoadBalancer.start(),
    startFakeBedrock({ scenario: bundledScenario() }),
  ]);
  const bots = new Map<string, BotProcess>();
  const scheduler = new Scheduler({
    ecs,
    balancer,
    start: async (task, environment) => {
      const bot = await BotProcess.start(0, {
        ...environment,
        ...taskEnvironment(sandbox, callsPerTask),
        START_RATE_PER_MINUTE: '1000',
        UNANSWERED_STARTS_PER_CALLER: '1000',
        START_HOPS: '16',
      });
      bots.set(task.id, bot);
      return bot;
    },
  });
  const placed: Placed[] = [];
  let refused = 0;
  const call = async (): Promise<void> => {
    try {
      const one: Placed = { caller: await Caller.connect({ baseUrl: balancer.url }), end: undefined };
      void one.caller.ended.then((end) => (one.end = end));
      placed.push(one);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      refused += 1;
      say(error.message);
    }
  };
  const answers = async ({ caller }: Placed): Promise<void> => {
    const from = caller.messages.length;
    caller.sendText('Are you still there for me?');
    await caller.waitForMessage('bot-started-speaking', ANSWER_WITHIN_MS, from);
  };
  try {
    const old = await scheduler.launch(tasks);
    await Promise.all(Array.from({ length: options.callsBefore }, call));
    say(`${old.length} tasks, ${placed.length} calls`);

    const beganMs = performance.now();
    const { fresh, retiring } = await deployAnew({ ecs, scheduler, bots, old, say });

    await Promise.all(Array.from({ length: options.callsDuring }, call));
    await Promise.all(placed.map(answers));
    const dropped = placed.filter(({ end }) => end !== undefined).length;
    const during = placed.slice(-options.callsDuring).map(({ caller }) => caller.sessionId);
    const takenBy = (ids: readonly string[]): number =>
      ids
        .flatMap((id) => bots.get(id)?.log ?? [])
        .filter((line) => line['msg'] === 'call started' && during.includes(String(line['callId']))).length;
    const takenByNew = takenBy(fresh.map(({ id }) => id));
    const takenByOld = takenBy(old.map(({ id }) => id));
    say(`${placed.length} calls answer; ${dropped} dropped, ${refused} refused`);

    for (const { caller } of placed) caller.hangUp();
    const stopped = await retiring;
    const tookMs = performance.now() - beganMs;
    const result: RollingResult = {
      starts: balancer.starts,
      refused,
      dropped,
      takenByNew,
      takenByOld,
      exitCodes: stopped.map(({ exitCode }) => exitCode),
      killed: stopped.filter(({ killed }) => killed).length,
      tookMs,
    };
    say(`${stopped.length} old tasks gone after ${Math.round(tookMs)} ms`);
    return result;
  } finally {
    for (const { caller } of placed) caller.hangUp();
    await scheduler.close();
    await Promise.all([balancer.close(), ecs.close(), sandbox.close()]);
  }
}
