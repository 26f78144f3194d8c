import { VoiceOut } from '../../../../bot/transport/twilio/voice-out';

/** Moved by hand; nothing here sets a timer. */
export class StepClock {
  #ms = 0;
  readonly nowMs = (): number => this.#ms;
  readonly epochMs = (): number => this.#ms;
  readonly after = (): never => {
    throw new Error('a timer');
  };
  advance(ms: number): void {
    this.#ms += ms;
  }
}

export const STEP_MS = 20;
const LEAD_MS = 160;
const FRAME = new Int16Array(480).fill(700);

interface Waiting {
  readonly atMs: number;
  readonly what: 'frame' | 'clear' | { readonly mark: string };
}

/** Twilio behind a network: what it is sent comes `wayMs` later, is played in order by a clock that is `ppm` fast, and its echoes take as long back. */
function twilioBehind(clock: StepClock, wayMs: number, ppm: number) {
  const coming: Waiting[] = [];
  const echoes: { readonly atMs: number; readonly mark: string }[] = [];
  let buffer: Waiting['what'][] = [];
  const seen = { mostUnheardMs: 0, gapsMs: 0, playedMs: 0, isPlaying: false };
  const writer = { media: () => 'frame', mark: (mark: string) => `mark ${mark}`, clear: () => 'clear' };
  const send = (message: string): void => {
    const what = message.startsWith('mark ') ? { mark: message.slice(5) } : (message as 'frame' | 'clear');
    coming.push({ atMs: clock.nowMs() + wayMs, what });
  };
  const echo = (mark: string): void => void echoes.push({ atMs: clock.nowMs() + wayMs, mark });
  const echoLeading = (): void => {
    for (let first = buffer[0]; typeof first === 'object'; first = buffer[0]) {
      echo(first.mark);
      buffer.shift();
    }
  };
  const clear = (): void => {
    for (const what of buffer) if (typeof what === 'object') echo(what.mark);
    buffer = [];
    seen.isPlaying = false;
  };
  const beat = (): void => {
    echoLeading();
    if (buffer.length > 0) {
      buffer.shift();
      seen.playedMs += STEP_MS;
      seen.isPlaying = true;
      echoLeading();
    } else if (seen.isPlaying) seen.gapsMs += STEP_MS;
  };
  let beats = 0;
  const step = (voice: VoiceOut): void => {
    while ((coming[0]?.atMs ?? Infinity) <= clock.nowMs()) {
      const what = coming.shift()?.what;
      if (what === 'clear') clear();
      else if (what !== undefined) buffer.push(what);
    }
    const unheardMs = buffer.filter((what) => what === 'frame').length * STEP_MS;
    seen.mostUnheardMs = Math.max(seen.mostUnheardMs, unheardMs);
    for (beats += 1 + ppm / 1e6; beats >= 1; beats -= 1) beat();
    while ((echoes[0]?.atMs ?? Infinity) <= clock.nowMs()) voice.echoed(echoes.shift()?.mark ?? '');
  };
  return { writer, send, seen, step };
}

interface Talk {
  readonly wayMs: number;
  /** How much faster Twilio plays than the bot sends, in millionths. */
  readonly ppm?: number;
  /** Whether the event loop stands still. */
  readonly isStalled?: (ms: number) => boolean;
}

/** Speaks to Twilio without a pause for so long. */
export function talk(forMs: number, { wayMs, ppm = 0, isStalled = () => false }: Talk) {
  const clock = new StepClock();
  const { writer, send, seen, step } = twilioBehind(clock, wayMs, ppm);
  const voice = new VoiceOut({ clock, writer, send });
  for (let ms = 0; ms < forMs; ms += STEP_MS) {
    if (!isStalled(ms)) {
      voice.beat();
      while (voice.queuedMs < LEAD_MS) voice.play(FRAME);
    }
    clock.advance(STEP_MS);
    step(voice);
  }
  return { ...seen, sentMs: seen.playedMs + voice.queuedMs };
}
