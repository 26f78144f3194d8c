import {
  ENVELOPE_STEP_MS,
  type InputAudio,
  type ModelRecording,
  readInputAudio,
} from '../../../../contract/model-recordings';
import { isObject } from '../input';
import { ActReader, type Act } from './acts';
import { envelopeSteps, HeardSpeech } from './heard-speech';

/** What an output waits for: the opening, the bot's n-th act, or so much speech of the caller's. */
export type Cue =
  | { readonly kind: 'open' }
  | { readonly kind: 'act'; readonly index: number }
  | { readonly kind: 'heard'; readonly ms: number };

/** An event of the service: so long after its cue, and never before the one above it. */
export interface CuedOutput {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly cue: Cue;
  readonly delayMs: number;
  /** Where it stands in the file. */
  readonly lineNumber: number;
}

export interface ExpectedAct {
  readonly act: Act;
  readonly lineNumber: number;
}

/** A recording made ready to be played: what the bot did, and what the service said upon what. */
export interface Score {
  readonly acts: readonly ExpectedAct[];
  readonly outputs: readonly CuedOutput[];
  /** Whether it tells how the stream was opened. */
  readonly hasOpening: boolean;
}

/**
 * Hangs each output on the last thing before it that can have caused it.
 * @throws Error that names the line
 */
export function scoreOf({ lines }: ModelRecording): Score {
  const acts: ExpectedAct[] = [];
  const outputs: CuedOutput[] = [];
  const reader = new ActReader();
  const heard = new HeardSpeech();
  let cue: Cue = { kind: 'open' };
  let cueAtMs = 0;
  lines.forEach(({ t, dir, event }, index) => {
    const lineNumber = index + 2;
    const [[name, value] = ['', {}]] = Object.entries(event);
    const body = isObject(value) ? value : {};
    if (dir === 'out') {
      outputs.push({ name, body, cue, delayMs: Math.max(0, t - cueAtMs), lineNumber });
      return;
    }
    if (name === 'audioInput') {
      const { samples, envelope } = audioOf(body, lineNumber);
      envelopeSteps(samples, envelope).forEach(({ db, ms }, step) => {
        const atMs = t + (step + 1) * ENVELOPE_STEP_MS;
        if (!heard.push(db, ms, atMs)) return;
        cue = { kind: 'heard', ms: heard.totalMs };
        cueAtMs = atMs;
      });
      return;
    }
    const act = reader.read(name, body);
    if (act === undefined) return;
    cue = { kind: 'act', index: acts.length };
    cueAtMs = t;
    acts.push({ act, lineNumber });
  });
  return { acts, outputs, hasOpening: acts.some(({ act }) => act.kind === 'session') };
}

function audioOf(body: Readonly<Record<string, unknown>>, lineNumber: number): InputAudio {
  try {
    return readInputAudio(body['content']);
  } catch {
    throw new Error(`line ${lineNumber}: audioInput.content must be samples and envelope`);
  }
}
