import { AudioRecorder } from '../../../../../bot/records/recording/audio-recorder';
import { RecordingFile } from '../../../../../bot/records/recording/recording-file';
import { Ticker } from '../../../../../bot/time/ticker';
import { FakeClock, settle } from '../../../../support/fake-clock';
import { decodedRecording, type Sides } from './decoded-recording';

/** A recorder on a clock that is moved by hand, and what it has written. */
export class Recorded {
  readonly clock = new FakeClock();
  readonly parts: Buffer[] = [];
  /** Whether a part finds room. */
  hasRoom = true;
  readonly failures: unknown[] = [];
  readonly ticker = new Ticker({
    periodMs: 20,
    clock: this.clock,
    onListenerError: (error) => this.failures.push(error),
  });
  readonly recorder: AudioRecorder;

  private constructor(file: Promise<RecordingFile>) {
    this.recorder = new AudioRecorder({
      clock: this.clock,
      ticker: this.ticker,
      write: (part) => {
        if (this.hasRoom) this.parts.push(part);
        return this.hasRoom;
      },
      onFailed: (error) => this.failures.push(error),
      file,
    });
  }

  /** @param file what it writes to */
  static async begin(file: Promise<RecordingFile> = RecordingFile.begin()): Promise<Recorded> {
    await file.catch(() => undefined);
    const recorded = new Recorded(file);
    await settle();
    return recorded;
  }

  get file(): Buffer {
    return Buffer.concat(this.parts);
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

const tones = new Map<string, Int16Array>();

/** 20 ms of a tone of a whole number of tens of hertz, the same wave whatever the rate; not to be changed. */
export function toneFrame(hz: number, frame: number, rateHz: number): Int16Array {
  // After five frames, 100 ms, it begins anew.
  const key = `${hz} ${rateHz} ${frame % 5}`;
  const known = tones.get(key);
  if (known !== undefined) return known;
  const samples = rateHz / 50;
  const tone = Int16Array.from({ length: samples }, (_, index) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * hz * ((frame % 5) * samples + index)) / rateHz)),
  );
  tones.set(key, tone);
  return tone;
}
