import { span } from '../../processes';
import type { Fault } from '../../fakes/bedrock';
import { asked, CallerLeft, type ChaosFault, type ChaosCall, type Outcome } from './call';
import { BAD_PLACES } from './weather-service';
import type { ChaosEnvironment } from './environment';

/** A row of the fault table. */
export interface ChaosCase {
  readonly name: string;
  /** What must become of its calls. */
  readonly expected: Outcome;
  readonly fault: ChaosFault;
  /** How long nothing can be recovered: what the recovery is not measured against. */
  readonly outageMs?: number;
  /** How far the bot's clock, by which its log is read, is ahead after the fault. */
  readonly clockAheadMs?: number;
  /** Struck once, when all calls of the row are in place; such a row has the bot to itself. */
  readonly together?: (environment: ChaosEnvironment, calls: readonly ChaosCall[]) => Promise<void>;
}

/** Something done to the one stream that carries the call. */
function toStream(fault: Fault, at: ChaosFault['at'] = 'speaking'): ChaosFault {
  return {
    at,
    inject: ({ environment, tag }) => {
      const session = environment.sessionOf(tag);
      if (session === undefined) throw new Error('no stream to inject');
      session.fail(fault);
    },
  };
}

const exception = (type: string, message?: string): Fault => ({
  kind: 'exception',
  type,
  ...(message === undefined ? {} : { message }),
});

/** Everything that can end or disturb one stream. */
const STREAM_FAULTS: readonly (readonly [string, Fault, Outcome?])[] = [
  ['throttlingException', exception('throttlingException')],
  ['serviceUnavailableException', exception('serviceUnavailableException')],
  ['internalServerException', exception('internalServerException')],
  ['modelStreamErrorException', exception('modelStreamErrorException')],
  ['modelTimeoutException', exception('modelTimeoutException')],
  ['expiredTokenException', exception('expiredTokenException')],
  ['an exception nobody knows', exception('brandNewException')],
  [
    'validationException: RST_STREAM',
    exception('validationException', 'RST_STREAM closed stream. HTTP/2 error code: NO_ERROR'),
  ],
  ['validationException: instability', exception('validationException', 'System instability detected')],
  [
    'validationException: idle',
    exception('validationException', 'Timed out waiting for audio bytes or interactive content.'),
  ],
  ['an unmodelled error', { kind: 'error-message', code: 'InternalFailure', message: 'oops' }],
  ['wrong checksum', { kind: 'bad-crc' }],
  ['RST_STREAM', { kind: 'rst-stream' }],
  ['RST_STREAM, NO_ERROR', { kind: 'rst-stream', code: 0 }],
  ['GOAWAY', { kind: 'goaway', code: 2 }],
  ['GOAWAY, NO_ERROR', { kind: 'goaway', code: 0 }],
  ['TCP FIN', { kind: 'tcp-fin' }],
  ['TCP RST', { kind: 'tcp-rst' }],
  ['network dead', { kind: 'tcp-stall' }],
  ['END_STREAM', { kind: 'end-stream' }],
  ['silent', { kind: 'silent' }],
  ['stops reading', { kind: 'stall' }],
  ['deaf', { kind: 'deaf' }],
  ['slow', { kind: 'slow', delayMs: 300 }],
  ['payload not JSON', { kind: 'garbage-json', layer: 'payload' }],
  ['event not JSON', { kind: 'garbage-json', layer: 'event' }],
  ['unknown event', { kind: 'unknown-event' }],
  ['stuck turn', { kind: 'stuck-turn' }],
  ['access taken away', exception('accessDeniedException'), 'said aloud'],
  ['quota used up', exception('serviceQuotaExceededException'), 'said aloud'],
  ['content filter', exception('validationException', 'Blocked by the content filter'), 'said aloud'],
];

const NOT_LEARNT = 'I am sorry, that did not work.';

/** The tool's service misbehaves: the model is told, and says so. What follows in the call must be as ever. */
function deadTool(name: string, place: string): ChaosCase {
  const question = `What is the weather in ${place}?`;
  return {
    name: `a tool that ${name}`,
    expected: 'recovered',
    fault: { at: 'listening', takesTime: true, inject: ({ caller }) => asked(caller, question, NOT_LEARNT) },
  };
}

