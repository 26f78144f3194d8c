import { INTERRUPTED_MARKER, type Kept, type TextLength } from '../../../contract/model-recordings';

/** What each kind of id is called instead, with a number. */
const IDS: Readonly<Record<string, string>> = {
  promptName: 'prompt',
  contentName: 'content',
  contentId: 'block',
  completionId: 'completion',
  toolUseId: 'tool',
  sessionId: 'session',
};

const ACCESS_KEY = /\b(AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b/g;
const ARN = /arn:aws[\w-]*:[^\s"']+/g;
const ACCOUNT = /\b[0-9]{12}\b/g;
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** What a redactor takes out, for the head of a recording. */
export const REDACTED = ['ids', 'access keys', 'ARNs', 'account ids and request ids in errors', "the caller's audio"];

/** Makes of events what may be kept of them. Ids keep their identity, and lengths of texts their equality. */
export class Redactor {
  readonly #texts: Kept;
  readonly #ids = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #lengths = new Map<string, number>();

  constructor(texts: Kept) {
    this.#texts = texts;
  }

  /** The fields of an event but for its content, which is the caller's of this to judge. */
  fields(body: unknown): Record<string, unknown> {
    return this.#clean(body, '') as Record<string, unknown>;
  }

  /** A text, or how long it was. */
  text(content: unknown): string | TextLength {
    const text = typeof content === 'string' ? content : JSON.stringify(content ?? null);
    if (this.#texts === 'kept' || INTERRUPTED_MARKER.test(text)) return keyless(text);
    const known = this.#lengths.get(text) ?? this.#lengths.size + 1;
    this.#lengths.set(text, known);
    return { text: known, chars: text.length };
  }

  /** The words of an error, as the service wrote them but for names of the account and the request. */
  error(message: string): string {
    return keyless(message).replace(ACCOUNT, '000000000000').replace(UUID, '00000000-0000-0000-0000-000000000000');
  }

  #clean(value: unknown, key: string): unknown {
    if (typeof value === 'string') return key in IDS ? this.#id(IDS[key] ?? key, value) : keyless(value);
    if (Array.isArray(value)) return value.map((one) => this.#clean(one, ''));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.#clean(part, name)]));
  }

  #id(kind: string, id: string): string {
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const name = `${kind}-${number}`;
    this.#ids.set(id, name);
    return name;
  }
}

function keyless(text: string): string {
  return text.replace(ACCESS_KEY, '(access key)').replace(ARN, '(ARN)');
}
