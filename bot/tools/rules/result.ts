import { ToolFailure } from '../tool';

/** The model pays for each byte and speaks for a minute of 2 KB: nothing useful is longer. */
const MAX_RESULT_BYTES = 2_048;
/** What a result of any depth is looked through to. */
const MAX_DEPTH = 12;

type Fields = Record<string, unknown>;

/**
 * A result as the model takes it: a JSON object as text, any other being `{"result": …}`; without what is not said (control
 * characters, markup); and of a list that is too long as many items as fit, with `more` for the others.
 * @throws ToolFailure for what is too long and has no list to cut; TypeError for what JSON cannot hold
 */
export function resultJson(result: unknown, maxBytes = MAX_RESULT_BYTES): string {
  const cleaned = clean(JSON.parse(JSON.stringify(asObject(result))), 0) as Fields;
  const whole = JSON.stringify(cleaned);
  if (Buffer.byteLength(whole) <= maxBytes) return whole;
  const cut = JSON.stringify(shortened(cleaned, maxBytes));
  if (Buffer.byteLength(cut) <= maxBytes) return cut;
  throw new ToolFailure('The answer was too long to be spoken. A narrower question may help.');
}

function asObject(result: unknown): object {
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result);
  return isObject ? result : { result: result ?? null };
}

/* oxlint-disable no-control-regex -- these are what is taken out */
const UNSPEAKABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g;
/* oxlint-enable no-control-regex */
const MARKUP = /<\/?[a-z!][^<>]{0,500}>/gi;

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string')
    return value
      .replaceAll(/\p{Surrogate}/gu, '')
      .replaceAll(MARKUP, ' ')
      .replaceAll(UNSPEAKABLE, ' ')
      .trim();
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  const entries = Object.entries(value).map(([key, inner]) => [clean(key, depth), clean(inner, depth + 1)] as const);
  return Object.fromEntries(entries) as Fields;
}

interface FoundList {
  readonly owner: Fields;
  readonly key: string;
  readonly items: readonly unknown[];
  readonly bytes: number;
}

/** Cuts the longest lists, one after the other, until it fits or none is left. */
function shortened(result: Fields, maxBytes: number): Fields {
  for (const list of listsIn(result).sort((one, other) => other.bytes - one.bytes)) {
    const excess = Buffer.byteLength(JSON.stringify(result)) - maxBytes;
    if (excess <= 0) break;
    cut(list, excess);
  }
  return result;
}

/** Leaves out items from the end, until `excess` bytes and what `more` takes are gone. */
function cut({ owner, key, items }: FoundList, excess: number): void {
  const moreKey = 'more' in owner ? `more_${key}` : 'more';
  let gone = -Buffer.byteLength(`,"${moreKey}":${items.length}`);
  let kept = items.length;
  while (kept > 0 && gone < excess) {
    kept -= 1;
    gone += Buffer.byteLength(JSON.stringify(items[kept])) + 1;
  }
  owner[key] = items.slice(0, kept);
  owner[moreKey] = items.length - kept;
}

function listsIn(value: unknown): FoundList[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(listsIn);
  const owner = value as Fields;
  return Object.entries(owner).flatMap(([key, inner]) => [
    ...(Array.isArray(inner) && inner.length > 0
      ? [{ owner, key, items: inner, bytes: Buffer.byteLength(JSON.stringify(inner)) }]
      : []),
    ...listsIn(inner),
  ]);
}
