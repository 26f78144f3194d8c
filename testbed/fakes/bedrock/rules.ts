import type { z } from 'zod';
import { DOCUMENTED, type Behaviours } from './behaviours';
import {
  EVENT_SCHEMAS,
  contentEnd,
  contentText,
  describeProblem,
  promptEnd,
  sessionEnd,
  sessionStart,
  type ContentStart,
  type DeclaredTool,
} from './events';
import { UNPARSABLE, decodeBase64, isObject, type InputEvent } from './input';
import { Broken, LIVE_REFUSALS, REFUSALS } from './refusals';
import { TextRules, type TextRole } from './text-rules';
import { ToolRules } from './tool-rules';

export type { TextRole } from './text-rules';

export type Endpointing = 'HIGH' | 'MEDIUM' | 'LOW';

/** What an accepted event means to the conversation; most only prepare a later one. */
export type Accepted =
  | { readonly kind: 'prepared' }
  | { readonly kind: 'session-started'; readonly endpointing: Endpointing }
  | {
      readonly kind: 'prompt-started';
      readonly promptName: string;
      readonly voiceId: string;
      readonly outputHz: number;
      readonly tools: readonly DeclaredTool[];
    }
  | { readonly kind: 'audio-opened'; readonly rateHz: number }
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
  | { readonly ok: true; readonly accepted: Accepted }
  | { readonly ok: false; readonly type: string; readonly violation: Violation };

type Block = ContentStart & { text: string; pieces: number };
type Phase = 'session' | 'prompt' | 'content' | 'prompt-ended' | 'ended';

const PREPARED: Accepted = { kind: 'prepared' };

/**
 * The order and the fields of input events, as a state machine without I/O: one instance a stream, every event through
 * `check`. After the first violation nothing is accepted any more.
 */
export class EventRules {
  #phase: Phase = 'session';
  #promptName = '';
  #blocks = new Map<string, Block>();
  readonly #usedContentNames = new Set<string>();
  #audio: 'unopened' | 'open' | 'closed' = 'unopened';
  readonly #rules: Behaviours['rules'];
  readonly #text: TextRules;
  readonly #tools: ToolRules;

  constructor(behaviours: Behaviours = DOCUMENTED) {
    this.#rules = behaviours.rules;
    this.#text = new TextRules(behaviours);
    this.#tools = new ToolRules(behaviours);
  }

  /** Tells the rules of a tool use that was sent, so that a result for it is accepted. */
  expectToolResult(toolUseId: string): void {
    this.#tools.expect(toolUseId);
  }

  /** True when everything was closed in order. */
  get ended(): boolean {
    return this.#phase === 'ended';
  }