/** Struck by all at once: each call's stream is reset, and opening another meets `fault` so many times a call. */
function whenReopened(name: string, fault: Fault, expected: Outcome = 'recovered', times = 1): ChaosCase {
  return {
    name: `on reopening: ${name}`,
    expected,
    fault: { at: 'speaking', inject: () => undefined },
    together: (environment, calls) => {
      environment.sandbox.failNext(fault, 'at-open', times * calls.length);
      for (const { tag } of calls) environment.sessionOf(tag)?.fail({ kind: 'tcp-rst' });
      return Promise.resolve();
    },
  };
}

const NOTHING_YET: ChaosFault = { at: 'speaking', inject: () => undefined };

/** For so long a storm, a restart or a frozen process lasts. */
const OUTAGE_MS = 4_000;

/** A lift, a tunnel; a bot keeps the call for 40 s. */
const NO_NETWORK_MS = 20_000;

const TOGETHER: readonly ChaosCase[] = [
  whenReopened('503', { kind: 'http-error', status: 503 }),
  whenReopened('500', { kind: 'http-error', status: 500 }),
  whenReopened('429, twice', { kind: 'http-error', status: 429 }, 'recovered', 2),
  whenReopened('expired token', { kind: 'http-error', status: 403, type: 'ExpiredTokenException' }),
  whenReopened('history refused', exception('validationException', 'Chat history is over max limit')),
  whenReopened('403', { kind: 'http-error', status: 403 }, 'said aloud'),
  whenReopened('HTTP/1.1 peer', { kind: 'http1-peer' }, 'said aloud'),
  { ...whenReopened('no SETTINGS', { kind: 'no-settings' }), outageMs: 3_000 },
  { ...whenReopened('no headers', { kind: 'no-headers' }), outageMs: 3_500 },
  {
    name: 'throttling storm',
    expected: 'recovered',
    fault: NOTHING_YET,
    outageMs: OUTAGE_MS,
    together: async (environment, calls) => {
      environment.sandbox.failNext({ kind: 'http-error', status: 429 }, 'at-open', Infinity);
      for (const { tag } of calls) environment.sessionOf(tag)?.fail(exception('throttlingException'));
      await span(OUTAGE_MS);
      environment.sandbox.clearFaults();
    },
  },
  {
    name: 'restart of the service',
    expected: 'recovered',
    fault: NOTHING_YET,
    outageMs: OUTAGE_MS,
    together: (environment) => environment.restartSandbox(OUTAGE_MS),
  },
  {
    name: 'process frozen for 3 s',
    expected: 'recovered',
    fault: NOTHING_YET,
    together: async ({ bot }) => {
      bot.signal('SIGSTOP');
      await span(3_000);
      bot.signal('SIGCONT');
    },
  },
  {
    name: 'clock jumps by two minutes',
    expected: 'recovered',
    fault: NOTHING_YET,
    clockAheadMs: 120_000,
    together: (environment, calls) => {
      environment.bot.signal('SIGUSR2');
      for (const { tag } of calls) environment.sessionOf(tag)?.fail({ kind: 'rst-stream' });
      return Promise.resolve();
    },
  },
];

/** The whole table. */
export const CHAOS: readonly ChaosCase[] = [
  ...STREAM_FAULTS.map(([name, fault, expected = 'recovered']): ChaosCase => ({
    name,
    expected,
    fault: toStream(fault),
  })),
  { name: 'deaf to the first word', expected: 'recovered', fault: toStream({ kind: 'deaf' }, 'listening') },
  { name: 'silent from the first word', expected: 'recovered', fault: toStream({ kind: 'silent' }, 'listening') },
  ...Object.entries(BAD_PLACES).map(([name, place]) => deadTool(name, place)),
  {
    name: 'the caller vanishes',
    expected: 'left by the caller',
    fault: {
      at: 'speaking',
      inject: ({ network }) => {
        network.cut();
        throw new CallerLeft();
      },
    },
  },
  {
    name: 'the caller has no network for 20 s',
    expected: 'recovered',
    fault: {
      at: 'listening',
      takesTime: true,
      inject: async ({ caller, network }) => {
        network.cut();
        await caller.restart(span(NO_NETWORK_MS));
      },
    },
  },
  ...TOGETHER,
];
