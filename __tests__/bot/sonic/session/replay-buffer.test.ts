import { ReplayBuffer, FRAME_MS, FRAME_SAMPLES } from '../../../../bot/sonic/session/replay-buffer';

/** Numbered samples, so that loss, repetition and disorder show. */
class Microphone {
  #next = 1;

  speak(samples: number): Int16Array {
    return Int16Array.from({ length: samples }, () => this.#next++);
  }
}

const taken = (audio: ReplayBuffer): number[] => {
  const samples: number[] = [];
  for (let frame = audio.take(); frame !== undefined; frame = audio.take()) samples.push(...frame);
  return samples;
};
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('ReplayBuffer', () => {
  it.each([1, 7, 160, 320, 512, 513, 1_000])(
    'cuts pieces of %d samples into frames, in order and complete',
    (piece) => {
      const audio = new ReplayBuffer(4 * FRAME_MS);
      const microphone = new Microphone();
      const heard: number[] = [];
      while (heard.length < FRAME_SAMPLES * 10) {
        expect(audio.push(microphone.speak(piece))).toBe(0);
        heard.push(...taken(audio));
      }
      expect(heard).toEqual(range(1, heard.length + 1));
    },
  );

  it('keeps the newest when nobody takes it, and says what it lost', () => {
    const audio = new ReplayBuffer(4 * FRAME_MS);
    const microphone = new Microphone();
    expect(audio.push(microphone.speak(4 * FRAME_SAMPLES))).toBe(0);
    expect(audio.push(microphone.speak(2 * FRAME_SAMPLES))).toBe(2);
    expect(taken(audio)).toEqual(range(2 * FRAME_SAMPLES + 1, 6 * FRAME_SAMPLES + 1));
  });

  it('keeps the end of a piece longer than all it holds', () => {
    const audio = new ReplayBuffer(2 * FRAME_MS);
    audio.push(new Microphone().speak(FRAME_SAMPLES * 5));
    expect(taken(audio)).toEqual(range(FRAME_SAMPLES * 3 + 1, FRAME_SAMPLES * 5 + 1));
  });

  it('completes a frame that has begun with silence', () => {
    const audio = new ReplayBuffer(4 * FRAME_MS);
    audio.push(new Microphone().speak(100));
    expect(audio.take()).toBeUndefined();
    audio.completeFrame();
    audio.completeFrame();
    expect(taken(audio)).toEqual([...range(1, 101), ...new Array<number>(412).fill(0)]);
  });

  it('gives again what was taken and not settled', () => {
    const audio = new ReplayBuffer(10 * FRAME_MS);
    const microphone = new Microphone();
    audio.push(microphone.speak(FRAME_SAMPLES * 2));
    taken(audio);
    audio.settle();
    audio.push(microphone.speak(FRAME_SAMPLES * 3));
    taken(audio);
    expect(audio.rewind()).toBe(3);
    expect(audio.rewind()).toBe(0);
    expect(taken(audio)).toEqual(range(FRAME_SAMPLES * 2 + 1, FRAME_SAMPLES * 5 + 1));
  });

  it('gives again no more than is still there', () => {
    const audio = new ReplayBuffer(4 * FRAME_MS);
    const microphone = new Microphone();
    for (let i = 0; i < 9; i += 1) {
      audio.push(microphone.speak(FRAME_SAMPLES));
      taken(audio);
    }
    audio.push(microphone.speak(100));
    expect(audio.rewind()).toBe(3);
    expect(taken(audio)).toEqual(range(FRAME_SAMPLES * 6 + 1, FRAME_SAMPLES * 9 + 1));
  });
});