  /** Judges the next event, which came in at `nowMs`. */
  check(event: InputEvent, nowMs = 0): RuleResult {
    try {
      return { ok: true, accepted: this.#accept(event, nowMs) };
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      this.#phase = 'ended';
      return { ok: false, type: error.type, violation: { event: event.name, message: error.message } };
    }
  }

  #accept(event: InputEvent, nowMs: number): Accepted {
    if (this.#phase === 'ended') throw new Broken(`${event.name} after the session has ended`);
    switch (event.name) {
      case 'audioInput':
        return this.#audioInput(event.body);
      case 'sessionStart':
        return this.#sessionStart(event.body);
      case 'promptStart':
        return this.#promptStart(event.body);
      case 'contentStart':
        return this.#contentStart(event.body, nowMs);
      case 'textInput':
        return this.#contentText(event.body, 'textInput', 'TEXT');
      case 'toolResult':
        return this.#contentText(event.body, 'toolResult', 'TOOL');
      case 'contentEnd':
        return this.#contentEnd(event.body, nowMs);
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
    if (this.#rules === 'live') refusePrompt(body);
    const parsed = parse(EVENT_SCHEMAS[this.#rules].promptStart, body, 'promptStart');
    this.#phase = 'content';
    this.#promptName = parsed.promptName;
    const tools = parsed.toolConfiguration?.tools.map((tool) => tool.toolSpec) ?? [];
    this.#tools.declare(tools);
    return {
      kind: 'prompt-started',
      promptName: parsed.promptName,
      voiceId: parsed.audioOutputConfiguration.voiceId,
      outputHz: parsed.audioOutputConfiguration.sampleRateHertz,
      tools,
    };
  }

  #contentStart(body: unknown, nowMs: number): Accepted {
    this.#expectPhase('contentStart', 'content');
    const parsed = parse(EVENT_SCHEMAS[this.#rules].contentStart, body, 'contentStart');
    this.#expectPrompt(parsed.promptName);
    if (this.#usedContentNames.has(parsed.contentName)) throw new Broken(`Duplicate contentName ${parsed.contentName}`);
    if (!this.#text.sawSystem && !(parsed.type === 'TEXT' && parsed.role === 'SYSTEM')) {
      throw new Broken('The first content must be the SYSTEM prompt');
    }
    for (const open of this.#blocks.values()) {
      if (open.type !== 'AUDIO') throw new Broken(`contentStart while content ${open.contentName} is open`);
    }
    if (parsed.type === 'TEXT') this.#text.open(parsed.role, parsed.interactive, this.#audio);
    else if (parsed.type === 'TOOL') this.#tools.open(parsed.toolResultInputConfiguration.toolUseId);
    else this.#openAudio(nowMs);
    this.#usedContentNames.add(parsed.contentName);
    this.#blocks.set(parsed.contentName, { ...parsed, text: '', pieces: 0 });
    if (parsed.type !== 'AUDIO') return PREPARED;
    return { kind: 'audio-opened', rateHz: parsed.audioInputConfiguration.sampleRateHertz };
  }

  #openAudio(nowMs: number): void {
    if (this.#audio === 'open' || (this.#audio === 'closed' && this.#rules === 'documented'))
      throw new Broken('Audio content can be opened only once');
    if (this.#audio === 'unopened') this.#text.historyComplete(nowMs);
    this.#audio = 'open';
  }

  #audioInput(body: unknown): Accepted {
    const block = this.#audioBlock(body);
    if (this.#rules === 'live' && [...this.#blocks.values()].some((open) => open.type === 'TEXT'))
      throw new Broken(LIVE_REFUSALS.audioTooSoon);
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
    if (block.type === 'TEXT') this.#text.add(block.role, parsed.content, this.#audio !== 'unopened');
    else this.#text.refuseDirt(parsed.content);
    if (block.type === 'TOOL' && block.pieces > 0) throw new Broken('More than one toolResult in a content');
    block.text += parsed.content;
    block.pieces += 1;
    return PREPARED;
  }

  #contentEnd(body: unknown, nowMs: number): Accepted {
    this.#expectPhase('contentEnd', 'content');
    const parsed = parse(contentEnd, body, 'contentEnd');
    this.#expectPrompt(parsed.promptName);
    const block = this.#openBlock(parsed.contentName, 'contentEnd');
    this.#blocks.delete(parsed.contentName);
    switch (block.type) {
      case 'AUDIO':
        if (this.#rules === 'live' && block.pieces === 0) throw new Broken(LIVE_REFUSALS.emptyContent);
        this.#audio = 'closed';
        return { kind: 'audio-closed' };
      case 'TEXT':
        return this.#textEnd(block, nowMs);
      case 'TOOL': {
        const { toolUseId } = block.toolResultInputConfiguration;
        this.#tools.close(toolUseId, block.text);
        return { kind: 'tool-result', toolUseId, content: block.text };
      }
    }
  }

  #textEnd({ role, interactive, text }: Extract<Block, { type: 'TEXT' }>, nowMs: number): Accepted {
    if (text === '') throw new Broken('Text content is empty');
    const late = this.#audio !== 'unopened';
    if (!late) this.#text.ended(role, nowMs);
    // An answer that the client claims was given is taken note of by nobody.
    if (late && role === 'ASSISTANT') return PREPARED;
    return { kind: 'text', role, interactive: interactive && late, text };
  }

  #promptEnd(body: unknown): Accepted {
    this.#expectPhase('promptEnd', 'content');
    this.#expectPrompt(parse(promptEnd, body, 'promptEnd').promptName);
    const [open] = this.#blocks.keys();
    if (open !== undefined) throw new Broken(REFUSALS[this.#rules].openContents(open));
    if (this.#rules === 'live' && this.#audio === 'unopened') throw new Broken(LIVE_REFUSALS.noAudio);
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

/** What the service refuses a prompt for with words of its own. @throws Broken */
function refusePrompt(body: unknown): void {
  if (!isObject(body)) return;
  const { audioOutputConfiguration: audio, toolConfiguration } = body;
  if (isObject(audio) && (audio['voiceId'] === undefined || audio['voiceId'] === ''))
    throw new Broken(LIVE_REFUSALS.noVoice);
  const tools = isObject(toolConfiguration) ? toolConfiguration['tools'] : undefined;
  for (const tool of Array.isArray(tools) ? (tools as unknown[]) : []) {
    const schema = isObject(tool) && isObject(tool['toolSpec']) ? tool['toolSpec']['inputSchema'] : undefined;
    if (isObject(schema) && typeof schema['json'] !== 'string') throw new Broken(UNPARSABLE);
  }
}
