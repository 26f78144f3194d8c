import type { Ticker } from '../../bot/time';
import type { CallTransport, TransportEvents } from '../../bot/transport/transport';
import type { RtviMessage } from '../../bot/rtvi/messages';

const SILENT_20_MS = new Int16Array(320);
const OUTPUT_PER_MS = 24;
/** Louder than this is sound. */
const LOUD = 500;

/** A caller with a silent microphone, at the bot's side of the line: connected at once, ready at once, told everything. */
export class GreetedCaller implements CallTransport {
  readonly kind = 'webrtc';
  readonly #greeting: string;
  readonly #microphone: Ticker;
  #muteMicrophone: () => void = () => undefined;
  #drainedAtMs = 0;
  #hear: (atMs: number) => void = () => undefined;
  /** When the first sound of any kind came, by `performance.now()`. */
  firstSoundAtMs: number | undefined;
  /** The same of the first sound of the greeting: its words are shown as it begins to be heard. */
  readonly greeted = new Promise<number>((resolve) => (this.#hear = resolve));

  /** @param greeting its words; other sound is something else */
  constructor(greeting: string, microphone: Ticker) {
    this.#greeting = greeting;
    this.#microphone = microphone;
  }

  get queuedMs(): number {
    return Math.max(0, this.#drainedAtMs - performance.now());
  }

  start(events: TransportEvents): Promise<void> {
    this.#muteMicrophone = this.#microphone.subscribe(() => events.onAudio(SILENT_20_MS));
    const about = { library: 'bench', library_version: '1' };
    events.onMessage({ label: 'rtvi-ai', id: '1', type: 'client-ready', data: { version: '1.0.0', about } });
    return Promise.resolve();
  }

  play(pcm24k: Int16Array): void {
    const nowMs = performance.now();
    this.#drainedAtMs = Math.max(nowMs, this.#drainedAtMs) + pcm24k.length / OUTPUT_PER_MS;
    if (this.firstSoundAtMs === undefined && pcm24k.some((sample) => Math.abs(sample) > LOUD))
      this.firstSoundAtMs = nowMs;
  }

  flush(): Promise<void> {
    this.#drainedAtMs = 0;
    return Promise.resolve();
  }

  send(message: RtviMessage): void {
    const { type, data } = message as { type: string; data?: { text?: string } };
    if (type === 'bot-output' && data?.text === this.#greeting && this.firstSoundAtMs !== undefined)
      this.#hear(performance.now());
  }

  close(): Promise<void> {
    this.#muteMicrophone();
    return Promise.resolve();
  }
}
