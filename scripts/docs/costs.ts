import { START_KEY } from '../../contract/secrets';
import { dollars, MINUTES } from '../../ops/costs/costs';
import { estimate } from '../../ops/costs/estimate';
import type { PriceList } from '../../ops/costs/prices';
import { minuteCosts } from '../../ops/costs/usage';
import { type Settings } from '../../stacks/settings';
import { parseSettings } from '../../stacks/settings-file';
import { markdownTable } from './markdown-table';

/** A trial and a production as small as they can be. */
const EXAMPLES: readonly (readonly [title: string, settings: object])[] = [
  [
    'A trial: one task on Spot, plain HTTP',
    {
      environment: 'trial',
      accountId: '111111111111',
      loadBalancer: { allowPlainHttp: true },
      task: { spot: true },
      counts: { min: 1, max: 20 },
      image: { tag: '1' },
    },
  ],
  [
    'A production: two tasks and a NAT gateway in each of three zones, endpoints, HTTPS',
    {
      environment: 'prod',
      accountId: '111111111111',
      protected: true,
      secrets: { recoveryWindowDays: 30 },
      network: { kind: 'new', availabilityZones: 3, nat: 'per-zone', endpoints: ['secretsmanager', 'logs', 'ecr'] },
      domain: { name: 'voice.example.com', hostedZoneId: 'Z0123456789ABC' },
      counts: { min: 2, max: 20 },
      image: { tag: '1' },
      logs: { retentionDays: 365 },
      alarms: { email: 'voice@example.com' },
    },
  ],
];

function settingsOf(given: object): Settings {
  const { environment } = given as { environment: string };
  return parseSettings(`${environment}.json`, JSON.stringify(given));
}

function monthTable(title: string, settings: Settings, list: PriceList): string {
  const months = estimate(settings, [], list, MINUTES);
  const rows = (months[0]?.lines ?? []).map((_, index) => [
    (months.at(-1)?.lines[index]?.what ?? '').replace(/^tasks .*/, 'tasks'),
    ...months.map(({ lines }) => dollars(lines[index]?.usd ?? 0)),
  ]);
  const sum = ['all', ...months.map(({ usd }) => dollars(usd))];
  const head = ['what', ...MINUTES.map((minutes) => `${minutes.toLocaleString('en-US')} minutes of calls`)];
  return `### ${title}\n\n${markdownTable([head, ...rows, sum])}`;
}

/** docs/costs.md for these prices. All sums are in US dollars, without tax and without a free tier. */
export function renderCosts(list: PriceList): string {
  const minute = minuteCosts(list);
  const all = minute.reduce((sum, { usd }) => sum + usd, 0);
  const { botSpeaksPercent, speechTokensPerSecond, textTokensPerMinute, peakFactor } = list.call;
  return `# What it costs

Made by \`npm run docs\` from [prices.json](prices.json) and from what the stacks emit. **The prices are list prices as we know
them, in US dollars, not looked up by anything: check them for your region and date, change the file, and run the command
again.** Tax, free tiers and discounts are left out. For an environment of yours:

\`\`\`sh
npm run ops -- costs --environment test                    # nobody calls, 1,000 and 100,000 minutes of calls
npm run ops -- costs --environment prod --minutes 25000
\`\`\`

## A minute of a call

The bot speaks ${botSpeaksPercent} % of the time. The caller's side is billed for the whole call, because silence is streamed, too: ${speechTokensPerSecond}
tokens a second either way, and ${textTokensPerMinute} tokens of prompt and tools. How many they really are is what the model's \`usageEvent\`
says; the bot logs its sum with every call. Put your own average into the file.

${markdownTable([['what', 'a minute'], ...minute.map(({ what, usd }) => [what, `$${usd.toFixed(5)}`]), ['all', `$${all.toFixed(4)}`]])}

## A month

Of every resource that the stacks emit, those that cost something by themselves; a type that has no price and is not known
to be free stops the page from being made. The busiest hour is taken to have ${peakFactor} times the calls of the average one, and tasks
are as many as the settings' scaling then asks for.

${EXAMPLES.map(([title, given]) => monthTable(title, settingsOf(given), list)).join('\n\n')}

What calls cost is nearly all of it once there are many: \`MAX_CALL_MINUTES\`, \`USER_ABSENT_SECONDS\`, \`${START_KEY}\`, the limits a day
and \`counts.max\` are what bounds a bill. Logs depend on \`bot.logLevel\` and are small at \`info\`.

## The prices

${markdownTable([['what', 'price', 'for'], ...Object.values(list.prices).map(({ of, usd, unit }) => [of, `$${usd}`, unit])])}
`;
}
