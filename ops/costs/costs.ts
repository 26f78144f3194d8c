import { isAbsolute } from 'node:path';
import type { Command } from '../cli/command';
import type { Finding, Report, Section } from '../cli/report';
import { estimate, type Estimate } from './estimate';
import { readPrices } from './prices';
import { isUnpriced } from './usage';

/** Minutes of calls in a month: nobody calls, a trial, a service. */
export const MINUTES = [0, 1_000, 100_000] as const;

export const dollars = (usd: number): string =>
  `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

const UNPRICED: Section = {
  title: 'Not counted',
  findings: [
    {
      status: 'unknown',
      subject: 'telephone',
      text: 'what a carrier takes for numbers and minutes differs by country, and the price list has neither',
      fix: 'Read twilio.com/en-us/voice/pricing, or daily.co/pricing, and put phoneNumberMonth and phoneMinute into a list of yours: --prices FILE.',
    },
  ],
};

export const costs: Command = {
  details: `What a month of an environment costs, from what its stacks emit, for nobody calling, 1,000 and 100,000 minutes of calls, or
for --minutes. The prices are those of docs/prices.json, or of --prices FILE; nothing looks them up. Asks nobody anything.`,
  flags: {
    minutes: { type: 'string', value: 'N', description: 'minutes of calls in a month [0, 1,000 and 100,000]' },
    prices: { type: 'string', value: 'FILE', description: 'your own prices [docs/prices.json]' },
  },
  run: async (context) => {
    const { flags, settings } = context;
    const file = flags.text('prices');
    const prices = readPrices(file === undefined || isAbsolute(file) ? file : context.path(file));
    const wanted = flags.number('minutes', 0, 1e9);
    const agents = await context.agents();
    const months = estimate(settings, agents, prices, wanted === undefined ? MINUTES : [wanted]);
    const missing = isUnpriced(settings, prices) ? [UNPRICED] : [];
    return { sections: [...months.map(sectionOf), ...missing], data: { months } } satisfies Report;
  },
};

function sectionOf({ minutes, lines, usd }: Estimate): Report['sections'][number] {
  const finding = (subject: string, amount: number): Finding => ({
    status: 'ok',
    subject,
    text: dollars(amount),
    data: { usd: amount },
  });
  return {
    title: `A month with ${minutes.toLocaleString('en-US')} minutes of calls`,
    findings: [...lines.map((line) => finding(line.what, line.usd)), finding('all', usd)],
  };
}
