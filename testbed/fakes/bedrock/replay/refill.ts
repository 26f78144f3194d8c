import { readFileSync } from 'node:fs';
import {
  type ModelRecording,
  parseRecording,
  readOutputAudio,
  readTextLength,
  RECORDING_SUFFIX,
} from '../../../../contract/model-recordings';
import { readWav } from '../../../speech';

/** A recording with the sound that lies beside it. */
export interface Cassette {
  readonly recording: ModelRecording;
  /** 24 kHz. */
  readonly sound: Int16Array | undefined;
}

/** Reads a recording, and its WAV file where it has one. @throws Error that names the file, the line and the rule */
export function loadCassette(file: string): Cassette {
  try {
    const recording = parseRecording(readFileSync(file, 'utf8'));
    const hasSound = recording.head.audio === 'kept';
    return {
      recording,
      sound: hasSound ? readWav(`${file.slice(0, -RECORDING_SUFFIX.length)}.wav`).samples : undefined,
    };
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

const HUM_HZ = 220;
const RATE_HZ = 24_000;

/** The model's sound as it was, or a hum of the same length. */
export function soundOf(content: unknown, kept: Int16Array | undefined): Int16Array {
  const audio = readOutputAudio(content);
  if ('pcm' in audio && kept !== undefined) return kept.slice(audio.pcm[0], audio.pcm[0] + audio.pcm[1]);
  const samples = 'pcm' in audio ? audio.pcm[1] : audio.samples;
  return Int16Array.from({ length: samples }, (_, i) =>
    Math.round(3_000 * Math.sin((2 * Math.PI * HUM_HZ * i) / RATE_HZ)),
  );
}

/** Arguments of a tool as they were, or JSON as long: what is none would be taken for the first of several pieces. */
export function argumentsOf(content: unknown): string {
  const length = readTextLength(content);
  return length === undefined ? textOf(content) : `{"text":"${'x'.repeat(Math.max(0, length.chars - 11))}"}`;
}

/** A text as it was, or another of the same length that equals where it equalled. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const length = readTextLength(content);
  if (length === undefined) return JSON.stringify(content ?? '');
  return `text ${length.text} `
    .repeat(Math.ceil(length.chars / 6) + 1)
    .slice(0, length.chars)
    .trimEnd();
}
