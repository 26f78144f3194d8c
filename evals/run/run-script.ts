import { type CallEvent, judgeTurn, type SentTurn, type Verdict } from '../expect';
import type { Expectation, Script, Turn } from '../scenario';
import type { Line, LineEnd } from './line';
import { WatchedCall } from './watched-call';

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
  readonly #call: WatchedCall;
  readonly #turns: TurnRecord[] = [];

  constructor(script: Script, line: Line) {
    this.#script = script;
    this.#line = line;
    this.#call = new WatchedCall(line);
  }

  async run(onTurn?: (index: number) => void): Promise<ScriptRun> {
    const outcomes: Outcome[] = [];
    for (const [index, turn] of this.#script.turns.entries()) {
      const from = this.#call.events.length;
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
      if ((failed && this.#script.stop_on_failure !== false) || this.#call.ended !== undefined) break;
    }
    // A bot that is to hang up is given the time for it.
    const isBotToEnd = this.#script.nova?.expect?.ended_by === 'bot';
    await this.#call.until(() => !isBotToEnd && this.#isQuiet(), GOODBYE_MS);
    const ended = this.#call.ended ?? 'caller';
    this.#line.hangUp();
    return { outcomes: [...outcomes, ...this.#unreached()], events: this.#call.events, turns: this.#turns, ended };
  }

  /** Sends a turn when it is due. What is only watched counts from now. */
  async #send(turn: Turn, isFirst: boolean, onSend: () => void): Promise<TurnRecord> {
    const { user, parts, dtmf, audio, send_after: after } = turn;
    const since = this.#call.events.length;
    const previousMs = this.#turns.at(-1)?.sentMs ?? this.#line.nowMs();
    if (after?.event !== undefined) {
      const { event } = after;
      const seen = (): CallEvent | undefined =>
        this.#call.events.slice(isFirst ? 0 : since).find(({ name }) => name === event);
      await this.#call.until(() => seen() !== undefined, QUIET_WITHIN_MS);
      await this.#call.reach((seen()?.atMs ?? this.#line.nowMs()) + after.delay_ms);
    } else if (after !== undefined) await this.#call.reach(previousMs + after.delay_ms);
    else if (user !== undefined || audio !== undefined || dtmf !== undefined) {
      await this.#call.until(() => this.#isQuiet(), QUIET_WITHIN_MS);
    }
    const sentMs = this.#line.nowMs();
    if (this.#call.ended !== undefined) return { said: undefined, sentMs };
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
      judgeTurn(turn.expect, this.#call.events.slice(from), sent, this.#line.nowMs(), isOver);
    for (;;) {
      const verdicts = judge(this.#call.ended !== undefined);
      const pending = verdicts.flatMap((verdict) => (verdict.outcome === 'pending' ? [verdict.untilMs] : []));
      if (pending.length === 0) return verdicts as readonly Exclude<Verdict, { outcome: 'pending' }>[];
      await this.#call.pause(Math.min(...pending) + 1 - this.#line.nowMs());
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
    const last = this.#turns.at(-1);
    return this.#call.isQuiet(last?.said === undefined ? -1 : last.sentMs);
  }
}
