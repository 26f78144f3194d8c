import { type Answer, type Experiment, known, seconds, unknown } from '../experiment';
import type { Lab } from '../lab';
import { Ended, type Ending, OTHER, quoted } from '../outcome';

const IDLE_WITHIN_MS = 300_000;
const ZEROS_MS = 360_000;
/** Eight minutes, and what the service may be late. */
const LIFE_WITHIN_MS = 485_000;

/** How a stream ends on which nothing is sent, before or after a first exchange, or nothing but zeros. */
export const idle: Experiment = {
  name: 'idle',
  asks: {
    idle: 'after how long without audio is a stream ended, and does silence count as audio',
    idleBefore: 'after how long is it ended before a first exchange',
  },
  needs: { seconds: 370, answers: 2, answerSeconds: 6, audioSeconds: 370 },
  when: 'long',
  run: async (lab) => {
    const [before, after, zeros] = await Promise.all([
      wait(lab, 'idle-before', { exchange: false, zeros: false }),
      wait(lab, 'idle-after', { exchange: true, zeros: false }),
      wait(lab, 'idle-zeros', { exchange: true, zeros: true }),
    ]);
    const saw = `after an exchange: ${told(after)}; with zeros flowing: ${told(zeros)}`;
    return [readIdle(after, zeros, saw), beforeOf(before)];
  },
};

interface Waited {
  readonly exchange: boolean;
  readonly zeros: boolean;
}

function wait(lab: Lab, name: string, { exchange, zeros }: Waited): Promise<Ending | undefined> {
  return lab.on(name, { mayBeRefused: true }, async (stream) => {
    stream.startAudio();
    stream.feed(160);
    if (exchange) {
      stream.feeding = true;
      stream.type('Say exactly: "Yes."');
      await stream.answerBegins(0);
      await stream.quiet();
    }
    stream.feeding = zeros;
    const from = stream.nowMs;
    const ending = await stream.endedWithin(zeros ? ZEROS_MS : IDLE_WITHIN_MS);
    return ending === undefined ? undefined : { ...ending, atMs: ending.atMs - from };
  });
}

const told = (ending: Ending | undefined): string =>
  ending === undefined ? 'not ended' : `${quoted(ending)} after ${seconds(ending.atMs)}`;

const limitIn = (ending: Ending | undefined): string | undefined =>
  /less than (\d+) seconds/.exec(ending?.text ?? '')?.[1];

function readIdle(after: Ending | undefined, zeros: Ending | undefined, saw: string): Answer {
  if (after === undefined) return known('idle', OTHER, saw);
  const limit = limitIn(after);
  if (limit === undefined) return unknown('idle', saw);
  const isOfSilence = limitIn(zeros) === '295';
  return known('idle', limit === '295' && isOfSilence ? '295-of-silence' : limit, saw);
}

function beforeOf(before: Ending | undefined): Answer {
  const limit = limitIn(before);
  return limit === undefined ? unknown('idleBefore', told(before)) : known('idleBefore', limit, told(before));
}

/** The end of a stream's life. */
export const lifetime: Experiment = {
  name: 'lifetime',
  asks: { lifetime: 'what ends a stream after eight minutes' },
  needs: { seconds: LIFE_WITHIN_MS / 1000, answers: 0, answerSeconds: 0, audioSeconds: LIFE_WITHIN_MS / 1000 },
  when: 'long',
  run: (lab) =>
    lab.on('lifetime', { mayBeRefused: true }, async (stream) => {
      stream.startAudio();
      stream.feeding = true;
      // Speech now and then: silence alone may end it before.
      for (let spoken = 0; spoken < 4 && stream.ending === undefined; spoken += 1) {
        await stream.say(lab.speech);
        await stream.endedWithin(LIFE_WITHIN_MS / 4);
      }
      const { ending } = stream;
      if (ending === undefined) return [known('lifetime', OTHER, `it lived longer than ${seconds(stream.nowMs)}`)];
      if (!/timed out in processing/i.test(ending.text)) throw new Ended(ending);
      const name = ending.name.charAt(0).toLowerCase() + ending.name.slice(1);
      return [known('lifetime', name, `after ${seconds(ending.atMs)}`)];
    }),
};
