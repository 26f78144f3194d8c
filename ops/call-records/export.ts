import { resolve } from 'node:path';
import type { CallRecord } from '../../contract/call-record';
import type { Command } from '../cli/command';
import { reportOf } from '../cli/report';
import { eachRecord, outcomeOf, WHICH_FLAGS, whichOf } from './find';
import { PLACE_FLAGS, storeOf } from './place';
import { writePrivately } from './private-file';

const FORMATS = ['jsonl', 'csv'] as const;

export const exportCalls: Command = {
  details: `Writes records into one file, the latest day first: whole ones, one a line (jsonl), or a row a call with
its figures (csv), which has no word of anybody.
The file is for its owner alone to read.`,
  positionals: [{ name: 'format', description: 'how it is written', choices: FORMATS }],
  flags: {
    ...PLACE_FLAGS,
    ...WHICH_FLAGS,
    out: { type: 'string', value: 'PATH', description: 'the file [calls.jsonl or calls.csv]' },
  },
  run: async (context) => {
    const { flags } = context;
    const format = flags.choice('format', FORMATS);
    const store = storeOf(context);
    const which = whichOf(flags);
    const file = resolve(context.io.folder, flags.text('out') ?? `calls.${format}`);
    const count = { calls: 0, unreadable: 0 };
    async function* lines(): AsyncGenerator<string, void, undefined> {
      if (format === 'csv') yield rowOf(Object.keys(COLUMNS));
      for await (const { record } of eachRecord(store, which)) {
        count[record === undefined ? 'unreadable' : 'calls'] += 1;
        if (record !== undefined) yield format === 'csv' ? csvRow(record) : `${JSON.stringify(record)}\n`;
      }
    }
    await writePrivately(file, lines());
    const left = count.unreadable === 0 ? '' : `; ${count.unreadable} could not be read: ops calls list names them`;
    return {
      ...reportOf('Exported', {
        status: 'changed',
        subject: file,
        text: `${count.calls} calls of ${store.name}${left}`,
      }),
      data: { file, ...count },
    };
  },
};

/** The columns of a table of calls: no words, whatever the level. */
const COLUMNS: Readonly<Record<string, (record: CallRecord) => string | number | undefined>> = {
  call_id: ({ callId }) => callId,
  started_at: ({ startedAt }) => startedAt,
  duration_ms: ({ durationMs }) => durationMs,
  outcome: outcomeOf,
  agent: ({ agent }) => agent,
  transport: ({ transport }) => transport,
  language: ({ language }) => language,
  model: ({ model }) => model,
  caller: ({ caller }) => caller,
  level: ({ level }) => level,
  consent: ({ consent }) => consent.outcome,
  turns: ({ turns }) => turns.length,
  interrupted: ({ turns }) => turns.filter(({ isCut }) => isCut === true).length,
  tools: ({ tools }) => tools.length,
  tools_failed: ({ tools }) => tools.filter(({ outcome }) => outcome !== 'ok').length,
  longest_wait_ms: ({ waits }) => Math.max(0, ...waits.map(({ durationMs }) => durationMs)),
  answer_p50_ms: ({ latency }) => latency.answerP50Ms,
  answer_p95_ms: ({ latency }) => latency.answerP95Ms,
  glitches: ({ quality }) => quality.glitches,
  reconnects: ({ reconnects }) => reconnects.length,
  cost_usd: ({ costUsd }) => costUsd,
};

/** RFC 4180. What a spreadsheet would take for a formula begins with an apostrophe. */
const csvRow = (record: CallRecord): string => rowOf(Object.values(COLUMNS).map((value) => cell(value(record))));

const rowOf = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;

function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
