import { digest } from '../../../contract/digest';
import {
  type Kept,
  RECORDING_FORMAT,
  RECORDING_SUFFIX,
  type RecordingHead,
  type RecordingLine,
  type RecordingSource,
} from '../../../contract/model-recordings';
import { MODEL_INPUT_HZ } from '../../audio';
import type { StreamEnd } from '../stream/model-stream';
import type { StreamTap } from '../stream/tap';
import { Envelope } from './envelope';
import { type Allowance, RecordingFiles } from './recording-files';
import { REDACTED, Redactor } from './redactor';

/** What a recording says of itself. */
export interface RecordingAbout {
  readonly source: RecordingSource;
  readonly model: string;
  readonly region: string;
  /** The version of the program. */
  readonly bot: string;
  readonly audio: Kept;
  readonly texts: Kept;
}

export interface StreamRecordingOptions extends RecordingAbout {
  /** Without the suffix. */
  readonly path: string;
  readonly allowance: Allowance;
  readonly nowMs: number;
  /** Milliseconds since 1970. */
  readonly epochMs: number;
  /** Called at most once: it ends before its stream. */
  readonly onStopped: (reason: string) => void;
}

/** The caller's audio makes one line for as much as this, or up to the next event. */
const RUN_SAMPLES = MODEL_INPUT_HZ;

type Body = Readonly<Record<string, unknown>>;

/** Writes down what goes both ways on one stream, in the format of contract/model-recordings.ts. */
export class StreamRecording implements StreamTap {
  readonly #o: StreamRecordingOptions;
  readonly #files: RecordingFiles;
  readonly #redactor: Redactor;
  readonly #envelope = new Envelope();
  #runAtMs = 0;
  /** The opening, until all of it is known: the head tells of it. */
  #opening: RecordingLine[] | undefined = [];
  readonly #prints = { session: '', prompt: '', system: '' };
  #systemBlock: unknown;
  #closed: Promise<void> | undefined;

  constructor(options: StreamRecordingOptions) {
    this.#o = options;
    this.#redactor = new Redactor(options.texts);
    this.#files = new RecordingFiles(options.path, RECORDING_SUFFIX, options.allowance, options.onStopped);
  }

  /** Resolves when its files are whole; undefined while the stream lives. */
  get closed(): Promise<void> | undefined {
    return this.#closed;
  }

  onSent(bytes: Uint8Array, nowMs: number): void {
    const [name, body] = eventIn(bytes);
    if (!this.#files.isOpen || name === undefined) return;
    if (name === 'audioInput') {
      if (this.#envelope.samples === 0) this.#runAtMs = nowMs;
      this.#envelope.add(pcmIn(body));
      if (this.#envelope.samples >= RUN_SAMPLES) this.#endRun();
      return;
    }
    this.#learn(name, body);
    this.#write('in', nowMs, name, this.#kept(body, this.#words(body)));
  }

  onReceived(bytes: Uint8Array, nowMs: number): void {
    if (!this.#files.isOpen) return;
    const [name = 'malformed', body] = eventIn(bytes);
    this.#write('out', nowMs, name, this.#kept(body, name === 'audioOutput' ? this.#sound(body) : this.#words(body)));
  }

  onEnd(end: StreamEnd, nowMs: number): void {
    const [name, body] = this.#endOf(end);
    this.#write('out', nowMs, name, body);
    this.#closed ??= this.#files.close();
  }

  #words(body: Body): unknown {
    return 'content' in body ? this.#redactor.text(body['content']) : undefined;
  }

  #sound(body: Body): unknown {
    const pcm = pcmIn(body);
    if (this.#o.audio === 'length') return { samples: pcm.length / 2 };
    return { pcm: [this.#files.sound(pcm), pcm.length / 2], sha: digest(pcm) };
  }

  #kept(body: Body, content: unknown): Body {
    return { ...this.#redactor.fields({ ...body, content: undefined }), ...(content === undefined ? {} : { content }) };
  }

  #endOf(end: StreamEnd): [string, Body] {
    if (end.kind === 'closed') return ['streamEnd', { kind: 'closed' }];
    const { error } = end.failure;
    const { cause } = error;
    const name = cause instanceof Error ? cause.name : '';
    const message = this.#redactor.error(cause instanceof Error ? cause.message : error.message);
    if (/^[A-Za-z]+Exception$/.test(name)) return [name.charAt(0).toLowerCase() + name.slice(1), { message }];
    return ['streamEnd', { kind: 'broken', code: error.code, message }];
  }

  /** What the stream was opened with. */
  #learn(name: string, body: Body): void {
    if (name === 'sessionStart') this.#prints.session = digest(body);
    if (name === 'promptStart') this.#prints.prompt = digest({ ...body, promptName: '' });
    if (name === 'contentStart' && body['role'] === 'SYSTEM') this.#systemBlock = body['contentName'];
    if (name === 'textInput' && body['contentName'] === this.#systemBlock)
      this.#prints.system = digest(body['content']);
  }

  #endRun(): void {
    if (this.#envelope.samples > 0) this.#line('in', this.#runAtMs, 'audioInput', { content: this.#envelope.take() });
  }

  #write(dir: RecordingLine['dir'], nowMs: number, name: string, body: Body): void {
    this.#endRun();
    this.#line(dir, nowMs, name, body);
  }

  #line(dir: RecordingLine['dir'], nowMs: number, name: string, body: Body): void {
    const line: RecordingLine = { t: Math.round((nowMs - this.#o.nowMs) * 10) / 10, dir, event: { [name]: body } };
    const opening = this.#opening;
    if (opening === undefined) {
      this.#files.line(line);
      return;
    }
    opening.push(line);
    const isComplete = dir === 'out' || name === 'audioInput' || (name === 'contentEnd' && this.#prints.system !== '');
    if (!isComplete) return;
    this.#opening = undefined;
    for (const one of [this.#head(), ...opening]) this.#files.line(one);
  }

  #head(): RecordingHead {
    const { source, model, region, bot, audio, texts, epochMs } = this.#o;
    return {
      format: RECORDING_FORMAT,
      source,
      model,
      region,
      recordedAt: new Date(epochMs).toISOString(),
      bot,
      audio,
      texts,
      redacted: REDACTED,
      fingerprint: this.#prints,
    };
  }
}

function eventIn(bytes: Uint8Array): [name: string | undefined, body: Body] {
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    const { event } = JSON.parse(text) as { event?: unknown };
    const [entry] = typeof event === 'object' && event !== null ? Object.entries(event) : [];
    if (entry === undefined) return [undefined, {}];
    const [name, body] = entry as [string, unknown];
    return [name, typeof body === 'object' && body !== null ? (body as Body) : {}];
  } catch {
    return [undefined, {}];
  }
}

function pcmIn({ content }: Body): Buffer {
  return typeof content === 'string' ? Buffer.from(content, 'base64') : Buffer.alloc(0);
}
