import { FRAME_SAMPLES, ReplayBuffer } from '../../../../bot/sonic/session/replay-buffer';
import { type Frame, InputPacer } from '../../../../bot/sonic/session/input-pacer';

/** Runs a pacer tick by tick and writes down what the model would be sent: `A` audio, `.` silence, `|` a tick. */
class Line {
  readonly audio = new ReplayBuffer(3_000);
  readonly #pacer = new InputPacer(this.audio, 192);
  readonly sent: number[] = [];
  #nowMs = 0;
  #trace = '';

  say(samples: number, value = 1): this {
    this.audio.push(new Int16Array(samples).fill(value));
    return this;
  }

  tick(times = 1, spacingMs = 32): this {
    for (let i = 0; i < times; i += 1) {
      this.#nowMs += spacingMs;
      this.#send(this.#pacer.tick(this.#nowMs));
      this.#trace += '|';
    }
    return this;
  }

  /** Says it while the model listens. */
  sayNow(samples: number, value = 1): this {
    this.say(samples, value);
    this.#send(this.#pacer.arrived());
    return this;
  }

  takeOver(): this {
    this.#send(this.#pacer.first());
    return this;
  }

  #send(frames: readonly Frame[]): void {
    for (const frame of frames) {
      this.#trace += frame === undefined ? '.' : 'A';
      this.sent.push(...(frame ?? new Array<number>(FRAME_SAMPLES).fill(0)));
    }
  }

  get trace(): string {
    const trace = this.#trace;
    this.#trace = '';
    return trace;
  }
}

describe('InputPacer', () => {
  it('sends a frame of silence a tick until the caller is heard', () => {
    expect(new Line().tick(3).trace).toBe('.|.|.|');
  });

  it('sends the caller’s audio as it comes, without silence in between', () => {
    const line = new Line();
    for (let ms = 0; ms < 3_200; ms += 20) {
      line.say(320);
      if (Math.floor((ms + 20) / 32) > Math.floor(ms / 32)) line.tick();
    }
    expect(line.trace).not.toContain('.');
    expect(line.audio.waitingFrames).toBeLessThanOrEqual(1);
  });

  it('waits a gap of jitter out, then sends what was late at once', () => {
    const line = new Line().say(512).tick();
    line.tick(4);
    expect(line.say(512 * 5).tick(2).trace).toBe('A|||||AAAA|A|');
  });

  it('is back to real time within a second of three seconds of audio in one piece', () => {
    const line = new Line().say(512 * 93).tick(31);
    expect(line.audio.waitingFrames).toBe(0);
    expect(line.trace).toMatch(/^(AAAA\|){23}A\|/);
  });

  it('keeps up with bursts: no latency grows', () => {
    const line = new Line();
    for (let second = 0; second < 20; second += 1) {
      line
        .say(16_000 / 2)
        .tick(16)
        .say(16_000 / 2)
        .tick(15);
      expect(line.audio.waitingFrames).toBeLessThanOrEqual(6);
    }
  });

  it('takes a longer gap for silence, as long as the gap was', () => {
    const line = new Line().say(512).tick();
    expect(line.tick(9).trace).toBe('A|||||||.......|.|.|');
  });

  it('sends the rest of what was said before the silence', () => {
    const line = new Line().say(700, 5).tick(8);
    expect(line.sent.filter((sample) => sample === 5)).toHaveLength(700);
    expect(line.sent.slice(0, 700)).toEqual(new Array<number>(700).fill(5));
  });

  it('puts no silence into a word when the event loop was late: the audio is behind the ticks', () => {
    const line = new Line().say(512).tick();
    // Half a second of nothing, caught up in one go; then the audio of that time is read from the socket.
    line.tick(1, 500).tick(15, 0.1);
    line.say(512 * 15).tick(5);
    expect(line.trace).not.toContain('.');
  });

  it('tells a new stream again what the old one may not have heard', () => {
    const line = new Line().say(512, 1).tick().say(512, 2).tick();
    line.audio.settle();
    line.say(512, 3).tick().say(512, 4).tick();
    line.audio.rewind();
    line.sent.length = 0;
    line.tick();
    expect([...new Set(line.sent)]).toEqual([3, 4]);
  });

  it('sends a frame once it is whole: a sample waits for one piece more at the most, whatever the beat does', () => {
    const line = new Line();
    const waitsMs: number[] = [];
    // Piece 20 ms after piece, each of another value, and a tick wherever it falls: all eight phases of both.
    for (let piece = 0, ticks = 0; piece < 80; piece += 1) {
      for (; ticks * 32 < piece * 20; ticks += 1) line.tick();
      line.sayNow(320, piece + 1);
      const heard = line.sent.at(-1) ?? 0;
      while (waitsMs.length < heard) waitsMs.push(20 * (piece - waitsMs.length));
    }
    expect(Math.max(...waitsMs)).toBe(20);
    expect(waitsMs.filter((ms) => ms > 0).length / waitsMs.length).toBeCloseTo(3 / 8, 1);
    expect(line.trace.replaceAll('|', '')).toMatch(/^A+$/);
  });

  it('sends a backlog no faster for it, and owes no silence for ticks between which it sent', () => {
    const line = new Line().tick();
    for (let frame = 0; frame < 6; frame += 1) line.sayNow(512);
    expect(line.trace).toBe('.|AAAA');
    expect(line.tick(2).trace).toBe('AA||');
    expect(line.sayNow(512).tick(2).sayNow(512).trace).toBe('A||A');
    expect(line.tick(9).trace).toBe('|||||||.......|.|');
  });

  it('tells a stream that takes over what waits, though that was a full tick already', () => {
    const line = new Line().say(512 * 6).tick();
    expect(line.takeOver().takeOver().trace).toBe('AAAA|AA.');
  });

  it('takes no notice of empty pieces', () => {
    expect(new Line().say(0).tick(2).trace).toBe('.|.|');
  });
});
