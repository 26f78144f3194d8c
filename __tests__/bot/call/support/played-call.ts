import pino from 'pino';
import { Call } from '../../../../bot/call/call';
import { SonicModel } from '../../../../bot/sonic/model';
import type { OutputEvent } from '../../../../bot/sonic/protocol/parse-output';
import { pcmToBytes } from '../../../../bot/audio';
import { Ticker } from '../../../../bot/time/ticker';
import { FakeStreamOpener } from '../../../support/fake-model-streams';
import { type FakeClock, settle } from '../../../support/fake-clock';
import { setup } from './call-setup';

/** The signs by which a service may tell of a barge-in. */
export const VARIANTS = ['A', 'A-runs-on', 'B', 'C', 'D', 'F'] as const;

/** A sentence whose sound is known. */
export interface KnownSentence {
  readonly text: string;
  readonly pcm24k: Int16Array;
}

interface Round {
  /** How long each sentence is, or the sentence itself. */
  readonly sentences: readonly (number | KnownSentence)[];
  readonly heardMs: number;
  readonly barge: (typeof VARIANTS)[number] | 'none';
}

interface Spoken extends KnownSentence {
  /** The value of its samples, by which it is known in the caller's ear. */
  readonly tag: number;
  readonly round: number;
}

/** A whole call, from the service's events to the caller's ear, on a clock that is moved by hand. */
export class PlayedCall {
  /** Sentences of an answer that were heard 300 ms after the first sign that it was cut off. */
  readonly talkedOver: string[] = [];
  readonly #setup: ReturnType<typeof setup>;
  readonly #opener: FakeStreamOpener;
  readonly #call: Call;
  readonly #isLive: boolean;
  readonly #spoken: Spoken[] = [];
  #round = 0;
  #block = 0;

  private constructor(isLive: boolean, others: Parameters<typeof setup>[1]) {
    this.#isLive = isLive;
    this.#setup = setup({}, others);
    const { clock, deps, agent, transport } = this.#setup;
    this.#opener = new FakeStreamOpener();
    const ticker = new Ticker({ periodMs: 32, clock, onListenerError: (error) => this.talkedOver.push(String(error)) });
    const model = new SonicModel({
      client: { streams: () => this.#opener },
      modelId: 'amazon.nova-2-sonic-v1:0',
      ticker,
      logger: pino({ level: 'silent' }),
      clock,
    });
    this.#call = new Call('played', transport, { ...deps, model }, agent);
  }

  static async start(isLive: boolean, others: Parameters<typeof setup>[1] = {}): Promise<PlayedCall> {
    const played = new PlayedCall(isLive, others);
    void played.#call.start();
    played.#setup.transport.connect();
    played.#setup.transport.clientReady();
    await settle();
    played.#opener.latest.accept();
    await settle();
    await played.#advance(100);
    return played;
  }

  /** What each sentence was, and how much of it the caller heard. */
  get sentences(): readonly { readonly text: string; readonly lastsMs: number; readonly heardMs: number }[] {
    return this.#spoken.map(({ text, pcm24k, tag }) => {
      return { text, lastsMs: pcm24k.length / 24, heardMs: this.#heardMs(tag) };
    });
  }

  /** Interactive texts that the stream opened last was asked. */
  get questionsAtOnce(): number {
    return this.#opener.latest.texts.filter((text) => text.startsWith('USER!')).length;
  }

