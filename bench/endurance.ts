import { Caller } from '../smoke/caller';
import { startFakeBedrock, type Fault, type FaultTrigger } from '../testbed/fakes/bedrock/server';
import { metric, startBot } from '../testbed/processes/started-bot';

export interface EnduranceResult {
  readonly calls: number;
  readonly faultyCalls: number;
  /** The bot's memory after a quarter of the calls, and after all of them. */
  readonly rssMbEarly: number;
  readonly rssMbLate: number;
  readonly heapMbEarly: number;
  readonly heapMbLate: number;
  readonly callsLeft: number;
  readonly modelConnectionsLeft: number;
  /** Uncaught exceptions and rejections. */
  readonly processFailures: number;
  readonly exitCode: number | null;
}

const AT_ONCE = 8;
const FAULTS: readonly (readonly [Fault, FaultTrigger])[] = [
  [{ kind: 'rst-stream' }, 'during-speech'],
  [{ kind: 'tcp-rst' }, 'during-speech'],
  [{ kind: 'tcp-fin' }, 'after-first-event'],
  [{ kind: 'end-stream' }, 'during-speech'],
  [{ kind: 'goaway', code: 2 }, 'during-speech'],
  [{ kind: 'bad-crc' }, 'during-speech'],
  [{ kind: 'exception', type: 'throttlingException' }, 'after-first-event'],
  [{ kind: 'exception', type: 'modelTimeoutException' }, 'during-speech'],
  [{ kind: 'exception', type: 'accessDeniedException' }, 'during-speech'],
  [{ kind: 'garbage-json', layer: 'payload' }, 'during-speech'],
  [{ kind: 'http-error', status: 503 }, 'at-open'],
  [{ kind: 'http-error', status: 403 }, 'at-open'],
  [{ kind: 'stuck-turn' }, 'during-speech'],
];

/** Many short calls, then many whose model fails in every known way: what is left of them afterwards. */
export async function benchEndurance(calls: number, faultyCalls: number): Promise<EnduranceResult> {
  const sandbox = await startFakeBedrock({ voice: 'tone', keepAudioOf: 0 });
  const bot = await startBot(sandbox.url, AT_ONCE * 4);
  const memory = async (): Promise<{ rssMb: number; heapMb: number }> => ({
    rssMb: (await metric(bot.url, 'process_resident_memory_bytes')) / 1_048_576,
    heapMb: (await metric(bot.url, 'process_heap_used_bytes')) / 1_048_576,
  });
  const shortCall = async (): Promise<void> => {
    const caller = await Caller.connect({ baseUrl: bot.url, record: false });
    await caller.waitForMessage('bot-started-speaking', 20_000);
    caller.hangUp();
  };
  const faultyCall = async (i: number): Promise<void> => {
    const [fault, when] = FAULTS[i % FAULTS.length] ?? [];
    if (fault !== undefined && when !== undefined) sandbox.failNext(fault, when);
    // Some of them never become ready: that is the point.
    const caller = await Caller.connect({ baseUrl: bot.url, record: false }).catch(() => undefined);
    await caller?.waitForMessage('bot-started-speaking', 20_000).catch(() => undefined);
    caller?.hangUp();
  };
  try {
    await inParallel(Math.ceil(calls / 4), shortCall);
    const early = await memory();
    await inParallel(calls - Math.ceil(calls / 4), shortCall);
    const late = await memory();
    await inParallel(faultyCalls, faultyCall);
    sandbox.clearFaults();
    await nothingLeft(bot.url, () => sandbox.connections);
    const callsLeft = await metric(bot.url, 'calls_active');
    const modelConnectionsLeft = sandbox.connections;
    const processFailures = await metric(bot.url, 'process_failures_total');
    const exitCode = await bot.stop();
    return {
      calls,
      faultyCalls,
      rssMbEarly: early.rssMb,
      rssMbLate: late.rssMb,
      heapMbEarly: early.heapMb,
      heapMbLate: late.heapMb,
      callsLeft,
      modelConnectionsLeft,
      processFailures,
      exitCode,
    };
  } finally {
    await bot.stop();
    await sandbox.close();
  }
}

async function inParallel(count: number, act: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Calls end a moment after their callers have gone, the longest goodbye takes some seconds; then the model is let go. */
async function nothingLeft(botUrl: string, modelConnections: () => number): Promise<void> {
  const deadlineMs = performance.now() + 40_000;
  while (performance.now() < deadlineMs) {
    if ((await metric(botUrl, 'calls_active')) === 0 && modelConnections() === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
