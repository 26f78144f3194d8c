import { ENVELOPE_STEP_MS, type ModelRecording, readInputAudio } from '../../../../contract/model-recordings';
import { isObject } from '../input';
import { ActReader, type Act } from './acts';
import { Utterances } from './utterances';

/** What an output waits for: the opening, the bot's n-th act, or the n-th time that the caller began or ended speaking. */
export type Cue =
  { readonly kind: 'open' } | { readonly kind: 'act' | 'speech-start' | 'speech-end'; readonly index: number };

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
  const utterances = new Utterances();
  const counts = { 'speech-start': 0, 'speech-end': 0 };
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
      audioOf(body, lineNumber).forEach((db, step) => {
        const edge = utterances.push(db);
        if (edge === undefined) return;
        cue = { kind: edge, index: counts[edge] };
        counts[edge] += 1;
        cueAtMs = t + (step + 1) * ENVELOPE_STEP_MS;
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

function audioOf(body: Readonly<Record<string, unknown>>, lineNumber: number): readonly number[] {
  try {
    return readInputAudio(body['content']).envelope;
  } catch {
    throw new Error(`line ${lineNumber}: audioInput.content must be samples and envelope`);
  }
}
