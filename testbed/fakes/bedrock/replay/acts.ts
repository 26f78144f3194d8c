import { isObject } from '../input';

/** One thing that a client does, however many events it takes; audio is none. */
export type Act =
  | { readonly kind: 'session'; readonly body: unknown }
  | { readonly kind: 'prompt'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'text'; readonly role: string; readonly interactive: boolean; readonly content: Content }
  | { readonly kind: 'audio-start' | 'audio-end' | 'prompt-end' | 'session-end' }
  | { readonly kind: 'tool-result'; readonly toolUseId: string; readonly content: Content }
  | { readonly kind: 'unknown'; readonly name: string };

/** A text, or undefined where a recording kept only its length. */
export type Content = string | undefined;

interface Block {
  readonly type: string;
  readonly role: string;
  readonly interactive: boolean;
  readonly toolUseId: string;
  content: Content;
}

/** Puts a client's events together, those of a recording and those on the wire alike. */
export class ActReader {
  readonly #blocks = new Map<unknown, Block>();

  /** What this event completes, if anything. */
  read(name: string, body: unknown): Act | undefined {
    const fields = isObject(body) ? body : {};
    const block = this.#blocks.get(fields['contentName']);
    switch (name) {
      case 'sessionStart':
        return { kind: 'session', body: fields };
      case 'promptStart':
        return { kind: 'prompt', body: fields };
      case 'contentStart':
        return this.#open(fields);
      case 'textInput':
      case 'toolResult':
        if (block !== undefined) block.content = joined(block.content, fields['content']);
        return undefined;
      case 'contentEnd':
        this.#blocks.delete(fields['contentName']);
        return block === undefined ? undefined : completed(block);
      case 'promptEnd':
        return { kind: 'prompt-end' };
      case 'sessionEnd':
        return { kind: 'session-end' };
      default:
        return { kind: 'unknown', name };
    }
  }

  #open(fields: Readonly<Record<string, unknown>>): Act | undefined {
    const { contentName, type, role, interactive, toolResultInputConfiguration: tool } = fields;
    const toolUseId = isObject(tool) && typeof tool['toolUseId'] === 'string' ? tool['toolUseId'] : '';
    this.#blocks.set(contentName, {
      type: String(type),
      role: String(role),
      interactive: interactive === true,
      toolUseId,
      content: '',
    });
    return type === 'AUDIO' ? { kind: 'audio-start' } : undefined;
  }
}

function joined(before: Content, content: unknown): Content {
  return before === undefined || typeof content !== 'string' ? undefined : before + content;
}

function completed({ type, role, interactive, toolUseId, content }: Block): Act {
  if (type === 'AUDIO') return { kind: 'audio-end' };
  return type === 'TOOL' ? { kind: 'tool-result', toolUseId, content } : { kind: 'text', role, interactive, content };
}
