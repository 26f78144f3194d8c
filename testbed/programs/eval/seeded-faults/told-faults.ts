import type { RtviMessage } from '../../../../bot/rtvi/messages';
import type { SeededFault } from './fault';

type Hears = NonNullable<SeededFault['hears']>;

const dataOf = ({ data }: RtviMessage): Readonly<Record<string, unknown>> => (data ?? {}) as Record<string, unknown>;
const without =
  (type: string): Hears =>
  () =>
  (message) =>
    message.type === type ? [] : [message];
const twice =
  (...types: readonly string[]): Hears =>
  () =>
  (message) =>
    types.includes(message.type) ? [message, message] : [message];
const says =
  (type: string, instead: (text: string) => string): Hears =>
  () =>
  (message) => {
    const data = dataOf(message);
    return [message.type === type ? { ...message, data: { ...data, text: instead(String(data['text'])) } } : message];
  };

/** Wrong in what a client is told, and in what the bot is told of its caller. */
export const TOLD_FAULTS = {
  answered_twice: {
    foundBy: 'assistant: conversation/greets_once',
    says: 'answered 2 times',
    hears: twice('bot-llm-started', 'bot-llm-stopped'),
  },
  sentence_heard_twice: {
    foundBy: 'assistant: conversation/greets_once',
    says: 'heard twice',
    hears: twice('bot-tts-text'),
  },
  greeting_lost: {
    foundBy: 'assistant: conversation/greets_once',
    says: 'no response',
    hears: without('bot-tts-text'),
  },
  interruption_untold: {
    foundBy: 'assistant: conversation/typed_over_an_answer',
    says: 'no bot_interrupted',
    hears: without('bot-interrupted'),
  },
  answer_cut_by_mm_hm: {
    foundBy: 'assistant: conversation/mm_hm_is_no_turn',
    says: 'the client never saw "Here is its very end"',
    hears: () => (message) => (JSON.stringify(message).includes('its very end') ? [] : [message]),
  },
  end_of_tool_untold: {
    foundBy: 'assistant: tools/failing_tool_is_told',
    says: 'no function_call_stopped',
    hears: without('llm-function-call-stopped'),
  },
  caller_misheard: {
    foundBy: 'assistant: conversation/spoken_question',
    says: 'did not say "what time"',
    hears: says('user-transcription', () => 'A thyme in Rome.'),
  },
  goodbye_cut: {
    foundBy: 'clinic: appointment/says_goodbye_whole_and_hangs_up',
    says: 'did not say "take good care',
    hears: says('bot-tts-text', (text) => text.replace(/ take .*/, '')),
  },
  hung_up_before_goodbye: {
    foundBy: 'clinic: appointment/says_goodbye_whole_and_hangs_up',
    says: 'did not say "take good care',
    hears: () => {
      let isOver = false;
      return (message) => {
        isOver ||= message.type === 'llm-function-call-in-progress';
        return isOver ? [] : [message];
      };
    },
  },
  never_hung_up: {
    foundBy: 'clinic: appointment/says_goodbye_whole_and_hangs_up',
    says: 'ended by caller, not by bot',
    ends: () => 'caller',
  },
  handoff_untold: {
    foundBy: 'clinic: appointment/hands_over_to_billing',
    says: 'handed to nobody',
    hears: () => (message) => (dataOf(message)['type'] === 'agent' ? [] : [message]),
  },
  typed_words_lost: {
    foundBy: 'assistant: conversation/typed_question',
    says: 'no function_call',
    types: () => undefined,
  },
  no_taken_for_yes: {
    foundBy: 'clinic: appointment/no_is_no',
    says: 'book was carried out 1 times',
    types: (words) => (words.startsWith('No') ? 'Yes, please.' : words),
  },
  variables_lost: {
    foundBy: 'clinic: appointment/greets_by_name',
    says: 'never told "Ada"',
    variables: () => ({}),
  },
} as const satisfies Record<string, SeededFault>;
