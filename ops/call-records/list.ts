import type { CallRecord } from '../../contract/call-record';
import type { Command } from '../cli/command';
import type { Finding, Report } from '../cli/report';
import { findRecords, outcomeOf, WHICH_FLAGS, whichOf } from './find';
import { PLACE_FLAGS, storeOf } from './place';

export const list: Command = {
  details: `Which calls there are records of, the latest first: by time, agent, how they ended, and caller. A caller has a pseudonym, the same
in all of their calls. Reads every record that may be meant, which S3 logs.`,
  flags: {
    ...PLACE_FLAGS,
    ...WHICH_FLAGS,
    limit: { type: 'string', value: 'N', description: 'how many are shown', default: '50' },
  },
  run: async (context): Promise<Report> => {
    const store = storeOf(context);
    const { found, unreadable } = await findRecords(store, whichOf(context.flags), findingOf);
    const shown = found.slice(0, context.flags.number('limit', 1, 100_000) ?? 50);
    return {
      sections: [
        { title: `Calls in ${store.name}`, findings: shown },
        ...(unreadable.length === 0 ? [] : [{ title: 'Not read', findings: unreadable.map(unreadFinding) }]),
      ],
      data: { calls: found.length, shown: shown.length },
      footer: found.length > shown.length ? `${found.length - shown.length} more: --limit N shows them.` : '',
    };
  },
};

const unreadFinding = ({ key, why }: { readonly key: string; readonly why: string }): Finding => ({
  status: 'warning',
  subject: key,
  text: why,
});

function findingOf(record: CallRecord): Finding {
  const { callId, startedAt, agent, transport, durationMs, caller, level, turns, recording } = record;
  const parts = [
    startedAt.slice(0, 19).replace('T', ' '),
    agent,
    transport,
    `${Math.round(durationMs / 1000)} s`,
    outcomeOf(record),
    `${turns.length} turns`,
    recording === undefined ? level : 'recording',
    ...(caller === undefined ? [] : [caller]),
  ];
  return {
    status: outcomeOf(record).endsWith('failed') ? 'warning' : 'ok',
    subject: callId,
    text: parts.join(' · '),
    data: { startedAt, agent, transport, durationMs, outcome: outcomeOf(record), level, caller, turns: turns.length },
  };
}
