import type { EventName, Expectation, ExpectedCall } from '../scenario';

/** What happened in a call, as a client was told. Times are the caller's clock's. */
export interface CallEvent {
  readonly name: EventName;
  readonly atMs: number;
  /** What was said, of the events that have words. */
  readonly text?: string;
  /** Which tool, with which arguments, of `function_call` and `function_call_stopped`. */
  readonly call?: { readonly name: string; readonly args: Readonly<Record<string, unknown>> };
}

/** A turn of the caller's: when it began to be sent, and when its last sound was. */
export interface SentTurn {
  readonly sentMs: number;
  readonly speechEndMs?: number;
}

export type Verdict =
  | { readonly outcome: 'pending'; readonly untilMs: number }
  | { readonly outcome: 'passed'; readonly atMs: number }
  /** The event came; whether its words meet `criterion` is for a judge to say. */
  | { readonly outcome: 'not-judged'; readonly atMs: number; readonly criterion: string; readonly text: string }
  | { readonly outcome: 'failed'; readonly atMs: number; readonly why: string };

/**
 * What has come of a turn's expectations by `nowMs`. They are met in their order, whatever lies between; all deadlines
 * count from the turn's sending, or from the end of speech where an expectation says so.
 * @param events of this turn, in the order in which they came
 * @param isOver no more events will come: what is pending has failed, and words that must not be said were not
 */
export function judgeTurn(
  expected: readonly Expectation[],
  events: readonly CallEvent[],
  turn: SentTurn,
  nowMs: number,
  isOver = false,
): readonly Verdict[] {
  let from = 0;
  let earlierFailed = false;
  return expected.map((expectation) => {
    const startMs = expectation.nova?.from === 'speech_end' ? (turn.speechEndMs ?? turn.sentMs) : turn.sentMs;
    const untilMs = startMs + expectation.within_ms;
    const inTime = events.slice(from).filter(({ name, atMs }) => name === expectation.event && atMs <= untilMs);
    if (expectation.absent === true) {
      const [came] = inTime;
      if (came !== undefined) {
        return failed(
          came.atMs,
          `${came.name} came after ${since(startMs, came.atMs)}, and must not within ${expectation.within_ms} ms`,
        );
      }
      return isOver || nowMs >= untilMs
        ? { outcome: 'passed', atMs: Math.min(nowMs, untilMs) }
        : { outcome: 'pending', untilMs };
    }
    const met = earlierFailed ? undefined : firstMeeting(expectation, inTime);
    if (met?.event !== undefined) {
      from = events.indexOf(met.event) + 1;
      const excluded = saidAny(expectation.text_excludes, textOf(inTime));
      if (excluded !== undefined)
        return failed(met.event.atMs, `said ${quote(excluded)}, which must not be said: ${quote(textOf(inTime))}`);
      return expectation.eval === undefined
        ? { outcome: 'passed', atMs: met.event.atMs }
        : {
            outcome: 'not-judged',
            atMs: met.event.atMs,
            criterion: expectation.eval,
            text: subjectOf(met.event, met.text),
          };
    }
    if (!isOver && nowMs <= untilMs && !earlierFailed) return { outcome: 'pending', untilMs };
    const late = events.slice(from).find(({ name, atMs }) => name === expectation.event && atMs > untilMs);
    const why = earlierFailed ? 'what was to come before it has not' : whyNot(expectation, inTime, late, startMs);
    earlierFailed = true;
    return failed(Math.min(nowMs, untilMs), why);
  });
}

interface Meeting {
  readonly event: CallEvent | undefined;
  readonly text: string;
}

/** The event with which everything that is asked of it has come. Words are joined, calls gathered, until they do. */
function firstMeeting(expectation: Expectation, candidates: readonly CallEvent[]): Meeting {
  const { text_contains: contains, eval: criterion } = expectation;
  let wanted = wantedCalls(expectation);
  for (const [index, event] of candidates.entries()) {
    const { call } = event;
    if (call !== undefined) {
      const found = wanted.findIndex((want) => isCall(want, call));
      if (found >= 0) wanted = wanted.filter((_, at) => at !== found);
    }
    const text = textOf(candidates.slice(0, index + 1));
    const needsText = criterion !== undefined && call === undefined;
    if (wanted.length === 0 && list(contains).every((words) => says(text, words)) && (!needsText || text !== '')) {
      return { event, text };
    }
  }
  return { event: undefined, text: textOf(candidates) };
}

function wantedCalls({ calls, name, args }: Expectation): readonly ExpectedCall[] {
  if (calls !== undefined) return calls;
  if (name !== undefined) return [{ name, args }];
  return args === undefined ? [] : [{ name: '', args }];
}

function isCall(want: ExpectedCall, { name, args }: NonNullable<CallEvent['call']>): boolean {
  if (typeof want === 'string') return want === name;
  return (want.name === '' || want.name === name) && isWithin(want.args ?? {}, args);
}

/** Whether all of `part` is in `whole`; lists are equal item by item. */
export function isWithin(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(whole) && part.length === whole.length && part.every((item, at) => isWithin(item, whole[at]));
  }
  if (typeof part === 'object' && part !== null) {
    if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return false;
    return Object.entries(part).every(([key, value]) => isWithin(value, (whole as Record<string, unknown>)[key]));
  }
  return part === whole;
}

function whyNot(
  expectation: Expectation,
  inTime: readonly CallEvent[],
  late: CallEvent | undefined,
  startMs: number,
): string {
  const { event, within_ms: withinMs, text_contains: contains } = expectation;
  if (inTime.length === 0) {
    if (late !== undefined) return `${event} came after ${since(startMs, late.atMs)}, not within ${withinMs} ms`;
    return `no ${event} within ${withinMs} ms`;
  }
  const text = textOf(inTime);
  const missing = list(contains).find((words) => !says(text, words));
  if (missing !== undefined) return `${event} did not say ${quote(missing)}: ${quote(text)}`;
  if (expectation.eval !== undefined && text === '' && inTime.every(({ call }) => call === undefined))
    return `${event} had no words`;
  const seen = inTime.flatMap(({ call }) => (call === undefined ? [] : [`${call.name}(${JSON.stringify(call.args)})`]));
  const wanted = wantedCalls(expectation).map((want) =>
    typeof want === 'string' ? want : `${want.name || 'any'}(${JSON.stringify(want.args ?? {})})`,
  );
  return `${event}: expected ${wanted.join(', ')}, saw ${seen.join(', ') || 'none'}`;
}

const failed = (atMs: number, why: string): Verdict => ({ outcome: 'failed', atMs, why });
const since = (startMs: number, atMs: number): string => `${Math.round(atMs - startMs)} ms`;
const list = (words: string | readonly string[] | undefined): readonly string[] =>
  words === undefined ? [] : typeof words === 'string' ? [words] : words;
const textOf = (events: readonly CallEvent[]): string =>
  events
    .flatMap(({ text }) => text ?? [])
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
const subjectOf = ({ call }: CallEvent, text: string): string =>
  call === undefined ? text : `${call.name}(${JSON.stringify(call.args)})`;
const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ');
const says = (text: string, words: string): boolean => folded(text).includes(folded(words).trim());
const saidAny = (words: string | readonly string[] | undefined, text: string): string | undefined =>
  list(words).find((word) => says(text, word));
const quote = (text: string): string => JSON.stringify(text.length > 300 ? `${text.slice(0, 300)}…` : text);
