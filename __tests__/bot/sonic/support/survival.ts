/**
 * A process of its own that puts faulty sessions behind it, because only a real process shows what a test runner hides:
 * uncaught exceptions, unhandled rejections, warnings, and handles that keep it alive. Prints one line of JSON.
 */
import pino from 'pino';
import { SonicClient } from '../../../../bot/sonic/client';
import { SonicModel } from '../../../../bot/sonic/model';
import { systemClock } from '../../../../bot/time/clock';
import { Ticker } from '../../../../bot/time/ticker';
import {
  FAKE_CREDENTIALS,
  startFakeBedrock,
  type Fault,
  type FaultTrigger,
} from '../../../../testbed/fakes/bedrock/server';
import { RecordingSpeechEvents } from '../../../support/recording-speech-events';
import { MODEL_ID, QUICK_LIMITS, REGION, SESSION } from './session-settings';

const AT_OPEN: readonly Fault['kind'][] = ['http-error', 'http1-peer', 'no-settings', 'no-headers'];
const FAULTS: readonly Fault[] = [
  { kind: 'exception', type: 'throttlingException' },
  { kind: 'exception', type: 'accessDeniedException' },
  { kind: 'error-message', code: 'Odd', message: 'odd' },
  { kind: 'bad-crc' },
  { kind: 'rst-stream' },
  { kind: 'goaway', code: 2 },
  { kind: 'tcp-fin' },
  { kind: 'tcp-rst' },
  { kind: 'end-stream' },
  { kind: 'garbage-json', layer: 'payload' },
  { kind: 'garbage-json', layer: 'event' },
  { kind: 'unknown-event' },
  { kind: 'http-error', status: 403 },
  { kind: 'http-error', status: 500 },
  { kind: 'http1-peer' },
  { kind: 'no-settings' },
  { kind: 'no-headers' },
];
const TRIGGERS: readonly FaultTrigger[] = ['at-open', 'after-first-event', 'during-speech'];

const problems: string[] = [];
process.on('uncaughtException', (error) => problems.push(`uncaught: ${String(error)}`));
process.on('unhandledRejection', (reason) => problems.push(`unhandled: ${String(reason)}`));
process.on('warning', (warning) => {
  if (!warning.message.includes('NodeVersionSupportWarning')) problems.push(`warning: ${warning.message}`);
});

async function main(sessions: number, atOnce: number): Promise<void> {
  const sandbox = await startFakeBedrock({ voice: 'tone', keepAudioOf: 0 });
  const logger = pino({ level: 'silent' });
  const client = new SonicClient({
    region: REGION,
    endpointUrl: sandbox.url,
    credentials: () => Promise.resolve({ ...FAKE_CREDENTIALS }),
    logger,
    // Generous: a busy machine is none of the faults that are meant here.
    http2: { settingsTimeoutMs: 1_500, pingEveryMs: 500, pingTimeoutMs: 3_000 },
  });
  const ticker = new Ticker({
    periodMs: 32,
    clock: systemClock,
    onListenerError: (e) => problems.push(`listener: ${String(e)}`),
  });
  const limits = { ...QUICK_LIMITS, attemptTimeoutMs: 2_000, openDeadlineMs: 20_000 };
  const model = new SonicModel({ client, modelId: MODEL_ID, ticker, logger, limits });
  const refusals: Record<string, number> = {};
  const ends = { closed: 0, failed: 0, refused: 0, other: 0 };

  async function session(): Promise<void> {
    const events = new RecordingSpeechEvents();
    try {
      const opened = await model.open(SESSION, events, new AbortController().signal);
      opened.sendText('Say exactly: "One. Two."');
      opened.sendAudio(new Int16Array(8_000).fill(5_000), 'speaking');
      await Promise.race([events.waitFor('turn ended'), events.waitFor('failed'), events.waitFor('reconnected')]);
      await opened.close();
      const [end] = events.ends;
      if (events.ends.length !== 1 || end === undefined) ends.other += 1;
      else ends[end.kind] += 1;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'none';
      refusals[code] = (refusals[code] ?? 0) + 1;
      if (events.ends.length === 0) ends.refused += 1;
      else ends.other += 1;
    }
  }

  // All at once, so that each connection finds its fault whatever the order in which sessions come.
  for (let i = 0; i < sessions; i += 1) {
    const fault = FAULTS[i % FAULTS.length];
    const when = TRIGGERS[i % TRIGGERS.length];
    if (fault === undefined || when === undefined) throw new Error('no faults');
    sandbox.failNext(fault, AT_OPEN.includes(fault.kind) ? 'at-open' : when);
  }
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < sessions) {
      next += 1;
      await session();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const leftAtEnd = { streams: client.liveStreams, ticks: ticker.listenerCount };
  model.stop();
  client.destroy();
  await sandbox.close();
  process.stdout.write(
    `${JSON.stringify({ ends, refusals, problems, leftAtEnd, connections: client.openConnections })}\n`,
  );
  // No exit: a handle that is left would keep this process alive, which is what the test looks for.
}

main(Number(process.argv[2] ?? 200), 60).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
