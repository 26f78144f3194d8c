import { z } from 'zod';

/**
 * A recording of one stream to the model, `<name>.nova.jsonl`: a head, then a line for each event of either side, in the
 * order of time. The bot writes them, the stand-in plays them back, and a person can write one; docs/recordings.md
 * describes them.
 */
export const RECORDING_FORMAT = 'nova-stream/1';
export const RECORDING_SUFFIX = '.nova.jsonl';

/** `live`: recorded from AWS; `stand-in`: from the sandbox; `written`: by hand, from what others report. */
const RECORDING_SOURCES = ['live', 'stand-in', 'written'] as const;
export type RecordingSource = (typeof RECORDING_SOURCES)[number];

/** What is kept of audio and of texts: themselves, or only how long they are. */
export const KEPT = ['length', 'kept'] as const;
export type Kept = (typeof KEPT)[number];

/** The text by which the service marks an answer as interrupted: no words of anybody's, and always kept. */
export const INTERRUPTED_MARKER = /^\s*\{\s*"interrupted"\s*:\s*true\s*\}\s*$/;

/** The caller's loudness is told in steps of so many ms, in whole dBFS. */
export const ENVELOPE_STEP_MS = 20;
export const SILENCE_DB = -96;

/** A text of which only the length was kept; equal texts of a recording have the same number. */
const textLength = z.strictObject({ text: z.number().int().min(1), chars: z.number().int().min(0) });
/** The model's sound: where it lies in the WAV file beside (24 kHz mono), or only how long it is. */
const outputAudio = z.union([
  z.strictObject({
    pcm: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
    sha: z.string().regex(/^[0-9a-f]{16}$/),
  }),
  z.strictObject({ samples: z.number().int().min(0) }),
]);
/** The caller's sound, which is never kept. */
const inputAudio = z.strictObject({
  samples: z.number().int().min(0),
  /** dBFS of each step of 20 ms. */
  envelope: z.array(z.number().int().min(SILENCE_DB).max(0)),
});

export type TextLength = z.infer<typeof textLength>;
export type OutputAudio = z.infer<typeof outputAudio>;
export type InputAudio = z.infer<typeof inputAudio>;

const fingerprint = z.strictObject({
  /** sha256, its first 16 digits, of what the stream was opened with: canonical JSON. */
  session: z.string(),
  prompt: z.string(),
  system: z.string(),
});
export type Fingerprint = z.infer<typeof fingerprint>;

const head = z.strictObject({
  format: z.literal(RECORDING_FORMAT),
  source: z.enum(RECORDING_SOURCES),
  model: z.string().min(1),
  region: z.string().min(1),
  /** ISO 8601, UTC. */
  recordedAt: z.iso.datetime(),
  /** The version of what recorded it. */
  bot: z.string(),
  audio: z.enum(KEPT),
  texts: z.enum(KEPT),
  /** What was taken out or replaced. */
  redacted: z.array(z.string()),
  /** Of what the stream was opened with; left out by a recording that fits any prompt. */
  fingerprint: fingerprint.optional(),
  /** What a bot may send otherwise than it did: the system prompt, voice and tools. */
  allow: z.array(z.enum(['system', 'prompt'])).optional(),
  /** What a scripted caller says, turn by turn, in the scenario that was recorded. */
  caller: z.array(z.string()).optional(),
  /** Where a written one is from. */
  note: z.string().optional(),
});
export type RecordingHead = z.infer<typeof head>;

const line = z.strictObject({
  /** Milliseconds since the stream was opened. */
  t: z.number().min(0),
  /** Seen from the service: `in` is what the bot sent. */
  dir: z.enum(['in', 'out']),
  /** One key, as on the wire. Besides the service's events: an exception by its name, and `streamEnd`. */
  event: z.record(z.string(), z.unknown()).refine((event) => Object.keys(event).length === 1, 'must have one key'),
});
export type RecordingLine = z.infer<typeof line>;

export interface ModelRecording {
  readonly head: RecordingHead;
  readonly lines: readonly RecordingLine[];
}

/** Reads a recording. @throws Error that names the line, the field and the rule */
export function parseRecording(text: string): ModelRecording {
  const [first, ...rest] = text.split('\n').filter((one) => one.trim() !== '');
  if (first === undefined) throw new Error('line 1: must be the head of a recording');
  const lines = rest.map((one, index) => read(line, one, index + 2));
  lines.forEach(({ t }, index) => {
    if (t < (lines[index - 1]?.t ?? 0)) throw new Error(`line ${index + 2}: t: must not be before the line above`);
  });
  return { head: read(head, first, 1), lines };
}

/** The audio that stands in for `content`. @throws Error with the rule, where it is none */
export const readInputAudio = (value: unknown): InputAudio => inputAudio.parse(value);
export const readOutputAudio = (value: unknown): OutputAudio => outputAudio.parse(value);
/** The length that stands in for a text; undefined where the text itself does. */
export const readTextLength = (value: unknown): TextLength | undefined => textLength.safeParse(value).data;

function read<T extends z.ZodType>(schema: T, text: string, number: number): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`line ${number}: must be JSON`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`line ${number}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not right'}`);
}
