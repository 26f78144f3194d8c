import { withGain } from '../../../bot/audio';
import { type CallersVoice, Ducker } from '../../../bot/call/ducker';

const SILENT: CallersVoice = { state: 'silent', voicedMs: 0 };
const voice = (voicedMs: number): CallersVoice => ({ state: 'speaking', voicedMs });

/** The gain of each 20 ms frame while the caller's voice is there from the first on. */
function gains(ducker: Ducker, frames: number, from = 0): number[] {
  return Array.from({ length: frames }, (_, frame) => ducker.gain(voice((frame + 1) * 20), (from + frame) * 20));
}

describe("the bot's voice under the caller's", () => {
  it('goes down after 120 ms of voice and comes back 600 ms later, when nobody confirms', () => {
    const heard = gains(new Ducker(), 50);
    expect(heard.findIndex((gain) => gain < 1)).toBe(5);
    expect(heard.filter((gain) => gain < 1)).toHaveLength(30);
    expect(heard.at(-1)).toBe(1);
  });

  it('goes down once for each voice', () => {
    const ducker = new Ducker();
    gains(ducker, 100);
    expect(ducker.gain(voice(2_020), 2_000)).toBe(1);
    expect(ducker.gain(SILENT, 2_020)).toBe(1);
    expect(ducker.gain(voice(120), 2_500)).toBeLessThan(1);
  });

  it('comes back at once when the caller is silent', () => {
    const ducker = new Ducker();
    expect(gains(ducker, 8).at(-1)).toBeLessThan(1);
    expect(ducker.gain(SILENT, 200)).toBe(1);
  });

  it('does not go down for the end of what the caller said, nor for a click', () => {
    const ducker = new Ducker();
    expect(ducker.gain({ state: 'pausing', voicedMs: 3_000 }, 0)).toBe(1);
    expect(ducker.gain(voice(100), 20)).toBe(1);
  });

  it('is as loud as ever in the answer to a barge-in, even when the caller is still heard', () => {
    const ducker = new Ducker();
    gains(ducker, 8);
    ducker.confirmed();
    expect(ducker.gain(voice(400), 400)).toBe(1);
  });
});

describe('a change of gain', () => {
  it('slides within the frame, so that nothing clicks', () => {
    const frame = new Int16Array(480).fill(10_000);
    const down = withGain(frame, 1, 0.1);
    const steps = [10_000, ...down].map((sample, index, all) => Math.abs(sample - (all[index + 1] ?? sample)));
    expect(Math.max(...steps)).toBeLessThanOrEqual(20);
    expect(down.at(-1)).toBe(1_000);
    expect(withGain(frame, 0.1, 0.1)[0]).toBe(1_000);
  });

  it('leaves what is to stay as it is untouched', () => {
    const frame = new Int16Array(480).fill(10_000);
    expect(withGain(frame, 1, 1)).toBe(frame);
    expect(frame.every((sample) => sample === 10_000)).toBe(true);
  });
});
