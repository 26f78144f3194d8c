import { sayExactly } from '../../contract/prompts';
import { BotError } from '../../bot/errors';
import { NOBODY_LISTENS, SonicClient, SonicModel, type SpeechEvents, type SpeechModel } from '../../bot/sonic';
import { createLogger } from '../../bot/telemetry';
import { systemClock, Ticker } from '../../bot/time';
import { explainModelFailure, type ModelAddress } from '../bedrock/explain';
import { Interrupted } from '../cli/ops-error';

const FRAME_MS = 32;
/** The longest notice takes ten seconds, and the first sound of a stream up to eight. */
const WITHIN_MS = 40_000;

/** What the model said: its own transcript of it, and the sound, 24 kHz mono. */
export interface Said {
  readonly words: string;
  readonly pcm24k: Int16Array;
}

/** Says a sentence. @throws OpsError that names the cause; Interrupted */
export type Say = (words: string) => Promise<Said>;

interface Speaker extends ModelAddress {
  readonly voiceId: string;
  readonly signal: AbortSignal;
}

/** A speaker with the model's voice; each sentence has a stream of its own, which remembers no other. */
export function speakerOf(speaker: Speaker): { readonly say: Say; readonly close: () => void } {
  const { region, endpointUrl, modelId, signal } = speaker;
  const logger = createLogger({ level: 'silent', version: 'ops' });
  const ticker = new Ticker({ periodMs: FRAME_MS, clock: systemClock, onListenerError: () => undefined });
  const client = new SonicClient({ region, endpointUrl, logger });
  const model = new SonicModel({ client, modelId, ticker, logger, limits: { reconnectAttempts: 0 } });
  return {
    say: async (words) => {
      try {
        return await saidBy(model, speaker, words);
      } catch (error) {
        if (signal.aborted) throw new Interrupted('What was recorded before is kept.');
        throw error instanceof BotError ? explainModelFailure(error, speaker) : error;
      }
    },
    close: () => {
      model.stop();
      client.destroy();
    },
  };
}

async function saidBy(model: SpeechModel, { voiceId, signal }: Speaker, words: string): Promise<Said> {
  const heard = new Heard();
  const options = {
    callId: 'agent-notices',
    systemPrompt: 'You read sentences aloud. Say each one word for word, in its own language, and nothing besides.',
    voiceId,
    tools: [],
    endpointingSensitivity: 'HIGH',
  } as const;
  const session = await model.open(options, heard.events, signal);
  const late = systemClock.after(WITHIN_MS, () => heard.fail(new BotError('model_silent', 'The model said nothing.')));
  const stop = (): void => heard.fail(new BotError('model_silent', 'The wait was given up.'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    session.sendText(sayExactly(words));
    return await heard.said;
  } finally {
    late.cancel();
    signal.removeEventListener('abort', stop);
    await session.close();
  }
}

/** Keeps what the model says until its turn is over. */
class Heard {
  readonly said: Promise<Said>;
  readonly events: SpeechEvents;
  fail: (error: BotError) => void = () => undefined;
  readonly #pieces: Int16Array[] = [];
  readonly #sentences: string[] = [];

  constructor() {
    let finish: (said: Said) => void = () => undefined;
    this.said = new Promise((resolve, reject) => {
      finish = resolve;
      this.fail = reject;
    });
    // It may be rejected when nobody waits any more.
    this.said.catch(() => undefined);
    this.events = {
      ...NOBODY_LISTENS,
      onAudio: (pcm24k) => void this.#pieces.push(pcm24k),
      onTranscript: ({ role, text, stage }) => {
        if (role === 'assistant' && stage === 'speculative') this.#sentences.push(text);
      },
      onTurnEnded: (isBroken) => {
        if (!isBroken && this.#pieces.length > 0) finish({ words: this.#sentences.join(' '), pcm24k: this.#sound() });
      },
      onReconnecting: (cause) => this.fail(cause),
      onEnd: (end) =>
        this.fail(end.kind === 'failed' ? end.error : new BotError('model_silent', 'The stream ended before that.')),
    };
  }

  #sound(): Int16Array {
    const all = new Int16Array(this.#pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
