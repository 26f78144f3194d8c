import type { CallRecord, RecordedTurn } from '../../contract/call-record';
import type { Command } from '../cli/command';
import type { Finding, Section } from '../cli/report';
import { outcomeOf, recordOf } from './find';
import { PLACE_FLAGS, storeOf } from './place';

export const show: Command = {
  details: `One call as its record has it: how it went, what was said (from level transcript on: of the bot what was heard of it), tools,
waits and latencies. With --json, the record itself.`,
  positionals: [{ name: 'call', description: 'the id of the call' }],
  flags: PLACE_FLAGS,
  run: async (context) => {
    const record = await recordOf(storeOf(context), context.flags.text('call') ?? '');
    return { sections: [aboutCall(record), turnsOf(record), toolsOf(record)], data: { record } };
  },
};

const ok = (subject: string, text: string): Finding => ({ status: 'ok', subject, text });
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What a record says of the call as a whole, a name and a value each. */
export function factsOf(record: CallRecord): readonly (readonly [name: string, value: string])[] {
  const { latency, quality, tokens, costUsd, consent } = record;
  const known = (name: string, ms: number | undefined): (readonly [string, string])[] =>
    ms === undefined ? [] : [[name, seconds(ms)]];
  return [
    ['began', record.startedAt],
    ['lasted', seconds(record.durationMs)],
    ['ended', outcomeOf(record)],
    ['agent', record.agent],
    ['by', record.transport],
    ...(record.caller === undefined ? [] : [['caller', record.caller] as const]),
    ['kept', `${record.level}; consent: ${consent.mode}, ${consent.outcome}`],
    ...known('answer, median', latency.answerP50Ms),
    ...known('answer, slowest of 20', latency.answerP95Ms),
    ...known('interrupted, median', latency.bargeInP50Ms),
    ['glitches', String(quality.glitches)],
    ['rotations, reconnects', `${record.rotations.length}, ${record.reconnects.length}`],
    ['tokens', String(tokens.inputSpeech + tokens.inputText + tokens.outputSpeech + tokens.outputText)],
    ...(costUsd === undefined ? [] : [['cost, estimated', `$${costUsd.toFixed(4)}`] as const]),
  ];
}

const aboutCall = (record: CallRecord): Section => ({
  title: `Call ${record.callId}`,
  findings: factsOf(record).map(([name, value]) => ok(name, value)),
});

/** A turn in words: what was said, or why that is not known. */
export function saidIn({ text, isCut, isSecret }: RecordedTurn): string {
  if (isSecret === true) return '(a secret: not kept)';
  return `${text ?? '(not kept)'}${isCut === true ? ' – cut off' : ''}`;
}

const turnsOf = ({ turns }: CallRecord): Section => ({
  title: 'What was said',
  findings: turns.map((turn) => ok(`${seconds(turn.startMs)} ${turn.by}`, saidIn(turn))),
});

const toolsOf = ({ tools }: CallRecord): Section => ({
  title: 'Tools',
  findings: tools.map(({ name, startMs, durationMs, outcome }) =>
    ok(`${seconds(startMs)} ${name}`, `${outcome}, ${durationMs} ms`),
  ),
});
