import type { Fingerprint } from '../../../../contract/model-recordings';
import type { ServiceException } from '../exceptions';
import { eventFrame } from '../output';
import { ActReader, type Act } from './acts';
import { described, difference } from './difference';
import { argumentsOf, type Cassette, soundOf, textOf } from './refill';
import { type Cue, type CuedOutput, type Score, scoreOf } from './score';
import { LoudnessSteps, Utterances } from './utterances';

export interface ReplayOptions {
  readonly cassette: Cassette;
  /** How many times as fast as it was recorded. */
  readonly speed: number;
  readonly nowMs: number;
  send(name: string, frame: Buffer): void;
  refuse(exception: ServiceException): void;
  /** The connection is lost here. */
  breakOff(): void;
}

/** Who takes part in ending a stream; a bot may do so wherever the recording ends otherwise. */
const GOODBYE: readonly Act['kind'][] = ['audio-end', 'prompt-end', 'session-end'];

/** Plays a recording to a bot: says what the service said, when the bot does what it did, and notes where it does not. */
export class Replay {
  readonly #o: ReplayOptions;
  readonly #score: Score;
  readonly #fingerprint: Fingerprint | undefined;
  readonly #reader = new ActReader();
  readonly #utterances = new Utterances();
  readonly #loudness = new LoudnessSteps();
  /** When each cue came. */
  readonly #cues = new Map<string, number>();
  readonly #edges = { 'speech-start': 0, 'speech-end': 0 };
  #acts = 0;
  #next = 0;
  #promptName: unknown;
  #isOpening = true;
  #isLeaving = false;
  #departure: string | undefined;

  constructor(options: ReplayOptions) {
    this.#o = options;
    this.#score = scoreOf(options.cassette.recording);
    this.#fingerprint = options.cassette.recording.head.fingerprint;
    this.#came({ kind: 'open' }, options.nowMs);
  }

  /** The first thing in which the bot did not do as it had done, with the line of the file. */
  get departure(): string | undefined {
    return this.#departure;
  }

  /** The line of the file up to which everything has been said. */
  get playedTo(): number {
    return this.#score.outputs[this.#next]?.lineNumber ?? Infinity;
  }

  /** The bot sent an event; audio goes to `hear`. */
  input(name: string, body: Readonly<Record<string, unknown>>, nowMs: number): void {
    if (name === 'promptStart') this.#promptName = body['promptName'];
    const act = this.#reader.read(name, body);
    if (act === undefined) return;
    if (GOODBYE.includes(act.kind)) this.#isLeaving = true;
    if (this.#isSkipped(act)) return;
    const expected = this.#score.acts[this.#acts];
    if (expected === undefined) {
      if (!this.#isLeaving)
        this.#depart(`after the last line: the bot sends ${described(act)}, the recording has no more`);
      return;
    }
    const found = difference(expected.act, act, this.#fingerprint);
    if (found !== undefined && !this.#isAllowed(act)) this.#depart(`line ${expected.lineNumber}: ${found}`);
    this.#came({ kind: 'act', index: this.#acts }, nowMs);
    this.#acts += 1;
  }

  /** The caller's audio, 16 kHz. */
  hear(pcm: Int16Array, nowMs: number): void {
    for (const db of this.#loudness.push(pcm)) {
      const edge = this.#utterances.push(db);
      if (edge === undefined) continue;
      this.#came({ kind: edge, index: this.#edges[edge] }, nowMs);
      this.#edges[edge] += 1;
    }
  }

  /** Says what is due. */
  tick(nowMs: number): void {
    for (let output = this.#due(nowMs); output !== undefined; output = this.#due(nowMs)) {
      this.#next += 1;
      this.#say(output);
    }
  }

  /** The bot has ended the stream: what the service would have said upon its goodbye comes at once. */
  over(nowMs: number): void {
    this.tick(nowMs);
    const rest = this.#score.outputs[this.#next];
    const upon = rest?.cue.kind === 'act' ? this.#score.acts[rest.cue.index]?.act.kind : undefined;
    const isUponGoodbye = upon !== undefined && GOODBYE.includes(upon);
    if (rest !== undefined && rest.name !== 'streamEnd' && !isUponGoodbye)
      this.#depart(`line ${rest.lineNumber}: the bot ended the stream, the recording goes on with ${rest.name}`);
    this.tick(Infinity);
  }

  #isAllowed(act: Act): boolean {
    const { allow = [] } = this.#o.cassette.recording.head;
    if (act.kind === 'text' && act.role === 'SYSTEM') return allow.includes('system');
    return act.kind === 'prompt' && allow.includes('prompt');
  }

  /** An opening that a recording does not tell of may be any. */
  #isSkipped(act: Act): boolean {
    if (act.kind === 'audio-start') this.#isOpening = false;
    const begins = this.#score.acts[this.#acts]?.act.kind === 'audio-start';
    return !this.#score.hasOpening && (this.#isOpening || (act.kind === 'audio-start' && !begins));
  }

  #due(nowMs: number): CuedOutput | undefined {
    const output = this.#score.outputs[this.#next];
    const cueAtMs = output === undefined ? undefined : this.#cues.get(keyOf(output.cue));
    if (output === undefined || cueAtMs === undefined) return undefined;
    return cueAtMs + output.delayMs / this.#o.speed <= nowMs ? output : undefined;
  }

  #say({ name, body }: CuedOutput): void {
    if (name === 'streamEnd') {
      if (body['kind'] !== 'closed') this.#o.breakOff();
      return;
    }
    if (name.endsWith('Exception')) {
      this.#o.refuse({ type: name, message: textOf(body['message']) });
      return;
    }
    this.#o.send(name, eventFrame(JSON.stringify({ event: { [name]: this.#filled(name, body) } })));
  }

  #filled(name: string, body: CuedOutput['body']): CuedOutput['body'] {
    const fields = 'promptName' in body ? { ...body, promptName: this.#promptName } : body;
    if (!('content' in body)) return fields;
    if (name === 'toolUse') return { ...fields, content: argumentsOf(body['content']) };
    if (name !== 'audioOutput') return { ...fields, content: textOf(body['content']) };
    const pcm = soundOf(body['content'], this.#o.cassette.sound);
    return { ...fields, content: Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('base64') };
  }

  #came(cue: Cue, nowMs: number): void {
    this.#cues.set(keyOf(cue), nowMs);
  }

  #depart(how: string): void {
    this.#departure ??= how;
  }
}

function keyOf(cue: Cue): string {
  return cue.kind === 'open' ? cue.kind : `${cue.kind} ${cue.index}`;
}
