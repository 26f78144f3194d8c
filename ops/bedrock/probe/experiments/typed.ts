import { type Experiment, known } from '../experiment';
import { Unanswered } from '../outcome';
import { isMarker } from '../reading';
import { LONG_TEXT } from './long-text';

const SHORT_TEXT = 'Say exactly: "Yes, I am here."';
const SWALLOWED_AFTER_MS = 6_000;

/** Text typed when 32 ms of audio were fed, then more audio; and one typed after 128 ms, which everybody says is answered. */
export const typedUnfed: Experiment = {
  name: 'typed-unfed',
  asks: {
    typedUnfed: 'is text answered that was typed before 68 ms of audio',
    typedFed: 'is text answered that was typed after 128 ms of audio',
  },
  needs: { seconds: 35, answers: 2, answerSeconds: 8, audioSeconds: 12 },
  when: 'together',
  run: async (lab) => {
    const unfed = await lab.on('typed-unfed', {}, async (stream) => {
      await stream.accepted();
      stream.startAudio();
      stream.feed(32);
      stream.type(SHORT_TEXT);
      const isAnswered = (): Promise<unknown> =>
        stream.next(0, ({ name }) => name === 'contentStart', SWALLOWED_AFTER_MS);
      if ((await isAnswered()) !== undefined) return 'answered';
      stream.feed(320);
      stream.feeding = true;
      return (await isAnswered()) === undefined ? 'swallowed' : 'cured';
    });
    const fed = await lab.on('typed-fed', {}, async (stream) => {
      stream.startAudio();
      stream.feed(128);
      stream.feeding = true;
      stream.type(SHORT_TEXT);
      try {
        const { atMs } = await stream.answerBegins(0);
        return known('typedFed', 'answered', `after ${Math.round(atMs)} ms from the opening`);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        // Nothing but usage, though everything was done right.
        lab.noteTrouble('mute');
        return known('typedFed', 'mute', error.message);
      }
    });
    if (fed.variant === 'mute' && unfed === 'swallowed')
      return [{ subject: 'typedUnfed', variant: undefined, saw: 'the model answers no text at all' }, fed];
    return [known('typedUnfed', unfed, 'after 32 ms; then 320 ms at once, and silence on'), fed];
  },
};

/** Text typed into the model's own speech. */
export const typedInSpeech: Experiment = {
  name: 'typed-in-speech',
  asks: { typedInSpeech: 'is text answered that is typed while the model speaks' },
  needs: { seconds: 30, answers: 2, answerSeconds: 40, audioSeconds: 15 },
  when: 'together',
  run: (lab) =>
    lab.on('typed-in-speech', { system: 'You are being tested. Tell long stories.' }, async (stream) => {
      stream.startAudio();
      stream.feed(160);
      stream.feeding = true;
      stream.type(LONG_TEXT);
      await stream.answerBegins(0);
      await stream.next(0, ({ name }) => name === 'audioOutput', 12_000);
      const from = stream.seen.length;
      stream.type(SHORT_TEXT);
      const marker = await stream.until(
        () => stream.blocks.find((block) => block.start >= from && isMarker(block)),
        4_000,
      );
      const after = marker?.end ?? stream.seen.length;
      const answer = await stream.next(
        after,
        ({ name, body }) => name === 'contentStart' && body['role'] === 'ASSISTANT',
        8_000,
      );
      const saw = marker === undefined ? 'no marker came' : 'the marker cut the answer';
      return [known('typedInSpeech', answer === undefined ? 'unanswered' : 'answered', saw)];
    }),
};
