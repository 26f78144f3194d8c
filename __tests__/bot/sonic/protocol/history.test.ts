import { ConversationHistory, halveHistory, planReplay } from '../../../../bot/sonic/protocol/history';
import type { HistoryMessage } from '../../../../bot/sonic/speech-model';

const user = (text: string): HistoryMessage => ({ role: 'user', text });
const assistant = (text: string): HistoryMessage => ({ role: 'assistant', text });
const bytesOf = (messages: readonly HistoryMessage[]): number =>
  messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);

describe('ConversationHistory', () => {
  it('joins neighbours of one role and leaves blanks out', () => {
    const history = new ConversationHistory();
    history.add('user', ' Hello ');
    history.add('user', 'there.');
    history.add('assistant', '   ');
    history.add('assistant', 'Hi.');
    history.add('assistant', 'How are you?');
    expect(history.messages).toEqual([user('Hello there.'), assistant('Hi. How are you?')]);
    expect(history.lastRole).toBe('assistant');
  });

  it('takes words that belong before the last utterances of the other side', () => {
    const history = new ConversationHistory();
    for (const text of ['One?', 'Two?', 'Three?']) history.add('user', text);
    history.add('assistant', 'One.', 2);
    expect(history.messages).toEqual([user('One?'), assistant('One.'), user('Two? Three?')]);
    history.add('assistant', 'Uno.', 9);
    expect(history.messages).toEqual([user('One?'), assistant('One. Uno.'), user('Two? Three?')]);
  });

  it('never holds more than it may, however long a call is', () => {
    const history = new ConversationHistory(1_000);
    for (let i = 0; i < 500; i += 1)
      history.add(i % 2 === 0 ? 'user' : 'assistant', `message ${i} ` + 'é'.repeat(i % 60));
    expect(bytesOf(history.messages)).toBeLessThanOrEqual(1_000);
    expect(history.messages.at(-1)?.text).toContain('message 499');
  });

  it('keeps how the call began and what was said last, through an hour of talk, and forgets what lies between', () => {
    const history = new ConversationHistory();
    history.add('user', 'My name is Ada.');
    history.add('assistant', 'Hello, Ada.');
    for (let i = 0; i < 1_000; i += 1)
      history.add(i % 2 === 0 ? 'user' : 'assistant', `message ${i} ${'x'.repeat(90)}`);
    for (const maxBytes of [32_768, 8_192]) {
      const { messages } = planReplay(history.messages, maxBytes, false);
      expect(messages.slice(0, 2)).toEqual([user('My name is Ada.'), assistant('Hello, Ada.')]);
      expect(messages.at(-1)?.text).toContain('message 999');
      expect(bytesOf(messages)).toBeLessThanOrEqual(maxBytes);
      expect(messages.every(({ role }, i) => role === (i % 2 === 0 ? 'user' : 'assistant'))).toBe(true);
    }
  });

  it('keeps the end of one message that is longer than all it may hold', () => {
    const history = new ConversationHistory(100);
    history.add('user', 'x'.repeat(300) + 'end');
    expect(history.messages).toEqual([user('x'.repeat(97) + 'end')]);
  });
});

describe('what a new stream is told', () => {
  it('is everything when it fits', () => {
    const messages = [user('a'), assistant('b'), user('c'), assistant('d')];
    expect(planReplay(messages, 32_768, false)).toEqual({ messages, question: undefined });
  });

  it('begins with the caller, as the service demands', () => {
    expect(planReplay([assistant('Welcome!'), user('Hi'), assistant('Hello')], 32_768, false).messages).toEqual([
      user('Hi'),
      assistant('Hello'),
    ]);
    expect(planReplay([assistant('Welcome!')], 32_768, false).messages).toEqual([]);
  });

  it('is the newest that fits', () => {
    const messages = [user('old '.repeat(100)), assistant('b'.repeat(100)), user('c'), assistant('d')];
    const replay = planReplay(messages, 110, false);
    expect(replay.messages).toEqual([user('c'), assistant('d')]);
  });

  it('drops whole sentences from the middle (rule 9)', () => {
    const story = Array.from({ length: 100 }, (_, i) => `Sentence ${i}.`).join(' ');
    const [first, ...rest] = planReplay([user(story), assistant('ok')], 600, false).messages;
    expect(first?.text).toMatch(/^Sentence \d+\. .*Sentence 99\.$/);
    expect(Buffer.byteLength(first?.text ?? '')).toBeGreaterThan(500);
    expect(rest).toEqual([assistant('ok')]);
    expect(planReplay([user('🙂'.repeat(500)), assistant('ok')], 1_001, false).messages).toEqual([]);
  });

  it('holds back the caller’s last words when nobody has answered them', () => {
    const messages = [user('a'), assistant('b'), user('What time is it?')];
    expect(planReplay(messages, 32_768, true)).toEqual({
      messages: [user('a'), assistant('b')],
      question: 'What time is it?',
    });
    expect(planReplay([user('a'), assistant('b')], 32_768, true).question).toBeUndefined();
  });

  it('never ends with the caller’s words, after which the service was seen to end the stream', () => {
    const messages = [user('a'), assistant('b'), user('Well…')];
    expect(planReplay(messages, 32_768, false)).toEqual({ messages: messages.slice(0, 2), question: undefined });
  });

  it('counts the question towards the limit', () => {
    const messages = [user('a'.repeat(500)), assistant('b'.repeat(500)), user('c'.repeat(600))];
    const replay = planReplay(messages, 1_000, true);
    expect(replay.question).toHaveLength(600);
    expect(bytesOf(replay.messages)).toBeLessThanOrEqual(400);
  });

  it('is halved until it is not worth sending', () => {
    const limits = [32_768];
    while ((limits.at(-1) ?? 0) > 0) limits.push(halveHistory(limits.at(-1) ?? 0));
    expect(limits).toEqual([32_768, 16_384, 8_192, 4_096, 2_048, 1_024, 512, 0]);
    expect(planReplay([user('a'), assistant('b')], 0, false).messages).toEqual([]);
  });
});
