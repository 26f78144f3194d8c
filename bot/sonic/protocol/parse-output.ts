import type { Usage } from '../speech-model';

/** Where an event belongs. Empty text where the service left an id out. */
interface Place {
  readonly completionId: string;
  readonly contentId: string;
}

/** One output event, its fields checked; what cannot be used says so instead of failing. */
export type OutputEvent =
  | (Place & { readonly kind: 'completion-start' })
  | (Place & { readonly kind: 'block-start'; readonly type: string; readonly role: string; readonly stage: Stage })
  | (Place & { readonly kind: 'text'; readonly text: string })
  | (Place & { readonly kind: 'audio'; readonly base64: string })
  | (Place & { readonly kind: 'tool-use'; readonly toolUseId: string; readonly name: string; readonly json: string })
  | (Place & { readonly kind: 'block-end'; readonly type: string; readonly stopReason: string })
  | (Place & { readonly kind: 'completion-end' })
  /** The model hears that the caller begins to speak, or has ended; in no written protocol, yet always sent. */
  | { readonly kind: 'speech-start' }
  | { readonly kind: 'speech-end' }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'unknown'; readonly name: string }
  | { readonly kind: 'malformed'; readonly name: string };

/** `unmarked`: the service did not say. */
export type Stage = 'speculative' | 'final' | 'unmarked';

type Fields = Readonly<Record<string, unknown>>;

/** Reads what one `chunk` of the response holds. Never throws: a bad event must not cost the call. */
export function parseOutput(bytes: Uint8Array): OutputEvent {
  let message: unknown;
  try {
    message = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    return malformed('json');
  }
  const event = isObject(message) ? message['event'] : undefined;
  if (!isObject(event)) return malformed('envelope');
  for (const name in event) {
    const fields = event[name];
    return isObject(fields) ? readEvent(name, fields) : malformed(name);
  }
  return malformed('envelope');
}

function readEvent(name: string, fields: Fields): OutputEvent {
  const completionId = text(fields['completionId']) ?? '';
  const contentId = text(fields['contentId']) ?? '';
  switch (name) {
    case 'audioOutput': {
      const base64 = text(fields['content']);
      return base64 === undefined ? malformed(name) : { kind: 'audio', completionId, contentId, base64 };
    }
    case 'textOutput': {
      const content = text(fields['content']);
      return content === undefined ? malformed(name) : { kind: 'text', completionId, contentId, text: content };
    }
    case 'contentStart': {
      const type = text(fields['type']);
      const role = text(fields['role']);
      if (type === undefined || role === undefined) return malformed(name);
      return { kind: 'block-start', completionId, contentId, type, role, stage: readStage(fields) };
    }
    case 'contentEnd': {
      const stopReason = text(fields['stopReason']) ?? '';
      return { kind: 'block-end', completionId, contentId, type: text(fields['type']) ?? '', stopReason };
    }
    case 'toolUse': {
      const toolUseId = text(fields['toolUseId']);
      const toolName = text(fields['toolName']);
      if (toolUseId === undefined || toolName === undefined) return malformed(name);
      const { content = '{}' } = fields;
      const json = typeof content === 'string' ? content : JSON.stringify(content);
      return { kind: 'tool-use', completionId, contentId, toolUseId, name: toolName, json };
    }
    case 'usageEvent':
      return readUsage(fields);
    case 'completionStart':
      return { kind: 'completion-start', completionId, contentId };
    case 'completionEnd':
      return { kind: 'completion-end', completionId, contentId };
    case 'userSpeechStart':
      return { kind: 'speech-start' };
    case 'userSpeechEnd':
      return { kind: 'speech-end' };
    default:
      return { kind: 'unknown', name: name.slice(0, 64) };
  }
}

/** `additionalModelFields` is JSON text in every recording of the live service; some clients have met an object. */
function readStage(fields: Fields): Stage {
  switch (objectIn(fields['additionalModelFields'])?.['generationStage']) {
    case 'SPECULATIVE':
      return 'speculative';
    case 'FINAL':
      return 'final';
    default:
      return 'unmarked';
  }
}

function objectIn(value: unknown): Fields | undefined {
  if (typeof value !== 'string') return isObject(value) ? value : undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The deltas, not the totals: totals begin anew with each stream of a call. */
function readUsage(fields: Fields): OutputEvent {
  const details = fields['details'];
  const delta = isObject(details) ? details['delta'] : undefined;
  if (!isObject(delta)) return malformed('usageEvent');
  return {
    kind: 'usage',
    usage: {
      inputSpeechTokens: tokens(delta['input'], 'speechTokens'),
      inputTextTokens: tokens(delta['input'], 'textTokens'),
      outputSpeechTokens: tokens(delta['output'], 'speechTokens'),
      outputTextTokens: tokens(delta['output'], 'textTokens'),
    },
  };
}

function tokens(counts: unknown, key: string): number {
  const count = isObject(counts) ? counts[key] : undefined;
  return typeof count === 'number' && Number.isFinite(count) && count > 0 ? count : 0;
}

function malformed(name: string): OutputEvent {
  return { kind: 'malformed', name: name.slice(0, 64) };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
