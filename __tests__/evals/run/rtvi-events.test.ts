import { rtviEvent } from '../../../bot/rtvi/messages';
import { RtviEvents } from '../../../evals/run/rtvi-events';

type Message = ReturnType<typeof rtviEvent>;
const says = (text: string): Message[] => [rtviEvent('bot-llm-text', { text }), rtviEvent('bot-tts-text', { text })];

/** The events' names and words. */
function read(...messages: Message[]): string[] {
  const events = new RtviEvents();
  return messages.flatMap((message, at) =>
    events.take(message, at).map(({ name, text, call }) => [name, text ?? call?.name ?? ''].join(' ').trim()),
  );
}

describe("a client's messages", () => {
  it('tell what was heard sentence by sentence, and what was written at its end', () => {
    const answer = [rtviEvent('bot-llm-started', undefined), ...says('One.'), ...says(' Two.')];
    expect(read(...answer, rtviEvent('bot-llm-stopped', undefined))).toEqual([
      'llm_started',
      'tts_response One.',
      'response One.',
      'tts_response  Two.',
      'response  Two.',
      'llm_response One. Two.',
    ]);
  });

  it('drop the words of an answer that was cut, until the next begins', () => {
    const cut = [
      rtviEvent('bot-llm-started', undefined),
      ...says('One.'),
      rtviEvent('bot-interrupted', undefined),
      ...says('Two.'),
    ];
    const next = [rtviEvent('bot-llm-started', undefined), ...says('Three.'), rtviEvent('bot-llm-stopped', undefined)];
    expect(read(...cut, rtviEvent('bot-llm-stopped', undefined), ...next)).toEqual([
      'llm_started',
      'tts_response One.',
      'response One.',
      'bot_interrupted',
      'llm_started',
      'tts_response Three.',
      'response Three.',
      'llm_response Three.',
    ]);
  });

  it('name a tool when it is called, and when it has answered', () => {
    const id = { tool_call_id: 'a' };
    expect(
      read(
        rtviEvent('llm-function-call-started', {}),
        rtviEvent('llm-function-call-in-progress', { ...id, function_name: 'book', arguments: { day: 'Monday' } }),
        rtviEvent('llm-function-call-stopped', { ...id, cancelled: false }),
      ),
    ).toEqual(['function_call book', 'function_call_stopped book']);
  });

  it('count words of the caller once they are final', () => {
    const said = (text: string, final: boolean): Message =>
      rtviEvent('user-transcription', { text, user_id: '', timestamp: '', final });
    expect(read(said('Hel', false), said('Hello.', true))).toEqual(['user_transcription Hello.']);
  });
});
