import type { z } from 'zod';
import { TEXTS } from './exceptions';
import {
  contentEnd,
  contentStart,
  contentText,
  describeProblem,
  promptEnd,
  promptStart,
  sessionEnd,
  sessionStart,
  type DeclaredTool,
} from './events';
import { decodeBase64, isObject, type InputEvent } from './input';

export type Endpointing = 'HIGH' | 'MEDIUM' | 'LOW';
export type TextRole = 'SYSTEM' | 'USER' | 'ASSISTANT';

/** What an accepted event means to the conversation; most only prepare a later one. */
export type Accepted =
  | { readonly kind: 'prepared' }
  | { readonly kind: 'session-started'; readonly endpointing: Endpointing }
  | {
      readonly kind: 'prompt-started';
      readonly promptName: string;
      readonly voiceId: string;
      readonly tools: readonly DeclaredTool[];
    }
  | { readonly kind: 'audio-opened' }
  | { readonly kind: 'audio'; readonly pcm: Buffer }
  | { readonly kind: 'text'; readonly role: TextRole; readonly interactive: boolean; readonly text: string }
  | { readonly kind: 'tool-result'; readonly toolUseId: string; readonly content: string }
  | { readonly kind: 'audio-closed' }
  | { readonly kind: 'prompt-ended' }
  | { readonly kind: 'session-ended' };

/** A broken rule, with the text the stream is refused with. */
export interface Violation {
  readonly event: string;
  readonly message: string;
}

export type RuleResult =
  { readonly ok: true; readonly accepted: Accepted } | { readonly ok: false; readonly violation: Violation };

type Block = z.infer<typeof contentStart> & { text: string; pieces: number };
type Phase = 'session' | 'prompt' | 'content' | 'prompt-ended' | 'ended';

/** One `textInput` of the history may hold this much, and the whole history that much. */
const MAX_TEXT_INPUT_BYTES = 1024;
const MAX_HISTORY_BYTES = 40 * 1024;

class Broken extends Error {}

const PREPARED: Accepted = { kind: 'prepared' };

/**
 * The order and the fields of input events, as a state machine without I/O: one instance a stream, every event through
 * `check`. After the first violation nothing is accepted any more.
 */
export class EventRules {
  #phase: Phase = 'session';
  #promptName = '';
  #hasTools = false;
  #blocks = new Map<string, Block>();
  readonly #usedContentNames = new Set<string>();
  #sawSystem = false;
  #audio: 'unopened' | 'open' | 'closed' = 'unopened';
  #historyBytes = 0;
  #sawHistory = false;
  /** Tool uses sent to the client, and whether each has been answered. */
  readonly #toolUses = new Map<string, 'waiting' | 'answering' | 'answered'>();

  /** Tells the rules of a tool use that was sent, so that a result for it is accepted. */
  expectToolResult(toolUseId: string): void {
    this.#toolUses.set(toolUseId, 'waiting');
  }

  /** True when everything was closed in order. */
  get ended(): boolean {
    return this.#phase === 'ended';
  }

  /** Judges the next event. */
  check(event: InputEvent): RuleResult {
    try {
      return { ok: true, accepted: this.#accept(event) };
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      this.#phase = 'ended';
      return { ok: false, violation: { event: event.name, message: error.message } };
    }
  }

  #accept(event: InputEvent): Accepted {
    if (this.#phase === 'ended') throw new Broken(`${event.name} after the session has ended`);
    switch (event.name) {
      case 'audioInput':
        return this.#audioInput(event.body);
      case 'sessionStart':
        return this.#sessionStart(event.body);
      case 'promptStart':
        return this.#promptStart(event.body);
      case 'contentStart':
        return this.#contentStart(event.body);
      case 'textInput':
        return this.#contentText(event.body, 'textInput', 'TEXT');
      case 'toolResult':
        return this.#contentText(event.body, 'toolResult', 'TOOL');
      case 'contentEnd':
        return this.#contentEnd(event.body);
      case 'promptEnd':
        return this.#promptEnd(event.body);
      case 'sessionEnd':
        return this.#sessionEnd(event.body);
      default:
        throw new Broken(`Unknown event ${event.name}`);
    }
  }

  #sessionStart(body: unknown): Accepted {
    this.#expectPhase('sessionStart', 'session');
    const parsed = parse(sessionStart, body, 'sessionStart');
    this.#phase = 'prompt';
    return {
      kind: 'session-started',
      endpointing: parsed.turnDetectionConfiguration?.endpointingSensitivity ?? 'HIGH',
    };
  }

