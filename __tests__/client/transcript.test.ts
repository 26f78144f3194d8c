import {
  botBrokenOff,
  botCutOff,
  botReported,
  botTurnOver,
  callerSaid,
  callerTyped,
  EMPTY_TRANSCRIPT,
  toolAnswered,
  toolCalled,
  troubled,
  type Line,
  type SpokenReport,
  type Transcript,
} from '../../client/transcript';
import { toolWords } from '../../client/words';

function report(segmentId: number, text: string, status: SpokenReport['status'], heard = ''): SpokenReport {
  return { segmentId, text, status, heard };
}

function after(...steps: readonly ((transcript: Transcript) => Transcript)[]): Transcript {
  return steps.reduce((transcript, step) => step(transcript), EMPTY_TRANSCRIPT);
}

const bot =
  (segmentId: number, text: string, status: SpokenReport['status'], heard?: string) => (transcript: Transcript) =>
    botReported(transcript, report(segmentId, text, status, heard));
const caller =
  (text: string, final = true) =>
  (transcript: Transcript) =>
    callerSaid(transcript, text, final);

/** A line in short: who, and the words with how far they came. */
function short(line: Line): string {
  if (line.kind === 'trouble') return `! ${line.text}`;
  if (line.kind === 'tool') return `tool: ${toolWords(line.call, line.answer)}`;
  if (line.kind === 'caller') return `you: ${line.text}${line.interim === '' ? '' : ` (${line.interim}…)`}`;
  return `bot: ${line.sentences.map(({ text, heard, progress }) => `${text}=${progress}:${heard}`).join(' ')}`;
}

function lines(transcript: Transcript): string[] {
  return transcript.lines.map(short);
}

describe('the caller’s words', () => {
  it('join as final pieces of one line until the bot answers', () => {
    const transcript = after(caller('what time'), caller('is it'), bot(0, 'Noon.', 'new'), caller('thanks'));

    expect(lines(transcript)).toEqual(['you: what time is it', 'bot: Noon.=ahead:', 'you: thanks']);
  });

  it('replace what was only guessed', () => {
    const transcript = after(caller('what', false), caller('what time', false));

    expect(lines(transcript)).toEqual(['you:  (what time…)']);
    expect(lines(callerSaid(transcript, 'what time is it', true))).toEqual(['you: what time is it']);
  });

  it('B6: told again after a change of networks, they stay what they were; the same words said later are new', () => {
    const said = (text: string, saidAt: string) => (transcript: Transcript) =>
      callerSaid(transcript, text, true, saidAt);
    const first = after(said('yes', '10:00:01'), bot(0, 'Really?', 'completed'), said('yes', '10:00:05'));

    const again = [said('yes', '10:00:01'), bot(0, 'Really?', 'completed'), said('yes', '10:00:05')];
    expect(again.reduce((transcript, step) => step(transcript), first).lines).toEqual(first.lines);
    expect(lines(said('yes', '10:00:09')(first))).toEqual(['you: yes', 'bot: Really?=heard:Really?', 'you: yes yes']);
  });

  it('are not shown twice when the server repeats what was typed', () => {
    const typed = after((transcript) => callerTyped(transcript, 'Hello there!'));

    const repeated = callerSaid(typed, 'hello there', true);

    expect(lines(repeated)).toEqual(['you: Hello there!']);
    expect(lines(callerSaid(repeated, 'hello there', true))).toEqual(['you: Hello there!', 'you: hello there']);
  });

  it('never join what was typed with what was said', () => {
    const transcript = after((before) => callerTyped(before, 'Oslo'), caller('in Norway'));

    expect(lines(transcript)).toEqual(['you: Oslo', 'you: in Norway']);
  });

  it('are left out when there are none', () => {
    expect(callerSaid(EMPTY_TRANSCRIPT, '  ', true)).toBe(EMPTY_TRANSCRIPT);
  });
});

