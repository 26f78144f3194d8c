import { MODEL_INPUT_HZ, MODEL_OUTPUT_HZ, samplesToMs } from '../../bot/audio';
import { BotError } from '../../bot/errors';
import { NOBODY_LISTENS, SonicClient, SonicModel, type SpeechEvents, type SpeechSession } from '../../bot/sonic';
import { createLogger } from '../../bot/telemetry';
import { systemClock, Ticker } from '../../bot/time';
import { Interrupted } from '../cli/ops-error';
import { explainModelFailure, type ModelAddress } from './explain';

const FRAME_MS = 32;
const FRAME_SAMPLES = (FRAME_MS * MODEL_INPUT_HZ) / 1000;
/** Half a second of speech counts as an answer: waiting for the rest would only cost time and money. */
const ENOUGH_MS = 500;
const ANSWER_WITHIN_MS = 20_000;

/** What one question and its answer took. All in ms. */
export interface Exchange {
  /** From nothing to a stream that the service has accepted. */
  readonly openMs: number;
  /** From the end of our speech to the first word of text. */
  readonly textMs: number;
  /** From the end of our speech to the first sound. */
  readonly audioMs: number;
  /** How much speech came. */
  readonly heardMs: number;
  /** Whether the model wrote down what it heard. */
  readonly understood: boolean;
}

export interface ExchangeOptions extends ModelAddress {
  readonly voiceId: string;
  /** 16 kHz mono. */
  readonly speech: Int16Array;
  readonly signal: AbortSignal;
}

/**
 * A real conversation, as the bot has it: a stream is opened, speech goes in in real time, text and audio come out.
 * @throws OpsError that names the cause; Interrupted
 */
export async function exchange(options: ExchangeOptions): Promise<Exchange> {
  const { region, endpointUrl, modelId, signal } = options;
  const logger = createLogger({ level: 'silent', version: 'ops' });
  const ticker = new Ticker({ periodMs: FRAME_MS, clock: systemClock, onListenerError: () => undefined });
  const client = new SonicClient({ region, endpointUrl, logger });
  // One attempt: what an operator wants to see is the failure, not how it is overcome.
  const model = new SonicModel({ client, modelId, ticker, logger, limits: { reconnectAttempts: 0 } });
  const answer = new Answer();
  let session: SpeechSession | undefined;
  try {
    const beganMs = systemClock.nowMs();
    session = await model.open(sessionOptions(options.voiceId), answer.events, signal);
    const openedMs = systemClock.nowMs();
    await speak(session, options.speech, ticker, signal);
    const spokenMs = systemClock.nowMs();
    await within(answer.complete, ANSWER_WITHIN_MS, signal);
    return {
      openMs: openedMs - beganMs,
      textMs: Math.max(0, answer.textAtMs - spokenMs),
      audioMs: Math.max(0, answer.audioAtMs - spokenMs),
      heardMs: samplesToMs(answer.samples, MODEL_OUTPUT_HZ),
      understood: answer.understood,
    };
  } catch (error) {
    if (signal.aborted) throw new Interrupted('Nothing was changed.');
    throw error instanceof BotError ? explainModelFailure(error, options) : error;
  } finally {
    await session?.close();
    model.stop();
    client.destroy();
  }
}

function sessionOptions(voiceId: string) {
  return {
    callId: 'bedrock-check',
    systemPrompt: 'You are being tested. Answer whatever you hear with one short, friendly sentence.',
    voiceId,
    tools: [],
    endpointingSensitivity: 'HIGH',
  } as const;
}

/** Collects what the model says, and knows when text and enough audio have come. */
class Answer {
  textAtMs = 0;
  audioAtMs = 0;
  samples = 0;
  understood = false;
  readonly complete: Promise<void>;
  readonly events: SpeechEvents;

  constructor() {
    let finish: () => void = () => undefined;
    let fail: (error: BotError) => void = () => undefined;
    this.complete = new Promise((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
    // It may be rejected when nobody waits any more.
    this.complete.catch(() => undefined);
    this.events = {
      ...NOBODY_LISTENS,
      onAudio: (pcm24k) => {
        if (this.samples === 0) this.audioAtMs = systemClock.nowMs();
        this.samples += pcm24k.length;
        if (this.#isEnough) finish();
      },
      onTranscript: ({ role }) => {
        if (role === 'user') this.understood = true;
        else if (this.textAtMs === 0) this.textAtMs = systemClock.nowMs();
        if (this.#isEnough) finish();
      },
      onTurnEnded: () => {
        if (this.samples > 0) finish();
      },
      onReconnecting: (cause) => fail(cause),
      onEnd: (end) =>
        fail(end.kind === 'failed' ? end.error : new BotError('model_silent', 'The stream ended before an answer.')),
    };
  }

  get #isEnough(): boolean {
    return this.textAtMs > 0 && samplesToMs(this.samples, MODEL_OUTPUT_HZ) >= ENOUGH_MS;
  }
}

/** Sends speech as fast as it is spoken; resolves with its last frame. */
function speak(session: SpeechSession, speech: Int16Array, ticker: Ticker, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let at = 0;
    const stop = ticker.subscribe(() => {
      if (at < speech.length && !signal.aborted) {
        session.sendAudio(speech.slice(at, at + FRAME_SAMPLES), 'speaking');
        at += FRAME_SAMPLES;
        return;
      }
      stop();
      resolve();
    });
  });
}

/** @throws BotError `model_silent` when it takes longer */
function within(done: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = systemClock.after(ms, () => {
      const seconds = ms / 1000;
      reject(new BotError('model_silent', `The model took the speech and did not answer within ${seconds} s.`));
    });
    const stop = (): void => {
      late.cancel();
      reject(new BotError('model_silent', 'The wait was given up.'));
    };
    signal.addEventListener('abort', stop, { once: true });
    done.then(resolve, reject).finally(() => {
      late.cancel();
      signal.removeEventListener('abort', stop);
    });
  });
}
