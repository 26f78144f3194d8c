import {
  initialTurns,
  wakeAtMs,
  type TurnEffect,
  type TurnEvent,
  type TurnState,
} from '../../../../bot/call/turns/state';
import { reduceTurns } from '../../../../bot/call/turns/reduce';

/** How long each recording plays here. */
export const RECORDING_MS = 2_000;

/** The rules of turns, alone: a clock that is moved by hand, and a playback that plays recordings only. */
export class TurnsAlone {
  state: TurnState;
  nowMs = 0;
  /** What was decided, one line each: `play-notice one-moment at 2500 ms`. */
  readonly log: string[] = [];
  #drainsAtMs = Infinity;

  constructor(absentAfterMs = 30_000) {
    this.state = initialTurns(absentAfterMs);
  }

  /** A call in which the greeting has been heard, and it is the caller's turn. */
  static inConversation(absentAfterMs?: number): TurnsAlone {
    const turns = new TurnsAlone(absentAfterMs);
    turns.send({ kind: 'connected' }, { kind: 'opened' }, { kind: 'client-ready' });
    turns.answer(500);
    turns.advance(500);
    turns.log.length = 0;
    return turns;
  }

  send(...events: readonly TurnEvent[]): void {
    for (const event of events) {
      const { state, effects } = reduceTurns(this.state, event, this.nowMs);
      this.state = state;
      for (const effect of effects) this.#carryOut(effect);
    }
  }

  /** The model answers at once, and is heard for so long. */
  answer(audibleMs: number): void {
    this.send({ kind: 'turn-started' }, { kind: 'sentence', text: 'Well.' }, { kind: 'turn-ended', isBroken: false });
    this.send({ kind: 'audible', sound: 'answer', voicedAtMs: -Infinity });
    this.#drainsAtMs = this.nowMs + audibleMs;
  }

  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (let step = 0; ; step += 1) {
      if (step > 10_000) throw new Error('the turns never come to rest');
      const wakeMs = Math.max(this.nowMs, wakeAtMs(this.state) ?? Infinity);
      const nextMs = Math.min(wakeMs, this.#drainsAtMs);
      if (nextMs > untilMs) break;
      this.nowMs = nextMs;
      if (nextMs !== this.#drainsAtMs) this.send({ kind: 'time' });
      else {
        this.#drainsAtMs = Infinity;
        this.send({ kind: 'drained' });
      }
    }
    this.nowMs = untilMs;
  }

  /** What was decided that begins so. */
  of(what: string): string[] {
    return this.log.filter((line) => line.startsWith(`${what} `));
  }

  #carryOut(effect: TurnEffect): void {
    const what = 'name' in effect ? ` ${effect.name}` : effect.do === 'tell' ? ` ${effect.news.of}` : '';
    this.log.push(`${effect.do}${what} at ${this.nowMs} ms`);
    if (effect.do === 'flush') this.#drainsAtMs = Infinity;
    if (effect.do === 'close') this.send({ ...effect, kind: 'close', canModelSpeak: true });
    if (effect.do !== 'play-notice') return;
    this.#drainsAtMs = this.nowMs + RECORDING_MS;
    this.send({ kind: 'audible', sound: 'notice', voicedAtMs: -Infinity });
  }
}
