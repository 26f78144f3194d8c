import type { SpanAttributes } from '../telemetry';
import type { ToolContent } from './collect';
import type { Said } from './collected';

/** More than that is left out of a span: collectors and viewers cut or refuse long attributes. */
const MAX_CHARACTERS = 16 * 1024;

interface Message {
  readonly role: 'user' | 'assistant';
  readonly parts: readonly [{ readonly type: 'text'; readonly content: string }];
  readonly finish_reason?: 'stop' | 'interrupted';
}

/**
 * Words of a call until a span takes them, in the form of OpenTelemetry's conventions for generative AI (1.41,
 * gen-ai-input-messages.json and gen-ai-output-messages.json): what the caller said, and what they heard.
 */
export class SpanContent {
  readonly #messages: Message[] = [];
  #characters = 0;

  /** @param said its text as the record has it: undefined where that has none */
  said({ text, isSecret, ...said }: Said): void {
    if (text === undefined || isSecret || (said.by === 'bot' && said.via === 'notice')) return;
    this.#characters += text.length;
    if (this.#characters > MAX_CHARACTERS) return;
    const parts = [{ type: 'text', content: text }] as const;
    if (said.by === 'caller') this.#messages.push({ role: 'user', parts });
    else this.#messages.push({ role: 'assistant', parts, finish_reason: said.isCut ? 'interrupted' : 'stop' });
  }

  /** What was said since the last span of a turn. */
  take(): SpanAttributes {
    this.#characters = 0;
    const messages = this.#messages.splice(0);
    return {
      ...asJson(
        'gen_ai.input.messages',
        messages.filter(({ role }) => role === 'user'),
      ),
      ...asJson(
        'gen_ai.output.messages',
        messages.filter(({ role }) => role === 'assistant'),
      ),
    };
  }
}

const asJson = (name: string, messages: readonly Message[]): SpanAttributes =>
  messages.length === 0 ? {} : { [name]: JSON.stringify(messages) };

/** What a tool's span says of what it was asked and answered. */
export function toolAttributes(content: ToolContent): SpanAttributes {
  const values = { 'gen_ai.tool.call.arguments': content.arguments, 'gen_ai.tool.call.result': content.result };
  const texts = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, JSON.stringify(value)] as const],
  );
  return Object.fromEntries(texts.filter(([, text]) => text.length <= MAX_CHARACTERS));
}