  #promptStart(body: unknown): Accepted {
    this.#expectPhase('promptStart', 'prompt');
    const parsed = parse(promptStart, body, 'promptStart');
    this.#phase = 'content';
    this.#promptName = parsed.promptName;
    const tools = parsed.toolConfiguration?.tools.map((tool) => tool.toolSpec) ?? [];
    this.#hasTools = tools.length > 0;
    return {
      kind: 'prompt-started',
      promptName: parsed.promptName,
      voiceId: parsed.audioOutputConfiguration.voiceId,
      tools,
    };
  }

  #contentStart(body: unknown): Accepted {
    this.#expectPhase('contentStart', 'content');
    const parsed = parse(contentStart, body, 'contentStart');
    this.#expectPrompt(parsed.promptName);
    if (this.#usedContentNames.has(parsed.contentName)) throw new Broken(`Duplicate contentName ${parsed.contentName}`);
    if (!this.#sawSystem && !(parsed.type === 'TEXT' && parsed.role === 'SYSTEM')) {
      throw new Broken('The first content must be the SYSTEM prompt');
    }
    for (const open of this.#blocks.values()) {
      if (open.type !== 'AUDIO') throw new Broken(`contentStart while content ${open.contentName} is open`);
    }
    if (parsed.type === 'TEXT') this.#openText(parsed.role, parsed.interactive);
    else if (parsed.type === 'TOOL') this.#openToolResult(parsed.toolResultInputConfiguration.toolUseId);
    else if (this.#audio !== 'unopened') throw new Broken('Audio content can be opened only once');
    this.#usedContentNames.add(parsed.contentName);
    this.#blocks.set(parsed.contentName, { ...parsed, text: '', pieces: 0 });
    if (parsed.type !== 'AUDIO') return PREPARED;
    this.#audio = 'open';
    return { kind: 'audio-opened' };
  }

  #openText(role: TextRole, interactive: boolean): void {
    if (role === 'SYSTEM') {
      if (this.#sawSystem) throw new Broken('Only one SYSTEM content is allowed');
      if (interactive) throw new Broken('SYSTEM content cannot be interactive');
      this.#sawSystem = true;
      return;
    }
    if (this.#audio === 'unopened') {
      if (!this.#sawHistory && role === 'ASSISTANT') throw new Broken('Chat history must start with a USER message');
      this.#sawHistory = true;
      return;
    }
    if (this.#audio === 'closed') throw new Broken('Text content after audio content was closed');
    if (role === 'ASSISTANT' || !interactive)
      throw new Broken('Chat history can be sent only once, before audio content');
  }

  #openToolResult(toolUseId: string): void {
    if (!this.#hasTools) throw new Broken('Tool result without toolConfiguration');
    const state = this.#toolUses.get(toolUseId);
    if (state === undefined) throw new Broken(`Tool result for unknown toolUseId ${toolUseId}`);
    if (state !== 'waiting') throw new Broken(`Tool result for toolUseId ${toolUseId} was given before`);
    this.#toolUses.set(toolUseId, 'answering');
  }

  #audioInput(body: unknown): Accepted {
    const block = this.#audioBlock(body);
    const content = isObject(body) ? body['content'] : undefined;
    if (typeof content !== 'string') throw new Broken('audioInput: content: must be base64 text');
    const pcm = decodeBase64(content);
    if (pcm === undefined) throw new Broken('audioInput: content: is not base64');
    if (pcm.length === 0 || pcm.length % 2 !== 0) throw new Broken('audioInput: content: is not whole 16-bit samples');
    block.pieces += 1;
    return { kind: 'audio', pcm };
  }

  /** By hand, not by schema: this runs for every 32 ms of every call. */
  #audioBlock(body: unknown): Block {
    this.#expectPhase('audioInput', 'content');
    if (!isObject(body) || Object.keys(body).length !== 3)
      throw new Broken('audioInput: expects promptName, contentName, content');
    this.#expectPrompt(body['promptName']);
    const block = this.#openBlock(body['contentName'], 'audioInput');
    if (block.type !== 'AUDIO') throw new Broken('audioInput in content that is not AUDIO');
    return block;
  }

  #contentText(body: unknown, event: 'textInput' | 'toolResult', type: 'TEXT' | 'TOOL'): Accepted {
    this.#expectPhase(event, 'content');
    const parsed = parse(contentText, body, event);
    this.#expectPrompt(parsed.promptName);
    const block = this.#openBlock(parsed.contentName, event);
    if (block.type !== type) throw new Broken(`${event} in content of type ${block.type}`);
    this.#limitText(block, Buffer.byteLength(parsed.content));
    if (block.type === 'TOOL' && block.pieces > 0) throw new Broken('More than one toolResult in a content');
    block.text += parsed.content;
    block.pieces += 1;
    return PREPARED;
  }

  #limitText(block: Block, bytes: number): void {
    if (block.type !== 'TEXT') return;
    if (block.role === 'SYSTEM') {
      if (Buffer.byteLength(block.text) + bytes > MAX_HISTORY_BYTES)
        throw new Broken('System prompt is over max limit');
      return;
    }
    if (this.#audio !== 'unopened') {
      if (bytes > MAX_TEXT_INPUT_BYTES) throw new Broken(`textInput is over ${MAX_TEXT_INPUT_BYTES} bytes`);
      return;
    }
    this.#historyBytes += bytes;
    if (bytes > MAX_TEXT_INPUT_BYTES || this.#historyBytes > MAX_HISTORY_BYTES) throw new Broken(TEXTS.historyTooBig);
  }

  #contentEnd(body: unknown): Accepted {
    this.#expectPhase('contentEnd', 'content');
    const parsed = parse(contentEnd, body, 'contentEnd');
    this.#expectPrompt(parsed.promptName);
    const block = this.#openBlock(parsed.contentName, 'contentEnd');
    this.#blocks.delete(parsed.contentName);
    switch (block.type) {
      case 'AUDIO':
        this.#audio = 'closed';
        return { kind: 'audio-closed' };
      case 'TEXT':
        if (block.text === '') throw new Broken('Text content is empty');
        return {
          kind: 'text',
          role: block.role,
          interactive: block.interactive && this.#audio !== 'unopened',
          text: block.text,
        };
      case 'TOOL': {
        const { toolUseId } = block.toolResultInputConfiguration;
        if (!isJson(block.text)) throw new Broken('Tool Response parsing error');
        this.#toolUses.set(toolUseId, 'answered');
        return { kind: 'tool-result', toolUseId, content: block.text };
      }
    }
  }

  #promptEnd(body: unknown): Accepted {
    this.#expectPhase('promptEnd', 'content');
    this.#expectPrompt(parse(promptEnd, body, 'promptEnd').promptName);
    const [open] = this.#blocks.keys();
    if (open !== undefined) throw new Broken(`promptEnd while content ${open} is open`);
    this.#phase = 'prompt-ended';
    return { kind: 'prompt-ended' };
  }

  #sessionEnd(body: unknown): Accepted {
    if (this.#phase !== 'prompt' && this.#phase !== 'prompt-ended')
      throw new Broken(`Unexpected sessionEnd, ${this.#expected()}`);
    parse(sessionEnd, body, 'sessionEnd');
    this.#phase = 'ended';
    return { kind: 'session-ended' };
  }

  #expectPhase(event: string, phase: Phase): void {
    if (this.#phase !== phase) throw new Broken(`Unexpected ${event}, ${this.#expected()}`);
  }

  #expected(): string {
    switch (this.#phase) {
      case 'session':
        return 'expected sessionStart';
      case 'prompt':
        return 'expected promptStart';
      case 'content':
        return 'a prompt is open';
      default:
        return 'expected sessionEnd';
    }
  }

  #expectPrompt(promptName: unknown): void {
    if (promptName !== this.#promptName) throw new Broken('promptName does not match the promptStart event');
  }

  #openBlock(contentName: unknown, event: string): Block {
    const block = typeof contentName === 'string' ? this.#blocks.get(contentName) : undefined;
    if (block === undefined) throw new Broken(`No open content found for ${event}`);
    return block;
  }
}

function parse<T extends z.ZodType>(schema: T, body: unknown, event: string): z.infer<T> {
  const result = schema.safeParse(body);
  if (!result.success) throw new Broken(`${event}: ${describeProblem(result.error)}`);
  return result.data;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
