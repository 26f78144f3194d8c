import type { Finding, Report } from '../../cli/report';
import type { Answer } from './experiment';
import type { Plan } from './plan';
import { type Proposal, proposalsOf, standInOptions } from './proposals';
import { ASKED_OF_ALL } from './run';

/** What a probe found, and what it was. */
export interface Probed {
  readonly modelId: string;
  readonly region: string;
  /** ISO 8601. */
  readonly at: string;
  readonly source: 'live' | 'stand-in' | 'written';
  readonly plan: Plan;
  readonly answers: readonly Answer[];
  readonly tookSeconds: number;
  readonly spentUsd: number | undefined;
  /** Where the recordings and the report are. */
  readonly folder: string;
}

const questions = ({ plan }: Probed): Readonly<Record<string, string>> =>
  Object.assign({}, ...plan.experiments.map(({ asks, mayAsk }) => ({ ...asks, ...mayAsk })), ASKED_OF_ALL) as Record<
    string,
    string
  >;

/** As the command prints it. */
export function reportOfProbe(probed: Probed): Report {
  const asked = questions(probed);
  const { answers, plan, modelId, region, folder } = probed;
  const proposals = proposalsOf(answers, modelId);
  return {
    sections: [
      { title: `What ${modelId} in ${region} does`, findings: answers.map((answer) => findingOf(answer, asked)) },
      { title: 'Not asked', findings: [...plan.leftOut.flatMap(({ asks, name }) => leftOut(asks, name)), IAM] },
      { title: 'What follows', findings: proposals.map(proposed) },
    ],
    data: {
      probe: {
        model: modelId,
        region,
        at: probed.at,
        source: probed.source,
        seconds: Math.round(probed.tookSeconds),
        usd: probed.spentUsd,
        answers: Object.fromEntries(answers.map(({ subject, variant }) => [subject, variant ?? null])),
        standIn: standInOptions(answers).join(' '),
        folder,
      },
    },
    footer: `${costLine(probed)}\nReport and recordings: ${folder}\nThe stand-in behaves so with: npm run sandbox -- --dialect live ${standInOptions(answers).join(' ')}`,
  };
}

/** As a file for people. */
export function reportAsMarkdown(probed: Probed): string {
  const asked = questions(probed);
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const rows = probed.answers.map(
    ({ subject, variant, saw }) =>
      `| ${cell(asked[subject] ?? subject)} | \`${subject}\` | ${cell(variant ?? 'not known')} | ${cell(saw)} |`,
  );
  const proposals = proposalsOf(probed.answers, probed.modelId);
  return [
    `# ${probed.modelId} in ${probed.region}, ${probed.at}`,
    '',
    `Source: ${probed.source}. ${costLine(probed)} Not asked: ${probed.plan.leftOut.map(({ name }) => name).join(', ') || 'nothing'}.`,
    '',
    '| question | switch | variant | seen |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '## What follows',
    '',
    ...proposals.map(({ subject, text, change }) => `- \`${subject}\`: ${text}. ${change ?? 'Nothing to change.'}`),
    '',
    'The stand-in behaves so with:',
    '',
    '```bash',
    `npm run sandbox -- --dialect live ${standInOptions(probed.answers).join(' ')}`,
    '```',
    '',
  ].join('\n');
}

function costLine({ tookSeconds, spentUsd }: Probed): string {
  const cost = spentUsd === undefined ? 'no list price is known' : `$${spentUsd.toFixed(3)} by the tokens it told of`;
  return `It took ${Math.round(tookSeconds)} s; ${cost}.`;
}

function findingOf({ subject, variant, saw }: Answer, asked: Readonly<Record<string, string>>): Finding {
  const question = asked[subject] ?? subject;
  if (variant === undefined) return { status: 'unknown', subject, text: `${question}? Not known, because ${saw}` };
  const text = `${question}? ${variant}${saw === '' ? '' : ` (${saw})`}`;
  return { status: 'ok', subject, text, data: { variant, saw } };
}

/** It takes a role of its own, and nothing is made in an account here. */
const IAM: Finding = {
  status: 'skipped',
  subject: 'iam',
  text: 'which of the two IAM actions does a stream need? Asked with a role of yours: docs/bedrock-probe.md says how',
};

const leftOut = (asks: Readonly<Record<string, string>>, name: string): Finding[] =>
  Object.entries(asks).map(([subject, question]) => ({
    status: 'skipped',
    subject,
    text: `${question}? ${name === 'lifetime' ? 'With --life only, which takes eight minutes' : 'Left out by --quick'}`,
  }));

function proposed({ subject, text, change }: Proposal): Finding {
  return change === undefined ? { status: 'ok', subject, text } : { status: 'warning', subject, text, fix: change };
}
