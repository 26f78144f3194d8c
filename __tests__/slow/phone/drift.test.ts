import { InputPacer } from '../../../bot/sonic/session/input-pacer';
import { FRAME_MS, ReplayBuffer } from '../../../bot/sonic/session/replay-buffer';
import { VoiceIn } from '../../../bot/transport/twilio/voice-in';
import { STEP_MS, StepClock, talk } from '../../bot/transport/twilio/paced-talk';

/* Ten minutes in which the clock of the telephone network is a little fast or slow beside ours, as crystals are. */

const TEN_MINUTES_MS = 600_000;
/** The same 60 ms with a tenth of the work: a clock that is ten times as far off, for a minute. */
const MINUTE_MS = 60_000;
const KEPT_MS = 3_000;
const GAP_MS = 192;

const payload = Buffer.alloc(160, 0x20).toString('base64');

/** Somebody speaks without a pause, by a clock that is `ppm` fast. @returns what the model was sent of it, and what waited */
function listen(forMs: number, ppm: number) {
  const clock = new StepClock();
  const audio = new ReplayBuffer(KEPT_MS);
  const pacer = new InputPacer(audio, GAP_MS);
  let lostFrames = 0;
  const voice = new VoiceIn(clock, (pcm16k) => (lostFrames += audio.push(pcm16k)));
  const seen = { spokenMs: 0, sentMs: 0, silentFrames: 0, mostWaitingMs: 0 };
  let chunk = 0;
  let tickMs = 0;
  for (let nowMs = 0; nowMs < forMs; nowMs += STEP_MS) {
    while (chunk * STEP_MS <= nowMs * (1 + ppm / 1e6)) {
      voice.take(chunk + 1, chunk * STEP_MS, payload);
      chunk += 1;
    }
    seen.mostWaitingMs = Math.max(seen.mostWaitingMs, audio.waitingFrames * FRAME_MS);
    if (nowMs >= tickMs) {
      tickMs += FRAME_MS;
      const frames = pacer.tick(nowMs);
      seen.sentMs += frames.length * FRAME_MS;
      seen.silentFrames += frames.filter((frame) => frame === undefined).length;
    }
    clock.advance(STEP_MS);
  }
  return { ...seen, spokenMs: chunk * STEP_MS, lostFrames };
}

describe.each([-100, 100])('with a telephone whose clock is %d millionths fast, for ten minutes', (ppm) => {
  it('phone 11: Twilio has at most 200 ms of the bot unheard, never runs dry, and plays what was sent', () => {
    const { mostUnheardMs, gapsMs, playedMs, sentMs } = talk(TEN_MINUTES_MS, { wayMs: 20, ppm });
    expect(mostUnheardMs).toBeLessThanOrEqual(200);
    expect(gapsMs).toBe(0);
    expect(Math.abs(playedMs - TEN_MINUTES_MS * (1 + ppm / 1e6))).toBeLessThanOrEqual(40);
    expect(sentMs - playedMs).toBeLessThanOrEqual(200);
  });

  it('phone 11: the model is given all that the caller says, as it comes, and no silence within it', () => {
    const { spokenMs, sentMs, silentFrames, mostWaitingMs, lostFrames } = listen(MINUTE_MS, 10 * ppm);
    expect(Math.abs(spokenMs - MINUTE_MS * (1 + ppm / 1e5))).toBeLessThanOrEqual(STEP_MS);
    expect(spokenMs - sentMs).toBeLessThan(2 * FRAME_MS);
    expect([silentFrames, lostFrames]).toEqual([0, 0]);
    expect(mostWaitingMs).toBeLessThanOrEqual(2 * FRAME_MS);
  });
});
