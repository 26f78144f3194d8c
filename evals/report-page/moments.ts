import type { HeldCall } from '../report';

/** Something that was said, or done, from when on; ms since the call began. */
export interface Moment {
  readonly atMs: number;
  readonly who: 'caller' | 'bot' | 'tool';
  readonly text: string;
}

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly about: string;
}

/** What is to be shown of a call; ms since it began. */
export interface CallStory {
  readonly moments: readonly Moment[];
  readonly tools: readonly Stretch[];
  readonly interruptions: readonly { readonly atMs: number; readonly about: string }[];
}

/** A call's events as a person reads them. */
export function storyOf({ run, facts, readyMs }: HeldCall, durationMs: number): CallStory {
  const { events, turns } = run;
  const since = (atMs: number): number => Math.max(0, Math.min(durationMs, atMs - readyMs));
  const said = turns.flatMap(({ said: text, sentMs, speechEndMs }): Moment[] =>
    text === undefined
      ? []
      : [{ atMs: since(sentMs), who: 'caller', text: speechEndMs === undefined ? `${text} (typed)` : text }],
  );
  const told = events.flatMap(({ name, atMs, text = '', call }): Moment[] => {
    if (name === 'tts_response') return [{ atMs: since(atMs), who: 'bot', text }];
    if (name !== 'function_call' || call === undefined) return [];
    return [{ atMs: since(atMs), who: 'tool', text: `${call.name}(${JSON.stringify(call.args)})` }];
  });
  const calls = events.filter(({ name }) => name === 'function_call');
  const stops = events.filter(({ name }) => name === 'function_call_stopped');
  const tools = calls.map(({ atMs, call }) => {
    const end = stops.find((stop) => stop.atMs >= atMs && stop.call?.name === call?.name)?.atMs;
    return { fromMs: since(atMs), toMs: end === undefined ? durationMs : since(end), about: call?.name ?? '' };
  });
  const cuts = events.filter(({ name }) => name === 'bot_interrupted');
  const { stopsMs = [] } = facts;
  const interruptions = cuts.map(({ atMs }, at) => {
    const stopMs = stopsMs.length === cuts.length ? stopsMs[at] : undefined;
    const about = stopMs === undefined ? 'interrupted' : `interrupted, silent after ${Math.round(stopMs)} ms`;
    return { atMs: since(atMs), about };
  });
  return { moments: [...said, ...told].toSorted((a, b) => a.atMs - b.atMs), tools, interruptions };
}
