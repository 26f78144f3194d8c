import { dollars } from '../costs/costs';
import { findingLines, wrapped } from '../cli/page';
import type { Finding } from '../cli/report';
import type { Offer } from './offer';

export interface Screen {
  readonly title: string;
  readonly findings: readonly Finding[];
  /** What is written into the settings; empty where the file is complete. */
  readonly changes: readonly string[];
  readonly file: string;
  readonly offer: Offer;
  /** The command that takes it all away again. */
  readonly undo: string;
}

/** The one screen before anything is done. */
export function renderScreen({ title, findings, changes, file, offer, undo }: Screen): string {
  const total = offer.creates.reduce((sum, { count }) => sum + count, 0);
  return [
    title,
    '',
    'Looked at',
    ...findings.flatMap(findingLines),
    '',
    `Is made, or brought up to date: ${total} resources`,
    ...offer.creates.flatMap(({ stack, count, types }) =>
      wrapped(
        `${stack} (${count}): ${types.map(({ type, count: of }) => `${type.replace(/^aws_/, '')}${of === 1 ? '' : ` ×${of}`}`).join(', ')}`,
      ),
    ),
    ...(changes.length === 0 ? [] : ['', `Is written into ${file}`, ...changes.flatMap(wrapped)]),
    '',
    'A month costs about (list prices; npm run ops -- costs has the lines)',
    ...offer.months.map(
      ({ minutes, usd }) => `  ${dollars(usd).padStart(12)}  with ${minutes.toLocaleString('en-US')} minutes of calls`,
    ),
    '',
    'Asks you',
    ...(offer.asks.length === 0 ? ['  nothing'] : offer.asks.flatMap(wrapped)),
    '',
    `To undo it: ${undo}`,
    '',
  ].join('\n');
}