describe('the bot’s sentences', () => {
  it('go from ahead to being heard to heard, within one line', () => {
    const begun = after(bot(0, 'One.', 'new'), bot(1, 'Two.', 'new'));
    const middle = botReported(begun, report(0, 'One.', 'in-progress'));
    const end = botReported(middle, report(0, 'One.', 'completed'));

    expect(lines(begun)).toEqual(['bot: One.=ahead: Two.=ahead:']);
    expect(lines(middle)).toEqual(['bot: One.=being-heard: Two.=ahead:']);
    expect(lines(end)).toEqual(['bot: One.=heard:One. Two.=ahead:']);
  });

  it('begin a new line with a new answer', () => {
    const transcript = after(bot(0, 'One.', 'completed'), botTurnOver, bot(1, 'Two.', 'new'));

    expect(lines(transcript)).toEqual(['bot: One.=heard:One.', 'bot: Two.=ahead:']);
  });

  it('keep what was heard and cut the rest when the caller breaks in', () => {
    const transcript = after(
      bot(0, 'One.', 'completed'),
      bot(1, 'Two and three.', 'in-progress', 'Two and'),
      bot(2, 'Four.', 'new'),
      botCutOff,
    );

    expect(lines(transcript)).toEqual(['bot: One.=heard:One. Two and three.=cut:Two and Four.=cut:']);
  });

  it('stay cut when the server only now says how far they came', () => {
    const transcript = after(
      bot(0, 'Two and three.', 'new'),
      botCutOff,
      bot(0, 'Two and three.', 'in-progress', 'Two'),
    );

    expect(lines(transcript)).toEqual(['bot: Two and three.=cut:Two']);
  });

  it('are whole again when the server says that all was heard', () => {
    const transcript = after(bot(0, 'One.', 'new'), botCutOff, caller('yes'), bot(0, 'One.', 'completed'));

    expect(lines(transcript)).toEqual(['bot: One.=heard:One.', 'you: yes']);
  });

  it('that were in the ear when the call ended are not called unheard', () => {
    const transcript = after(bot(0, 'One two.', 'in-progress'), bot(1, 'Three.', 'new'), botBrokenOff);

    expect(lines(transcript)).toEqual(['bot: One two.=being-heard: Three.=cut:']);
  });

  it('are not lost for want of a number', () => {
    const unnumbered: SpokenReport = { segmentId: undefined, text: 'One.', status: 'new', heard: '' };

    const transcript = botReported(botReported(EMPTY_TRANSCRIPT, unnumbered), { ...unnumbered, text: 'Two.' });

    expect(lines(transcript)).toEqual(['bot: One.=ahead: Two.=ahead:']);
  });

  it('ignore progress that is not the beginning of the sentence', () => {
    const transcript = after(bot(0, 'One two.', 'in-progress', 'Something else'));

    expect(lines(transcript)).toEqual(['bot: One two.=being-heard:']);
  });
});

describe('a transcript', () => {
  it('keeps the identity of lines that did not change, for views to compare', () => {
    const before = after(caller('hello'), bot(0, 'Hi.', 'new'));

    const now = botReported(before, report(0, 'Hi.', 'completed'));

    expect(now.lines[0]).toBe(before.lines[0]);
    expect(now.lines[1]).not.toBe(before.lines[1]);
    expect(now.lines[1]?.id).toBe(before.lines[1]?.id);
  });

  it('drops the oldest lines of a very long call', () => {
    let transcript = EMPTY_TRANSCRIPT;
    for (let i = 0; i < 500; i += 1) transcript = troubled(transcript, `${i}`);

    expect(transcript.lines).toHaveLength(400);
    expect(lines(transcript).at(-1)).toBe('! 499');
    expect(new Set(transcript.lines.map((line) => line.id)).size).toBe(400);
  });
});

describe('a tool that is called', () => {
  const call = (callId: string) => (transcript: Transcript) =>
    toolCalled(transcript, { callId, name: 'find_slot', args: '{"day":"Monday"}', atMs: 10 });
  const answer =
    (callId: string, result: string, cancelled = false) =>
    (transcript: Transcript) =>
      toolAnswered(transcript, callId, { result, cancelled, atMs: 20 });

  it('has a line of its own, which its answer joins, whichever answers first', () => {
    const transcript = after(call('1'), bot(0, 'One moment.', 'new'), call('2'), answer('2', '[]'), answer('1', '{}'));

    expect(lines(transcript)).toEqual([
      'tool: Tool: find_slot {"day":"Monday"} → {}',
      'bot: One moment.=ahead:',
      'tool: Tool: find_slot {"day":"Monday"} → []',
    ]);
  });

  it('may be cut off by the end of the call; an answer to what was never told is nothing', () => {
    expect(lines(after(call('1'), answer('1', '{}', true)))).toEqual([
      'tool: Tool: find_slot {"day":"Monday"} → the call ended first',
    ]);
    expect(lines(after(answer('3', '{}')))).toEqual([]);
  });
});
