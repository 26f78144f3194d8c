import type { Fingerprint } from '../../../../contract/model-recordings';
import type { ServiceException } from '../exceptions';
import { eventFrame } from '../output';
import { ActReader, type Act } from './acts';
import { described, difference } from './difference';
import { argumentsOf, type Cassette, soundOf, textOf } from './refill';
import { type Cue, type CuedOutput, type Score, scoreOf } from './score';
import { HeardSpeech, LoudnessSteps } from './heard-speech';

export interface ReplayOptions {
  readonly cassette: Cassette;
  /** How many times as fast as it was recorded. */
  readonly speed: number;
  readonly nowMs: number;
  send(name: string, frame: Buffer): void;
  refuse(exception: ServiceException): void;
  /** The connection is lost here. */
  breakOff(): void;
  /** The bot did something; the model asks for a tool. */
  onAct?(act: Act): void;
  onToolUse?(toolUseId: string): void;
  onDeparture?(departure: Departure): void;
}

/** Where a bot did otherwise than in a recording. */
export interface Departure {
  /** `told`: it tells the model something else; `left`: it ended the stream before the recording did. */
  readonly kind: 'told' | 'left';
  /** With the line of the file. */
  readonly what: string;
  /** What of a long text is other: lines that begin with `-`, `+` or a space. */
  readonly diff: readonly string[];
}

/** So long after the caller's last word a pause is one, and what was heard up to it is what the recording has up to it. */
const PAUSE_MS = 200;
/** Two hearings of the same words differ by no more speech than this. */
const HEARD_TOLERANCE_MS = 120;
const MAX_DEPARTURES = 8;

/** Who takes part in ending a stream; a bot may do so wherever the recording ends otherwise. */
const GOODBYE: readonly Act['kind'][] = ['audio-end', 'prompt-end', 'session-end'];

/** Plays a recording to a bot: says what the service said, when the bot does what it did, and notes where it does not. */
export class Replay {
  readonly #o: ReplayOptions;
  readonly #score: Score;
  readonly #fingerprint: Fingerprint | undefined;
  readonly #reader = new ActReader();
  readonly #heard = new HeardSpeech();
  readonly #loudness = new LoudnessSteps();
  readonly #openedAtMs: number;
  /** When each act came. */
  readonly #actsAtMs: number[] = [];
  /** Speech of the recording up to the last pause, and how much more was heard up to there than it has. */
  #pause = { recordedMs: 0, moreMs: 0 };
  #next = 0;
  #promptName: unknown;
  #isOpening = true;
  #isLeaving = false;
  #isOver = false;
  readonly #departures: Departure[] = [];

  constructor(options: ReplayOptions) {
    this.#o = options;
    this.#score = scoreOf(options.cassette.recording);
    this.#fingerprint = options.cassette.recording.head.fingerprint;
    this.#openedAtMs = options.nowMs;
  }

  /** In what the bot did not do as it had done, the first first. What follows upon one may be its consequence. */
  get departures(): readonly Departure[] {
    return this.#departures;
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
    this.#o.onAct?.(act);
    if (GOODBYE.includes(act.kind)) this.#isLeaving = true;
    if (this.#isSkipped(act)) return;
    const expected = this.#score.acts[this.#actsAtMs.length];
    if (expected === undefined) {
      if (!this.#isLeaving)
        this.#depart({ what: `after the last line: the bot sends ${described(act)}, the recording has no more` });
      return;
    }
    const found = difference(expected.act, act, this.#fingerprint);
    if (found !== undefined && !this.#isAllowed(act))
      this.#depart({ ...found, what: `line ${expected.lineNumber}: ${found.what}` });
    this.#actsAtMs.push(nowMs);
  }

  /** The caller's audio, 16 kHz. */
  hear(pcm: Int16Array, nowMs: number): void {
    for (const { db, ms } of this.#loudness.push(pcm)) this.#heard.push(db, ms, nowMs);
  }

  /** Says what is due. */
  tick(nowMs: number): void {
    for (let output = this.#due(nowMs); output !== undefined; output = this.#due(nowMs)) {
      this.#next += 1;
      this.#notePause(output, nowMs);
      this.#say(output);
    }
  }

  /** The bot has ended the stream: what the service would have said upon its goodbye comes at once. */
  over(nowMs: number): void {
    this.#isOver = true;
    this.tick(nowMs);
    const rest = this.#score.outputs[this.#next];
    const upon = rest?.cue.kind === 'act' ? this.#score.acts[rest.cue.index]?.act.kind : undefined;
    const isUponGoodbye = upon !== undefined && GOODBYE.includes(upon);
    if (rest !== undefined && rest.name !== 'streamEnd' && !isUponGoodbye)
      this.#depart({
        what: `line ${rest.lineNumber}: the bot ended the stream, the recording goes on with ${rest.name}`,
      });
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
    const begins = this.#score.acts[this.#actsAtMs.length]?.act.kind === 'audio-start';
    return !this.#score.hasOpening && (this.#isOpening || (act.kind === 'audio-start' && !begins));
  }

  #due(nowMs: number): CuedOutput | undefined {
    const output = this.#score.outputs[this.#next];
    const cueAtMs = output === undefined ? undefined : this.#cameAt(output.cue);
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
    if (name === 'toolUse') this.#o.onToolUse?.(String(body['toolUseId']));
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

  #cameAt(cue: Cue): number | undefined {
    if (cue.kind === 'open') return this.#openedAtMs;
    if (cue.kind === 'act') return this.#actsAtMs[cue.index];
    const { recordedMs, moreMs } = this.#pause;
    const toleranceMs = Math.min(HEARD_TOLERANCE_MS, (cue.ms - recordedMs) / 2);
    const wantedMs = cue.ms + moreMs;
    return this.#heard.totalMs < wantedMs - toleranceMs ? undefined : this.#heard.lastAt(wantedMs + toleranceMs);
  }

  /** What is said in a pause of the caller's shows where in the recording they are. */
  #notePause({ cue, delayMs }: CuedOutput, nowMs: number): void {
    const { totalMs } = this.#heard;
    const quietMs = nowMs - (this.#heard.lastAt(totalMs) ?? nowMs);
    if (cue.kind !== 'heard' || delayMs < PAUSE_MS || quietMs < PAUSE_MS) return;
    this.#pause = { recordedMs: cue.ms, moreMs: totalMs - cue.ms };
  }

  #depart({ what, diff = [] }: Partial<Departure> & Pick<Departure, 'what'>): void {
    if (this.#departures.length >= MAX_DEPARTURES) return;
    const departure = { kind: this.#isLeaving || this.#isOver ? 'left' : 'told', what, diff } as const;
    this.#departures.push(departure);
    this.#o.onDeparture?.(departure);
  }
}
