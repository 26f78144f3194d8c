import { canonicalJson, digest } from '../../../../contract/digest';
import type { Fingerprint } from '../../../../contract/model-recordings';
import { isObject } from '../input';
import type { Act } from './acts';
import { textDiff } from './text-diff';

/** No more than so many differences of one thing are told. */
const MAX_TOLD = 5;
const MAX_QUOTED = 60;
/** Between two hearings of one interruption: about a second of speech. */
const MAX_WORDS_APART = 3;

/** A difference in a line, and what of a long text is other. */
export interface Difference {
  readonly what: string;
  readonly diff: readonly string[];
}

/** How what the bot does differs from what it did in a recording; undefined: it does not. Texts of which the recording has only the length count as equal. */
export function difference(recorded: Act, actual: Act, fingerprint: Fingerprint | undefined): Difference | undefined {
  const what = inWords(recorded, actual, fingerprint);
  if (what === undefined) return undefined;
  const isText = recorded.kind === 'text' && actual.kind === 'text' && recorded.role === actual.role;
  return { what, diff: isText ? textDiff(recorded.content ?? '', actual.content ?? '') : [] };
}

function inWords(recorded: Act, actual: Act, fingerprint: Fingerprint | undefined): string | undefined {
  if (recorded.kind !== actual.kind)
    return `the bot sends ${described(actual)}, the recording has ${described(recorded)}`;
  if (recorded.kind === 'session' && actual.kind === 'session')
    return told('sessionStart', jsonDifferences(recorded.body, actual.body));
  if (recorded.kind === 'prompt' && actual.kind === 'prompt')
    return told('promptStart', jsonDifferences(promptOf(recorded.body), promptOf(actual.body)));
  if (recorded.kind === 'tool-result' && actual.kind === 'tool-result') return ofResults(recorded, actual);
  if (recorded.kind === 'text' && actual.kind === 'text') return ofTexts(recorded, actual, fingerprint);
  return undefined;
}

/** What is done, as the object of a sentence. */
export function described(act: Act): string {
  switch (act.kind) {
    case 'text':
      return act.role === 'SYSTEM' ? kindOfText(act) : `${kindOfText(act)} ${quoted(act.content)}`;
    case 'tool-result':
      return `the result of ${act.toolUseId}`;
    case 'unknown':
      return act.name;
    case 'session':
    case 'prompt':
      return `${act.kind}Start`;
    default:
      return {
        'audio-start': 'the start of audio',
        'audio-end': 'the end of audio',
        'prompt-end': 'promptEnd',
        'session-end': 'sessionEnd',
      }[act.kind];
  }
}

type Text = Extract<Act, { kind: 'text' }>;
type Result = Extract<Act, { kind: 'tool-result' }>;

function kindOfText({ role, interactive }: Text): string {
  if (role === 'SYSTEM') return 'the system prompt';
  return interactive ? 'typed text' : `history of ${role}`;
}

function ofTexts(recorded: Text, actual: Text, fingerprint: Fingerprint | undefined): string | undefined {
  if (recorded.role !== actual.role || recorded.interactive !== actual.interactive)
    return `the bot sends ${described(actual)}, the recording has ${described(recorded)}`;
  if (recorded.content === undefined) {
    const isOther =
      recorded.role === 'SYSTEM' && fingerprint !== undefined && fingerprint.system !== digest(actual.content);
    return isOther ? 'the system prompt is another one (the recording has only its fingerprint)' : undefined;
  }
  if (recorded.content === actual.content || isCutNearby(recorded, actual)) return undefined;
  return `${kindOfText(actual)}: ${lineDifferences(recorded.content, actual.content ?? '')}`;
}

/** An answer that was interrupted may have been heard to a word before, or after. */
function isCutNearby({ role, content: before = '' }: Text, { content: now = '' }: Text): boolean {
  if (role !== 'ASSISTANT') return false;
  const [less = [], more = []] = [before.split(' '), now.split(' ')].toSorted((a, b) => a.length - b.length);
  return more.length - less.length <= MAX_WORDS_APART && less.every((word, at) => word === more[at]);
}

function ofResults(recorded: Result, actual: Result): string | undefined {
  if (recorded.toolUseId !== actual.toolUseId)
    return `the bot answers ${actual.toolUseId}, the recording has the result of ${recorded.toolUseId}`;
  if (recorded.content === undefined || actual.content === undefined) return undefined;
  const [before, now] = [parsed(recorded.content), parsed(actual.content)];
  return told(`the result of ${actual.toolUseId}`, jsonDifferences(before, now));
}

function told(what: string, differences: readonly string[]): string | undefined {
  if (differences.length === 0) return undefined;
  const more = differences.length > MAX_TOLD ? `; and ${differences.length - MAX_TOLD} more` : '';
  return `${what}: ${differences.slice(0, MAX_TOLD).join('; ')}${more}`;
}

/** Without the prompt's name, which is drawn anew, and with tools by their names and their schemas as JSON. */
function promptOf({ toolConfiguration, ...rest }: Readonly<Record<string, unknown>>): unknown {
  const tools = isObject(toolConfiguration) ? toolConfiguration['tools'] : undefined;
  const specs = (Array.isArray(tools) ? (tools as unknown[]) : []).map((tool) =>
    isObject(tool) ? tool['toolSpec'] : {},
  );
  const byName = specs.map((spec) => {
    const { name = '', inputSchema, ...about } = isObject(spec) ? spec : {};
    const json = isObject(inputSchema) ? inputSchema['json'] : undefined;
    return [String(name), { ...about, schema: typeof json === 'string' ? parsed(json) : inputSchema }] as const;
  });
  return { ...rest, promptName: '', tools: Object.fromEntries(byName) };
}

/** Where two values of JSON differ, path by path. */
function jsonDifferences(before: unknown, now: unknown, path = ''): string[] {
  if (canonicalJson(before) === canonicalJson(now)) return [];
  if (!isObject(before) || !isObject(now)) return [`${path || 'it'} was ${quoted(before)}, is ${quoted(now)}`];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys.flatMap((key) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (!(key in before)) return [`${at} is new`];
    return key in now ? jsonDifferences(before[key], now[key], at) : [`${at} is gone`];
  });
}

function lineDifferences(before: string, now: string): string {
  const [old, fresh] = [before.split('\n'), now.split('\n')];
  const gone = old.filter((line) => !fresh.includes(line));
  const added = fresh.filter((line) => !old.includes(line));
  const first = [
    ...gone.slice(0, 1).map((line) => `was ${quoted(line)}`),
    ...added.slice(0, 1).map((line) => `is ${quoted(line)}`),
  ];
  return `+${added.length} −${gone.length} lines: ${first.join(', ') || 'in another order'}`;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json;
  }
}

function quoted(value: unknown): string {
  if (value === undefined) return '(only its length was kept)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}
