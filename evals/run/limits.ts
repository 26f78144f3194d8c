import type { CallEvent } from '../expect';
import type { Limits } from '../scenario';
import type { LineEnd } from './line';

/** What is known of a call besides its events; what is left out was not looked at. */
export interface CallFacts {
  readonly events: readonly CallEvent[];
  readonly ended: LineEnd;
  /** When turns were sent; what is typed is told by no event. */
  readonly turnsSentMs?: readonly number[];
  /** How long a caller waited for the first sound after each turn, and after the line was open. */
  readonly waitsMs?: readonly number[];
  readonly greetedAfterMs?: number;
  /** From what cut an answer to silence, each time. */
  readonly stopsMs?: readonly number[];
  /** Tools that were carried out, as those who did it counted. */
  readonly effects?: Readonly<Record<string, number>>;
  /** From each use of a tool to its result, as the model saw it; Infinity where none came. */
  readonly toolAnswersMs?: readonly number[];
  /** The code with which the call was refused at its start. */
  readonly refused?: string;
  /** All text that the model was given: prompts, history, results. */
  readonly modelTexts?: readonly string[];
  /** The same of all streams but the first: what a rotation, a repair or a handoff has carried over. */
  readonly nextModelTexts?: readonly string[];
  /** All messages that the client got, as text. */
  readonly clientTexts?: readonly string[];
  readonly logLines?: readonly string[];
  /** Values that must be in none of these. */
  readonly secrets?: readonly string[];
  readonly handoffs?: readonly string[];
}

/** What a scenario's limits find wrong with a call, in words; empty: nothing. */
export function brokenLimits(limits: Limits, facts: CallFacts): readonly string[] {
  const { events, ended, waitsMs = [], stopsMs = [], secrets = [] } = facts;
  const { modelTexts = [], nextModelTexts = [], clientTexts = [], logLines = [] } = facts;
  const broken: string[] = [];
  const atMost = (
    what: string,
    limit: number | undefined,
    values: readonly (number | undefined)[],
    unit = ' ms',
  ): void => {
    const worst = Math.max(0, ...values.flatMap((value) => value ?? []));
    if (limit !== undefined && worst > limit)
      broken.push(`${what} was ${Math.round(worst)}${unit}, not ${limit}${unit} at most`);
  };
  const counts = (
    what: string,
    wanted: Readonly<Record<string, number>> | undefined,
    seen: (name: string) => number,
  ): void => {
    for (const [name, count] of Object.entries(wanted ?? {})) {
      if (seen(name) !== count) broken.push(`${name} was ${what} ${seen(name)} times, not ${count}`);
    }
  };
  counts(
    'called',
    limits.calls_total,
    (name) => events.filter((event) => event.name === 'function_call' && event.call?.name === name).length,
  );
  counts('carried out', limits.effects_total, (name) => facts.effects?.[name] ?? 0);
  if (limits.refused !== undefined && facts.refused !== limits.refused)
    broken.push(
      `the call was ${facts.refused === undefined ? 'taken' : `refused as ${facts.refused}`}, not refused as ${limits.refused}`,
    );
  atMost("the model's wait for a tool's result", limits.tool_answered_max_ms, facts.toolAnswersMs ?? []);
  atMost('the longest wait', limits.silence_max_ms, waitsMs);
  atMost('the time until the bot stopped', limits.stop_max_ms, stopsMs);
  atMost('the greeting', limits.greeting_max_ms, [facts.greetedAfterMs]);
  if (limits.answers_per_turn !== undefined) {
    const most = mostAnswersInATurn(events, facts.turnsSentMs ?? []);
    if (most > limits.answers_per_turn)
      broken.push(`one turn was answered ${most} times, not ${limits.answers_per_turn} at most`);
  }
  if (limits.ended_by !== undefined && limits.ended_by !== (ended === 'lost' ? 'error' : ended)) {
    broken.push(`the call was ended by ${ended}, not by ${limits.ended_by}`);
  }
  if (limits.handoffs !== undefined && limits.handoffs.join() !== (facts.handoffs ?? []).join()) {
    broken.push(
      `the call was handed to ${facts.handoffs?.join(', ') || 'nobody'}, not to ${limits.handoffs.join(', ') || 'nobody'}`,
    );
  }
  const places = { 'the client': clientTexts, 'the model': modelTexts, 'the log': logLines };
  const leaks = Object.entries(places).flatMap(([place, texts]) =>
    secrets.some((secret) => texts.some((text) => text.includes(secret))) ? [place] : [],
  );
  if (limits.secrets_leaked !== undefined && leaks.length > limits.secrets_leaked)
    broken.push(`a secret was seen by ${leaks.join(' and ')}`);
  for (const words of limits.client_sees ?? [])
    if (!has(clientTexts, words)) broken.push(`the client never saw ${JSON.stringify(words)}`);
  for (const words of limits.client_never_sees ?? [])
    if (has(clientTexts, words)) broken.push(`the client saw ${JSON.stringify(words)}`);
  for (const words of limits.model_sees ?? [])
    if (!has(modelTexts, words)) broken.push(`the model was never told ${JSON.stringify(words)}`);
  for (const words of limits.next_model_sees ?? [])
    if (!has(nextModelTexts, words)) broken.push(`the next stream was never told ${JSON.stringify(words)}`);
  for (const words of limits.next_model_never_sees ?? [])
    if (has(nextModelTexts, words)) broken.push(`the next stream was told ${JSON.stringify(words)}`);
  for (const words of limits.log_has ?? [])
    if (!has(logLines, words)) broken.push(`the log never had ${JSON.stringify(words)}`);
  for (const words of limits.model_never_sees ?? [])
    if (has(modelTexts, words)) broken.push(`the model was told ${JSON.stringify(words)}`);
  for (const words of limits.log_never_has ?? [])
    if (has(logLines, words)) broken.push(`the log has ${JSON.stringify(words)}`);
  const heard = heardSentences(events);
  const twice = heard.filter((sentence, at) => sentence.split(' ').length > 3 && heard.indexOf(sentence) < at);
  if (limits.words_repeated !== undefined && twice.length > limits.words_repeated)
    broken.push(`heard twice: ${JSON.stringify(twice[0])}`);
  return broken;
}

const has = (texts: readonly string[], words: string): boolean => texts.some((text) => text.includes(words));
const heardSentences = (events: readonly CallEvent[]): readonly string[] =>
  events.flatMap(({ name, text }) => (name === 'tts_response' && text !== undefined ? [text.trim()] : []));

/** Answers begun between one word of the caller's and the next, those that a tool's result led to apart. */
export function mostAnswersInATurn(events: readonly CallEvent[], turnsSentMs: readonly number[] = []): number {
  let most = 0;
  let answers = 0;
  let sent = 0;
  for (const { name, atMs } of events) {
    for (; (turnsSentMs[sent] ?? Infinity) <= atMs; sent += 1) answers = 0;
    if (name === 'user_transcription' || name === 'user_started_speaking' || name === 'function_call') answers = 0;
    if (name === 'llm_started') answers += 1;
    most = Math.max(most, answers);
  }
  return most;
}
