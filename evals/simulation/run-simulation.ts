import { type Line, type LineEnd, type ScriptRun, WatchedCall } from '../run';
import type { Simulation } from '../scenario';
import type { Claim, SimulationEnd } from './outcome';
import { type Persona, SimulatorError } from './persona';

export interface SimulationRun extends ScriptRun {
  readonly endedBy: SimulationEnd;
  /** Of a caller who hung up. */
  readonly claim: Claim | undefined;
  /** What prevented the caller from being played. */
  readonly trouble: string | undefined;
  /** From the first word, or the caller's being there, to the end. */
  readonly durationMs: number;
}

/** Pipecat's defaults. */
export const MAX_TURNS = 20;
const MAX_DURATION_S = 300;
const MAX_SILENCE_S = 30;
/** What the bot has to say to the caller's last words is listened to. */
const CLOSING_MS = 15_000;

/**
 * Holds a call in which a persona speaks with the bot, and hangs up.
 * @throws Error where a turn cannot be sent on this line at all
 */
export async function runSimulation(simulation: Simulation, line: Line, persona: Persona): Promise<SimulationRun> {
  return new SimulatedCall(simulation, line, persona).run();
}

class SimulatedCall {
  readonly #simulation: Simulation;
  readonly #call: WatchedCall;
  readonly #persona: Persona;
  readonly #turns: ScriptRun['turns'][number][] = [];
  /** When something was last said or done, and from which event on nothing of it was answered. */
  #activeMs: number;
  #from = 0;
  #claim: Claim | undefined;
  #trouble: string | undefined;

  constructor(simulation: Simulation, line: Line, persona: Persona) {
    this.#simulation = simulation;
    this.#call = new WatchedCall(line);
    this.#persona = persona;
    this.#activeMs = line.nowMs();
  }

  async run(): Promise<SimulationRun> {
    const { line, events } = this.#call;
    const startMs = line.nowMs();
    const endedBy = await this.#talk(startMs + (this.#simulation.max_duration_s ?? MAX_DURATION_S) * 1000);
    const durationMs = line.nowMs() - Math.min(line.nowMs(), events[0]?.atMs ?? startMs);
    const ended: LineEnd = this.#call.ended ?? 'caller';
    line.hangUp();
    const [claim, trouble] = [this.#claim, this.#trouble];
    return { outcomes: [], events, turns: this.#turns, ended, endedBy, claim, trouble, durationMs };
  }

  async #talk(deadlineMs: number): Promise<SimulationEnd> {
    for (;;) {
      const over = await this.#listen(deadlineMs);
      if (over !== undefined) return over;
      const heard = this.#heard();
      let reply: Awaited<ReturnType<Persona['reply']>>;
      try {
        reply = await this.#persona.reply(heard);
      } catch (error) {
        if (!(error instanceof SimulatorError)) throw error;
        this.#trouble = error.message;
        return 'error';
      }
      this.#activeMs = this.#call.line.nowMs();
      // A bot that went on meanwhile is listened to, and answered as a whole.
      if (this.#overBy(deadlineMs) !== undefined || !this.#isQuiet() || this.#heard() !== heard) continue;
      if (reply.text !== '') await this.#say(heard, reply.text);
      this.#claim = reply.hangsUp;
      const isLast = this.#turns.length >= (this.#simulation.max_turns ?? MAX_TURNS);
      if (reply.hangsUp === undefined && !isLast) continue;
      if (reply.text !== '') await this.#call.until(() => this.#isQuiet(), CLOSING_MS);
      return reply.hangsUp === undefined ? 'max_turns' : 'end_call';
    }
  }

  /** Until the bot has said something to its end, or why there is nothing more to wait for. */
  async #listen(deadlineMs: number): Promise<SimulationEnd | undefined> {
    const hasSpoken = (): boolean => this.#isQuiet() && this.#heard() !== '';
    const isOver = (): boolean => this.#overBy(deadlineMs) !== undefined;
    const leftMs = deadlineMs - this.#call.line.nowMs();
    await this.#call.until(() => hasSpoken() || isOver() || this.#isSilent(), leftMs);
    return this.#overBy(deadlineMs) ?? (hasSpoken() ? undefined : 'silence');
  }

  #overBy(deadlineMs: number): SimulationEnd | undefined {
    const { ended, line } = this.#call;
    if (ended !== undefined) return ended === 'bot' ? 'bot' : 'error';
    return line.nowMs() >= deadlineMs ? 'max_duration' : undefined;
  }

  /** Nobody has said or done anything for too long; a reply that is being spoken is no silence. */
  #isSilent(): boolean {
    const { line, events } = this.#call;
    const stoppedMs = Math.max(this.#call.last('bot_stopped_speaking'), this.#call.last('bot_interrupted'));
    const isSpeaking = this.#call.last('bot_started_speaking') > stoppedMs;
    const activeMs = Math.max(this.#activeMs, events.at(-1)?.atMs ?? 0);
    return !isSpeaking && line.nowMs() - activeMs >= (this.#simulation.max_silence_s ?? MAX_SILENCE_S) * 1000;
  }

  /** What was heard of the bot since the caller spoke last. */
  #heard(): string {
    const { events } = this.#call;
    return events
      .slice(this.#from)
      .flatMap(({ name, text }) => (name === 'response' && text !== undefined ? [text.trim()] : []))
      .join(' ')
      .trim();
  }

  #isQuiet(): boolean {
    return this.#call.isQuiet(this.#turns.at(-1)?.sentMs ?? -1);
  }

  async #say(heard: string, text: string): Promise<void> {
    const { line, events } = this.#call;
    this.#persona.hasSaid(heard, text);
    this.#from = events.length;
    if (this.#simulation.user?.modality === 'audio') {
      const { startedMs, endedMs } = await line.speak(text, undefined);
      this.#turns.push({ said: text, sentMs: startedMs, speechEndMs: endedMs });
    } else {
      this.#turns.push({ said: text, sentMs: line.nowMs() });
      line.type(text);
    }
    this.#activeMs = line.nowMs();
  }
}
