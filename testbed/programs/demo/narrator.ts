import type { WriteStream } from 'node:tty';
import { lineText, Scene, type Told } from './scene';

const REDRAW_MS = 100;
const BARS = '▁▂▃▄▅▆▇█';
const METER_BARS = 8;
/** From silence to loud speech. */
const FLOOR_DB = -55;
const TOP_DB = -12;
const ERASE_LINE = '\r\u001b[2K';
const [DIM, BOLD, PLAIN] = ['\u001b[2m', '\u001b[1m', '\u001b[0m'];

/** Sound of the last moment, mono PCM16; undefined where it cannot be told. */
export type Listen = () => Int16Array | undefined;

/**
 * Tells a call as it happens: what is being proved, who says what, and on a terminal a line that moves, with the clock,
 * both levels and the words that are being spoken.
 */
export class Narrator {
  readonly #out: WriteStream;
  readonly #scene = new Scene();
  readonly #levels: Record<'caller' | 'bot', number[]> = { caller: [], bot: [] };
  #listen: Readonly<Record<'caller' | 'bot', Listen>> | undefined;
  #beganMs = Date.now();
  #redrawing: NodeJS.Timeout | undefined;
  #speaker = '';

  constructor(out: WriteStream) {
    this.#out = out;
  }

  get scene(): Scene {
    return this.#scene;
  }

  /** The call begins. @param listen to both sides */
  begin(beganMs: number, listen: Readonly<Record<'caller' | 'bot', Listen>>): void {
    this.#beganMs = beganMs;
    this.#listen = listen;
    if (this.#out.isTTY) this.#redrawing ??= setInterval(() => this.#redraw(), REDRAW_MS);
  }

  /** What comes next, and what it is to prove. */
  step(proved: string): void {
    this.#print(this.#out.isTTY ? `${BOLD}          ${proved}${PLAIN}` : `          ${proved}`);
  }

  /** Who is speaking, or being waited for, in two or three words. */
  now(what: string): void {
    this.#speaker = what;
  }

  /** Takes what the caller's client was told. @param told.atMs by the clock */
  take(told: Told): void {
    if (told.type === 'bot-started-speaking') this.#speaker = 'bot speaks';
    if (told.type === 'bot-stopped-speaking') this.#speaker = '';
    const line = this.#scene.take({ ...told, atMs: told.atMs - this.#beganMs });
    if (line !== undefined) this.#print(lineText(line));
  }

  /** Idempotent. */
  stop(): void {
    if (this.#redrawing === undefined) return;
    clearInterval(this.#redrawing);
    this.#redrawing = undefined;
    this.#out.write(ERASE_LINE);
  }

  #print(text: string): void {
    this.#out.write(`${this.#redrawing === undefined ? '' : ERASE_LINE}${text}\n`);
  }

  #redraw(): void {
    const clock = `${((Date.now() - this.#beganMs) / 1000).toFixed(1).padStart(6)} s`;
    const meters = (['caller', 'bot'] as const).map((who) => `${who} ${this.#meter(who)}`).join('  ');
    const rest = this.#scene.current ?? this.#speaker;
    const line = `${clock}  ${meters}  ${rest}`;
    this.#out.write(`${ERASE_LINE}${DIM}${line.slice(0, Math.max(20, this.#out.columns - 1))}${PLAIN}`);
  }

  #meter(who: 'caller' | 'bot'): string {
    const sound = this.#listen?.[who]();
    this.#levels[who] = [...this.#levels[who], sound === undefined ? 0 : loudness(sound)].slice(-METER_BARS);
    const bars = this.#levels[who].map((level) => BARS[Math.round(level * (BARS.length - 1))] ?? ' ');
    return bars.join('').padStart(METER_BARS, BARS[0]);
  }
}

/** From 0 for silence to 1 for loud speech. */
export function loudness(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += (sample / 32_768) ** 2;
  const db = 10 * Math.log10(Math.max(sum / Math.max(1, samples.length), 1e-12));
  return Math.min(1, Math.max(0, (db - FLOOR_DB) / (TOP_DB - FLOOR_DB)));
}
