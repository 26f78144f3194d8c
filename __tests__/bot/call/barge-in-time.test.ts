import { bargeInMs } from '../../../bot/call/barge-in-time';

describe('a barge-in, as the caller has it', () => {
  it.each([
    ['from the first sound of a caller who still speaks', { beganMs: 5_000, voicedMs: 5_340 }, 1_000, 360],
    ['from the first sound of a short word', { beganMs: 5_000, voicedMs: 5_100 }, 1_000, 360],
    [
      'from the first sound of the bot, which spoke to a caller in mid-word',
      { beganMs: 3_000, voicedMs: 5_340 },
      5_060,
      300,
    ],
    ['not at all, for a caller who typed', undefined, 1_000, undefined],
    ['not at all, where nobody spoke since the bot began', { beganMs: 500, voicedMs: 900 }, 1_000, undefined],
    ['not at all, by a voice long gone', { beganMs: 1_500, voicedMs: 2_000 }, 1_000, undefined],
  ])('is measured %s', (_what, voice, audibleMs, ms) => {
    expect(bargeInMs({ voice, audibleMs, silentMs: 5_360 })).toBe(ms);
  });
});
