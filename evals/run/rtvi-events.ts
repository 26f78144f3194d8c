import type { RtviMessage } from '../../bot/rtvi/messages';
import type { CallEvent } from '../expect';
import type { EventName } from '../scenario';

/** RTVI's messages that are an event by themselves. */
const PLAIN: Readonly<Record<string, EventName>> = {
  'user-started-speaking': 'user_started_speaking',
  'user-stopped-speaking': 'user_stopped_speaking',
  'vad-user-started-speaking': 'vad_user_started_speaking',
  'vad-user-stopped-speaking': 'vad_user_stopped_speaking',
  'bot-llm-started': 'llm_started',
  'bot-started-speaking': 'bot_started_speaking',
  'bot-stopped-speaking': 'bot_stopped_speaking',
  'bot-interrupted': 'bot_interrupted',
};

type Arguments = Readonly<Record<string, unknown>>;
type Data = Readonly<Record<string, unknown>>;

/**
 * A client's messages as the events that scenarios expect. `response` is what was heard, sentence by sentence; `llm_response` what
 * the model wrote. As in Pipecat, words of an answer that was cut are dropped until the next answer begins.
 */
export class RtviEvents {
  readonly #tools = new Map<string, { readonly name: string; readonly args: Arguments }>();
  #written = '';
  #isCut = false;

  /** @param atMs when the message came, by the caller's clock */
  take(message: RtviMessage, atMs: number): readonly CallEvent[] {
    const data = (message.data ?? {}) as Data;
    const plain = PLAIN[message.type];
    if (plain !== undefined) {
      this.#noteTurn(plain);
      return [{ name: plain, atMs }];
    }
    switch (message.type) {
      case 'user-transcription':
        return data['final'] === true ? [{ name: 'user_transcription', atMs, text: words(data) }] : [];
      case 'bot-llm-text':
        if (!this.#isCut) this.#written += words(data);
        return [];
      case 'bot-llm-stopped':
        return this.#isCut ? [] : [{ name: 'llm_response', atMs, text: this.#written.trim() }];
      case 'bot-tts-text':
        if (this.#isCut) return [];
        return (['tts_response', 'response'] as const).map((name) => ({ name, atMs, text: words(data) }));
      case 'llm-function-call-in-progress':
        return [{ name: 'function_call', atMs, call: this.#began(data) }];
      case 'llm-function-call-stopped': {
        const id = String(data['tool_call_id']);
        const name = this.#tools.get(id)?.name ?? '';
        const args = { tool_call_id: id, cancelled: data['cancelled'] === true };
        return [{ name: 'function_call_stopped', atMs, call: { name, args } }];
      }
      default:
        return [];
    }
  }

  #noteTurn(name: EventName): void {
    if (name === 'llm_started') {
      this.#isCut = false;
      this.#written = '';
    } else if (name === 'user_started_speaking' || name === 'bot_interrupted') this.#isCut = true;
  }

  #began(data: Data): { readonly name: string; readonly args: Arguments } {
    const { function_name: name, arguments: args } = data;
    const call = { name: typeof name === 'string' ? name : '', args: (args ?? {}) as Arguments };
    this.#tools.set(String(data['tool_call_id']), call);
    return call;
  }
}

const words = ({ text }: Data): string => (typeof text === 'string' ? text : '');