  /** A question, its answer, and perhaps a barge-in when so much time has passed. */
  async play({ sentences, heardMs, barge }: Round): Promise<void> {
    this.#round += 1;
    const at = this.#at();
    if (this.#isLive) this.#send({ kind: 'speech-start' }, { kind: 'speech-end' });
    else this.#send({ kind: 'completion-start', ...at });
    this.#send(...this.#text('USER', 'final', `Question ${this.#round}?`));
    for (const [index, known] of sentences.entries()) {
      const isLast = index === sentences.length - 1;
      const tag = 100 + this.#spoken.length;
      const sentence = {
        ...(typeof known === 'number' ? tagged(known, tag) : known),
        tag,
        round: this.#round,
      };
      this.#spoken.push(sentence);
      this.#send(...this.#text('ASSISTANT', 'speculative', sentence.text));
      this.#send(...this.#audio(sentence, isLast ? (isCutOffInside(barge) ? undefined : 'END_TURN') : 'PARTIAL_TURN'));
    }
    await this.#advance(heardMs);
    this.#send(...this.#signs(barge));
    if (barge !== 'none') await this.#expectSilence();
    else await this.#advance(6_000);
    // Late words about what was said, of the whole sentences, true or not.
    for (const { text, round } of this.#spoken)
      if (round === this.#round) this.#send(...this.#text('ASSISTANT', 'final', text));
  }

  /** All that a new stream is told the assistant has said. */
  async remembered(): Promise<string> {
    await this.#advance(6_000);
    this.#opener.latest.lose();
    await this.#advance(400);
    this.#opener.latest.accept();
    await this.#advance(64);
    return this.#opener.latest.texts.filter((text) => text.startsWith('ASSISTANT')).join('\n');
  }

  async close(): Promise<void> {
    const closed = this.#call.close('operator');
    await this.#advance(2_000);
    await closed;
  }

  /** The clock that moves it. */
  get clock(): FakeClock {
    return this.#setup.clock;
  }

  #signs(barge: Round['barge']): readonly OutputEvent[] {
    const at = this.#at();
    const last = this.#spoken.at(-1);
    const marker: OutputEvent[] = [
      { kind: 'block-start', ...at, type: 'TEXT', role: 'ASSISTANT', stage: 'final' },
      { kind: 'text', ...at, text: '{ "interrupted" : true }' },
      { kind: 'block-end', ...at, type: 'TEXT', stopReason: 'INTERRUPTED' },
    ];
    const begins: OutputEvent = { kind: 'speech-start' };
    const ends: OutputEvent = { kind: 'speech-end' };
    switch (barge) {
      case 'A':
        return [begins, ends];
      case 'A-runs-on':
        return [
          begins,
          { kind: 'audio', ...at, base64: samples(500, last?.tag ?? 0) },
          { kind: 'block-end', ...at, type: 'AUDIO', stopReason: 'END_TURN' },
          ends,
        ];
      case 'B':
        return [begins, ...marker, ends];
      case 'C':
        return marker;
      case 'D':
        return [{ kind: 'block-end', ...at, type: 'AUDIO', stopReason: 'INTERRUPTED' }];
      case 'F':
        return this.#text('USER', 'final', 'Stop.');
      case 'none':
        return [];
    }
  }

  async #expectSilence(): Promise<void> {
    const heard = (): Map<string, number> =>
      new Map(
        this.#spoken.filter(({ round }) => round === this.#round).map(({ text, tag }) => [text, this.#heardMs(tag)]),
      );
    await this.#advance(300);
    const before = heard();
    await this.#advance(2_000);
    for (const [text, ms] of heard()) if (ms > (before.get(text) ?? 0)) this.talkedOver.push(text);
  }

  #heardMs(tag: number): number {
    return this.#setup.transport.heard.filter((frame) => frame.includes(tag)).length * 20;
  }

  #at() {
    return { completionId: this.#isLive ? 'only' : `c${this.#round}`, contentId: `b${this.#block}` };
  }

  #text(role: 'USER' | 'ASSISTANT', stage: 'final' | 'speculative', text: string): OutputEvent[] {
    this.#block += 1;
    const at = this.#at();
    return [
      { kind: 'block-start', ...at, type: 'TEXT', role, stage },
      { kind: 'text', ...at, text },
      { kind: 'block-end', ...at, type: 'TEXT', stopReason: 'PARTIAL_TURN' },
    ];
  }

  #audio({ pcm24k }: KnownSentence, stopReason: string | undefined): OutputEvent[] {
    this.#block += 1;
    const at = this.#at();
    return [
      { kind: 'block-start', ...at, type: 'AUDIO', role: 'ASSISTANT', stage: 'unmarked' },
      { kind: 'audio', ...at, base64: pcmToBytes(pcm24k).toString('base64') },
      ...(stopReason === undefined ? [] : [{ kind: 'block-end', ...at, type: 'AUDIO', stopReason } as const]),
    ];
  }

  #send(...events: readonly OutputEvent[]): void {
    this.#opener.latest.output(...events);
  }

  async #advance(ms: number): Promise<void> {
    this.#setup.clock.advance(ms);
    await settle();
  }
}

/** Whether the service has not sent all of the answer when it is cut off. */
function isCutOffInside(barge: Round['barge']): boolean {
  return barge === 'D' || barge === 'A-runs-on';
}

/** A sentence that is known in the caller's ear by the value of its samples. */
const tagged = (lastsMs: number, tag: number): KnownSentence => ({
  text: `Sentence ${tag} is said.`,
  pcm24k: new Int16Array(Math.ceil(lastsMs / 20) * 480).fill(tag),
});

/** 24 kHz. */
function samples(ms: number, value: number): string {
  return Buffer.from(new Int16Array(ms * 24).fill(value).buffer).toString('base64');
}
