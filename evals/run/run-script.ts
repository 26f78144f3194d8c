import { type CallEvent, judgeTurn, type SentTurn, type Verdict } from '../expect';
import type { Expectation, Script, Turn } from '../scenario';
import type { Line, LineEnd } from './line';
import { RtviEvents } from './rtvi-events';

/** What came of one expectation. */
export interface Outcome {
  readonly turn: number;
  readonly expectation: Expectation;
  readonly verdict: Exclude<Verdict, { outcome: 'pending' }>;
}

/** A turn as it was sent. */
export interface TurnRecord extends SentTurn {
  readonly said: string | undefined;
}

export interface ScriptRun {
  readonly outcomes: readonly Outcome[];
  readonly events: readonly CallEvent[];
  readonly turns: readonly TurnRecord[];
  readonly ended: LineEnd;
}

/** How long a bot may speak, or think, before a turn that waits for it goes on. */
const QUIET_WITHIN_MS = 60_000;
/** The last words are let come to their end. */
const GOODBYE_MS = 10_000;
/** Between two sentences of an answer a bot is not done. */
const SETTLED_MS = 300;

/**
 * Holds a scripted call on an open line and hangs up. A line that is lost fails what is then pending.
 * @param onTurn hears of each turn before it is sent, or only watched
 * @throws Error where a turn cannot be sent on this line at all
 */
export async function runScript(script: Script, line: Line, onTurn?: (index: number) => void): Promise<ScriptRun> {
  return new ScriptedCall(script, line).run(onTurn);
}

class ScriptedCall {
  readonly #script: Script;
  readonly #line: Line;
  readonly #events: CallEvent[] = [];
  readonly #reading = new RtviEvents();
  readonly #turns: TurnRecord[] = [];
  readonly #wakers = new Set<() => void>();
  #ended: LineEnd | undefined;

  constructor(script: Script, line: Line) {
    this.#script = script;
    this.#line = line;
    line.onMessage((message, atMs) => {
      this.#events.push(...this.#reading.take(message, atMs));
      this.#wake();
    });
    void line.ended.then((ended) => {
      this.#ended = ended;
      this.#wake();
    });
  }

  async run(onTurn?: (index: number) => void): Promise<ScriptRun> {
    const outcomes: Outcome[] = [];
    for (const [index, turn] of this.#script.turns.entries()) {
      const from = this.#events.length;
      const sent = await this.#send(turn, index === 0, () => onTurn?.(index));
      this.#turns.push(sent);
      if (turn.nova?.leaves === true) {
        this.#line.hangUp();
        break;
      }
      const verdicts = await this.#verdicts(turn, sent, index === 0 ? 0 : from);
      outcomes.push(
        ...verdicts.map((verdict, at) => ({ turn: index, expectation: turn.expect[at] as Expectation, verdict })),
      );
      const failed = verdicts.some(({ outcome }) => outcome === 'failed');
      if ((failed && this.#script.stop_on_failure !== false) || this.#ended !== undefined) break;
    }
    // A bot that is to hang up is given the time for it.
    const isBotToEnd = this.#script.nova?.expect?.ended_by === 'bot';
    await this.#until(() => !isBotToEnd && this.#isQuiet(), GOODBYE_MS);
    const ended = this.#ended ?? 'caller';
    this.#line.hangUp();
    return { outcomes: [...outcomes, ...this.#unreached()], events: this.#events, turns: this.#turns, ended };
  }

  /** Sends a turn when it is due. What is only watched counts from now. */
  async #send(turn: Turn, isFirst: boolean, onSend: () => void): Promise<TurnRecord> {
    const { user, parts, dtmf, audio, send_after: after } = turn;
    const since = this.#events.length;
    const previousMs = this.#turns.at(-1)?.sentMs ?? this.#line.nowMs();
    if (after?.event !== undefined) {
      const { event } = after;
      const seen = (): CallEvent | undefined =>
        this.#events.slice(isFirst ? 0 : since).find(({ name }) => name === event);
      await this.#until(() => seen() !== undefined, QUIET_WITHIN_MS);
      await this.#reach((seen()?.atMs ?? this.#line.nowMs()) + after.delay_ms);
    } else if (after !== undefined) await this.#reach(previousMs + after.delay_ms);
    else if (user !== undefined || audio !== undefined || dtmf !== undefined) {
      await this.#until(() => this.#isQuiet(), QUIET_WITHIN_MS);
    }
    const sentMs = this.#line.nowMs();
    if (this.#ended !== undefined) return { said: undefined, sentMs };
    onSend();
    if (dtmf !== undefined) this.#line.press(dtmf);
    else if (audio !== undefined || (user !== undefined && this.#script.user?.modality === 'audio')) {
      const { startedMs, endedMs } = await this.#line.speak(user ?? '', audio, parts);
      return { said: user, sentMs: startedMs, speechEndMs: endedMs };
    } else if (user !== undefined) this.#line.type(user);
    return { said: user, sentMs };
  }

  async #verdicts(
    turn: Turn,
    sent: SentTurn,
    from: number,
  ): Promise<readonly Exclude<Verdict, { outcome: 'pending' }>[]> {
    const judge = (isOver = false): readonly Verdict[] =>
      judgeTurn(turn.expect, this.#events.slice(from), sent, this.#line.nowMs(), isOver);
    for (;;) {
      const verdicts = judge(this.#ended !== undefined);
      const pending = verdicts.flatMap((verdict) => (verdict.outcome === 'pending' ? [verdict.untilMs] : []));
      if (pending.length === 0) return verdicts as readonly Exclude<Verdict, { outcome: 'pending' }>[];
      await this.#pause(Math.min(...pending) + 1 - this.#line.nowMs());
    }
  }

  /** Expectations of turns that were not sent. */
  #unreached(): readonly Outcome[] {
    const sent = this.#turns.length;
    return this.#script.turns.slice(sent).flatMap(({ expect }, index) =>
      expect.map((expectation) => ({
        turn: sent + index,
        expectation,
        verdict: {
          outcome: 'failed' as const,
          atMs: this.#line.nowMs(),
          why: 'the call did not come to this turn',
          kind: 'bot_ended' as const,
        },
      })),
    );
  }

  /** The bot has been heard to its end, and nothing is under way. */
  #isQuiet(): boolean {
    const last = (name: CallEvent['name']): number => this.#events.findLast((event) => event.name === name)?.atMs ?? -1;
    const stoppedMs = Math.max(last('bot_stopped_speaking'), last('bot_interrupted'));
    const busy = Math.max(last('bot_started_speaking'), last('llm_started'), last('function_call'));
    const sentMs = this.#turns.at(-1)?.said === undefined ? -1 : (this.#turns.at(-1)?.sentMs ?? -1);
    return stoppedMs >= busy && stoppedMs > sentMs && this.#line.nowMs() - stoppedMs >= SETTLED_MS;
  }

  async #until(holds: () => boolean, withinMs: number): Promise<void> {
    const untilMs = this.#line.nowMs() + withinMs;
    while (!holds() && this.#ended === undefined && this.#line.nowMs() < untilMs) {
      await this.#pause(Math.min(SETTLED_MS, untilMs - this.#line.nowMs()));
    }
  }

  async #reach(atMs: number): Promise<void> {
    while (this.#line.nowMs() < atMs && this.#ended === undefined) await this.#pause(atMs - this.#line.nowMs());
  }

  /** Until something happens, `ms` at most. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(1, ms));
      this.#wakers.add(wake);
    });
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
  }
}
