import { MODEL_OUTPUT_HZ, msToSamples, rms } from '../../bot/audio';
import { BotError } from '../../bot/errors';
import { RTVI_LABEL } from '../../bot/rtvi/messages';
import { systemClock, Ticker } from '../../bot/time';
import type { TransportEvents } from '../../bot/transport/transport';
import { DAILY_TIMEOUTS, type DailyOptions, DailyService, DailyTransport } from '../../bot/transport/daily';

/** What two clients found in a room of their own. Durations in ms. */
export interface RoomReport {
  readonly roomMs: number;
  readonly joinMs: number;
  /** From the first sample handed over on one side to the first heard on the other, each way. */
  readonly soundMs: readonly [number, number];
  /** A message, each way. */
  readonly messageMs: readonly [number, number];
  readonly leaveMs: number;
}

const TONE_MS = 1_500;
const FRAME_MS = 20;
/** Half of full scale. */
const AMPLITUDE = 16_384;
/** Half of what a tone at half of full scale has. */
const HEARD_RMS = 0.1;
const HEARD_WITHIN_MS = 10_000;
const ROOM_LASTS_MS = 180_000;

/** One of the two participants: its sound and messages. */
class Side {
  readonly transport: DailyTransport;
  #onSound: () => void = () => undefined;
  #onMessage: () => void = () => undefined;

  constructor(transport: DailyTransport) {
    this.transport = transport;
  }

  start(signal: AbortSignal): Promise<void> {
    const nothing = (): void => undefined;
    const events: TransportEvents = {
      onAudio: (pcm16k) => {
        if (rms(pcm16k) > HEARD_RMS) this.#onSound();
      },
      onMessage: () => this.#onMessage(),
      onLeft: nothing,
      onFailed: nothing,
      onMuted: nothing,
      onMalformed: nothing,
    };
    return this.transport.start(events, signal);
  }

  hears(): Promise<void> {
    return new Promise((resolve) => (this.#onSound = resolve));
  }

  isTold(): Promise<void> {
    return new Promise((resolve) => (this.#onMessage = resolve));
  }
}

/**
 * Makes a room, joins it twice, sends sound and a message both ways, and takes the room away: what a test against a
 * sandbox cannot show of Daily's own servers and call machine.
 * @throws BotError that says what did not work; the room is taken away whatever happens
 */
export async function checkRoom(
  options: Omit<DailyOptions, 'pool' | 'load' | 'maxCallMs' | 'clock'>,
  signal: AbortSignal,
): Promise<RoomReport> {
  const service = await DailyService.open({
    ...options,
    clock: systemClock,
    pool: { callsPerPage: 2, pagesPerBrowser: 1, maxCalls: 2, callsInPageLife: 2 },
    load: { busyShare: 1, pingMs: Number.POSITIVE_INFINITY },
    maxCallMs: ROOM_LASTS_MS,
  });
  const since = stopwatch();
  let room: string | undefined;
  try {
    const made = await service.rooms.create(ROOM_LASTS_MS);
    room = made.name;
    // Both join as callers, so that each listens to the other.
    const tokens = await Promise.all([0, 1].map(() => service.rooms.createToken(made.name, 'caller', ROOM_LASTS_MS)));
    const roomMs = since();
    const sides = await Promise.all(
      tokens.map(async (token) => new Side(await join(service, options, made.url, token))),
    );
    const [first, second] = sides;
    if (first === undefined || second === undefined) throw new BotError('internal', 'two sides are needed');
    try {
      await Promise.all(sides.map((side) => side.start(signal)));
      const joinMs = since();
      const soundMs = [await carry(first, second, signal), await carry(second, first, signal)] as const;
      const messageMs = [await tell(first, second, signal), await tell(second, first, signal)] as const;
      since();
      await Promise.all(sides.map(({ transport }) => transport.close('operator')));
      return { roomMs, joinMs, soundMs, messageMs, leaveMs: since() };
    } finally {
      await Promise.all(sides.map(({ transport }) => transport.close('operator')));
    }
  } finally {
    try {
      if (room !== undefined) await service.rooms.delete(room);
    } finally {
      await service.close();
    }
  }
}

async function join(
  service: DailyService,
  { bundleUrl, telemetry }: Pick<DailyOptions, 'bundleUrl' | 'telemetry'>,
  roomUrl: string,
  botToken: string,
): Promise<DailyTransport> {
  const page = await service.pool.acquire();
  return new DailyTransport({
    roomUrl,
    botToken,
    bundleUrl,
    page,
    bridge: service.bridge,
    clock: systemClock,
    telemetry,
    timeouts: { ...DAILY_TIMEOUTS, farewellMs: 0, partingMs: 0 },
    onPageHangs: () => service.pool.discard(page),
    onPageSuspect: () => service.pool.retireWhenIdle(page),
    tellLost: () => Promise.resolve(),
    invite: () => Promise.reject(new Error('nobody is invited here')),
    release: () => {
      service.pool.release(page);
      return Promise.resolve();
    },
  });
}

/** @returns how long sound takes from one to the other */
async function carry(from: Side, to: Side, signal: AbortSignal): Promise<number> {
  const heard = to.hears();
  const since = stopwatch();
  const ticker = new Ticker({ periodMs: FRAME_MS, clock: systemClock, onListenerError: () => undefined });
  let sentMs = 0;
  const hush = ticker.subscribe(() => {
    if (sentMs < TONE_MS) from.transport.play(tone(sentMs));
    sentMs += FRAME_MS;
  });
  try {
    await bounded(heard, 'no sound came through the room', signal);
    return since();
  } finally {
    hush();
    await from.transport.flush();
  }
}

/** @returns how long a message takes from one to the other */
async function tell(from: Side, to: Side, signal: AbortSignal): Promise<number> {
  const told = to.isTold();
  const since = stopwatch();
  from.transport.send({ label: RTVI_LABEL, type: 'server-message', data: { check: true } });
  await bounded(told, 'no message came through the room', signal);
  return since();
}

/** 20 ms of 400 Hz, `atMs` into the tone. */
function tone(atMs: number): Int16Array {
  const first = msToSamples(atMs, MODEL_OUTPUT_HZ);
  return Int16Array.from({ length: msToSamples(FRAME_MS, MODEL_OUTPUT_HZ) }, (_, i) =>
    Math.round(AMPLITUDE * Math.sin((2 * Math.PI * 400 * (first + i)) / MODEL_OUTPUT_HZ)),
  );
}

function bounded(wait: Promise<void>, failure: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new BotError('daily_call_ended', failure));
    const timer = systemClock.after(HEARD_WITHIN_MS, fail);
    signal.addEventListener('abort', fail, { once: true });
    void wait.then(() => {
      timer.cancel();
      signal.removeEventListener('abort', fail);
      resolve();
    });
  });
}

/** Milliseconds since it was last asked. */
function stopwatch(): () => number {
  let atMs = systemClock.nowMs();
  return () => {
    const elapsedMs = systemClock.nowMs() - atMs;
    atMs += elapsedMs;
    return elapsedMs;
  };
}
