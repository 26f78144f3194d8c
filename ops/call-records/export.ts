import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CallRecord } from '../../contract/call-record';
import type { Command } from '../cli/command';
import { reportOf } from '../cli/report';
import { findRecords, outcomeOf, WHICH_FLAGS, whichOf } from './find';
import { PLACE_FLAGS, storeOf } from './place';

const FORMATS = ['jsonl', 'csv'] as const;

export const exportCalls: Command = {
  details: `Writes records into one file: whole ones, one a line (jsonl), or a row a call with its figures (csv), which has no word of anybody.
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
    const { records, unreadable } = await findRecords(store, whichOf(flags));
    const file = resolve(context.io.folder, flags.text('out') ?? `calls.${format}`);
    writeFileSync(file, format === 'csv' ? csvOf(records) : records.map((one) => `${JSON.stringify(one)}\n`).join(''), {
      mode: 0o600,
    });
    const left = unreadable.length === 0 ? '' : `; ${unreadable.length} could not be read: ops calls list names them`;
    return {
      ...reportOf('Exported', {
        status: 'changed',
        subject: file,
        text: `${records.length} calls of ${store.name}${left}`,
      }),
      data: { file, calls: records.length, unreadable: unreadable.length },
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
function csvOf(records: readonly CallRecord[]): string {
  const rows = records.map((record) => Object.values(COLUMNS).map((value) => cell(value(record))));
  return [Object.keys(COLUMNS), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
