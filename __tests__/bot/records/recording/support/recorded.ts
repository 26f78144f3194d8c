import { CallRecorder } from '../../../../../bot/records/recording/call-recorder';
import { Ticker } from '../../../../../bot/time/ticker';
import { FakeClock } from '../../../../support/fake-clock';
import { decodedRecording, type Sides } from './decoded-recording';

/** A recorder on a clock that is moved by hand, and what it has written. */
export class Recorded {
  readonly clock = new FakeClock();
  readonly pieces: Buffer[] = [];
  readonly failures: unknown[] = [];
  readonly ticker = new Ticker({
    periodMs: 20,
    clock: this.clock,
    onListenerError: (error) => this.failures.push(error),
  });
  readonly recorder: CallRecorder;
  #onHead: () => void = () => undefined;
  readonly #headWritten = new Promise<void>((resolve) => (this.#onHead = resolve));

  private constructor() {
    this.recorder = new CallRecorder({
      clock: this.clock,
      ticker: this.ticker,
      write: (bytes) => {
        this.pieces.push(bytes);
        this.#onHead();
      },
      onFailed: (error) => this.failures.push(error),
    });
  }

  static async begin(): Promise<Recorded> {
    const recorded = new Recorded();
    await recorded.#headWritten;
    return recorded;
  }

  get file(): Buffer {
    return Buffer.concat(this.pieces);
  }

  /** Ends the recording, and lets it be written. */
  async end(): Promise<Sides> {
    const ended = this.recorder.stop();
    this.clock.advance(2_000);
    await ended;
    return decodedRecording(this.file);
  }

  /** Lets 20 ms pass, the caller's side a piece of 16 kHz, the bot's one of 24 kHz that was played with nothing before it. */
  beat(sides: { caller?: Int16Array | undefined; bot?: Int16Array | undefined } = {}): void {
    if (sides.bot !== undefined) this.recorder.botPlayed(sides.bot, 0);
    this.clock.advance(20);
    if (sides.caller !== undefined) this.recorder.callerHeard(sides.caller);
  }
}

/** 20 ms of a tone, the same wave whatever the rate. */
export const toneFrame = (hz: number, frame: number, rateHz: number): Int16Array =>
  Int16Array.from({ length: rateHz / 50 }, (_, index) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * hz * (frame * (rateHz / 50) + index)) / rateHz)),
  );
