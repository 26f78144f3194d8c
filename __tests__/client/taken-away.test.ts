import { pageIn } from '../../contract/languages/page';
import { utterances } from '../../client/spoken-log';
import { LineTimes, transcriptFileName, transcriptText } from '../../client/transcript-file';
import { botCutOff, botReported, callerSaid, callerTyped, EMPTY_TRANSCRIPT, troubled } from '../../client/transcript';

const ENGLISH = pageIn('en');

const BEGAN = new Date('2026-11-27T14:05:09Z');

/** A call with all that a line can be. */
const CALL = [
  (call = EMPTY_TRANSCRIPT) => botReported(call, { segmentId: 0, text: 'Hello!', status: 'completed', heard: '' }),
  (call = EMPTY_TRANSCRIPT) => callerSaid(call, 'good morning', true, 'a'),
  (call = EMPTY_TRANSCRIPT) =>
    botReported(call, { segmentId: 1, text: 'Good morning to you.', status: 'in-progress', heard: 'Good ' }),
  (call = EMPTY_TRANSCRIPT) => botCutOff(call),
  (call = EMPTY_TRANSCRIPT) => callerTyped(call, 'What time is it?'),
  (call = EMPTY_TRANSCRIPT) => troubled(call, 'The microphone has gone.'),
];

describe('the conversation as a file', () => {
  it('has who said what and when, and nothing that nobody heard', () => {
    const times = new LineTimes();
    const call = CALL.reduce((before, step, at) => {
      const next = step(before);
      times.note(next, at * 31_000);
      return next;
    }, EMPTY_TRANSCRIPT);

    expect(transcriptText(call, times, BEGAN, ENGLISH.texts).split('\n')).toEqual([
      'Call of 2026-11-27 14:05 UTC',
      '',
      '[0:00] Agent: Hello!',
      '[0:31] You: good morning',
      '[1:02] Agent: Good — (cut off)',
      '[2:04] You: What time is it?',
      '[2:35] (The microphone has gone.)',
      '',
    ]);
    expect(transcriptFileName(BEGAN)).toBe('call-2026-11-27-1405.txt');
  });
});

describe('what a screen reader is told', () => {
  it('B5: is whole utterances, once they are certain', () => {
    const told = (upTo: number): string[] => {
      const { lines } = CALL.slice(0, upTo).reduce((before, step) => step(before), EMPTY_TRANSCRIPT);
      return lines
        .flatMap((line, at) => utterances(line, at === lines.length - 1, ENGLISH.texts))
        .map(({ text }) => text);
    };

    expect(told(1)).toEqual(['Agent: Hello!']);
    expect(told(2)).toEqual(['Agent: Hello!']); // more may be said
    expect(told(3)).toEqual(['Agent: Hello!', 'You: good morning']);
    expect(told(6).slice(2)).toEqual(['You: What time is it?', 'The microphone has gone.']);
  });
});
