import { START_KEY } from '../../contract/secrets';

const HOURS = 730;
const SCALES = [1, 20, 500] as const;

type Prices = Readonly<Record<string, { readonly usd: number; readonly unit: string; readonly of: string }>>;
export interface Inputs {
  readonly prices: Prices;
  readonly call: {
    readonly minutes: number;
    readonly botSpeaksPercent: number;
    readonly speechTokensPerSecond: number;
    readonly textTokens: number;
  };
  readonly callsPerTask: number;
  readonly taskVcpu: number;
  readonly taskGb: number;
}

const usd = (value: number, digits = 2): string =>
  `$${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;

/** docs/costs.md for these prices. All sums are in US dollars, without tax and without a free tier. */
export function renderCosts({ prices, call, callsPerTask, taskVcpu, taskGb }: Inputs): string {
  const price = (name: string): number => {
    const found = prices[name];
    if (found === undefined) throw new Error(`there is no price of ${name}`);
    return found.usd;
  };
  const seconds = call.minutes * 60;
  const inTokens = seconds * call.speechTokensPerSecond;
  const outTokens = seconds * (call.botSpeaksPercent / 100) * call.speechTokensPerSecond;
  const speechIn = (inTokens / 1e6) * price('speechIn');
  const speechOut = (outTokens / 1e6) * price('speechOut');
  const text = (call.textTokens / 1e6) * price('textIn');
  const daily = call.minutes * 2 * price('dailyMinute');
  const perCall = speechIn + speechOut + text + daily;
  const taskMonth = HOURS * (taskVcpu * price('vcpuHour') + taskGb * price('gbHour'));
  const fixed = {
    'load balancer': HOURS * price('albHour') + HOURS * price('lcuHour'),
    'NAT gateway': HOURS * price('natHour'),
    'keys (3) and secrets (2)': 3 * price('kmsKey') + 2 * price('secret'),
    'alarms (14), dashboard, firewall (1 + 3 rules)':
      14 * price('alarm') + price('dashboard') + price('webAcl') + 3 * price('webAclRule'),
  };
  const fixedMonth = Object.values(fixed).reduce((sum, one) => sum + one, 0);
  const callsMonth = (concurrent: number): number => (concurrent * HOURS * 60) / call.minutes;
  const row = (concurrent: number): string => {
    const tasks = Math.ceil(concurrent / callsPerTask);
    // Both ways of 32 kbit/s Opus with its packets' headers, through NAT.
    const gigabytes = (concurrent * HOURS * 3600 * 2 * 8_000) / 1e9;
    const network = gigabytes * price('natGb') + (gigabytes / 2) * price('egressGb');
    const models = callsMonth(concurrent) * perCall;
    return `| ${concurrent} | ${tasks} × ${usd(taskMonth)} = ${usd(tasks * taskMonth)} | ${usd(fixedMonth)} | ${gigabytes.toFixed(0)} GB: ${usd(network)} | ${callsMonth(concurrent).toLocaleString('en-US')} × ${usd(perCall, 4)} = ${usd(models)} | **${usd(tasks * taskMonth + fixedMonth + network + models)}** |`;
  };
  const list = Object.values(prices).map(({ of, usd: amount, unit }) => `| ${of} | $${amount} | ${unit} |`);
  return `# What it costs

Made by \`npm run docs\` from [prices.json](prices.json). **The prices are list prices as we know them, in US dollars,
not looked up by anything: check them for your region and date, change the file, and run the command again.** Tax, free
tiers and discounts are left out.

## A call

${call.minutes} minutes, in which the bot speaks ${call.botSpeaksPercent} % of the time. The caller's side is billed for the whole call, because silence is streamed, too.

| what | arithmetic | sum |
| --- | --- | --- |
| speech to the model | ${seconds} s × ${call.speechTokensPerSecond} tokens = ${inTokens} × $${price('speechIn')} / million | ${usd(speechIn, 4)} |
| speech of the model | ${seconds} s × ${call.botSpeaksPercent} % × ${call.speechTokensPerSecond} tokens = ${outTokens} × $${price('speechOut')} / million | ${usd(speechOut, 4)} |
| prompt and tools | ${call.textTokens} tokens × $${price('textIn')} / million | ${usd(text, 4)} |
| Daily, audio only | ${call.minutes} min × 2 participants × $${price('dailyMinute')} | ${usd(daily, 4)} |
| **all** | | **${usd(perCall, 4)}** |

How many tokens a second of speech is, is what the model's \`usageEvent\` says; the bot logs its sum with every call. Put
your own average into the file.

## A month

${HOURS} hours, with so many calls on the line at every moment, which real services do not have: theirs is the part of it
that they use. A task of ${taskVcpu} vCPU and ${taskGb} GB on ARM64 carries ${callsPerTask} calls ([daily.md](daily.md)): ${HOURS} h × (${taskVcpu} × $${price('vcpuHour')} + ${taskGb} × $${price('gbHour')}) = ${usd(taskMonth)}.

| calls at once | tasks | fixed | media | model and Daily | all |
| --- | --- | --- | --- | --- | --- |
${SCALES.map(row).join('\n')}

Fixed: ${Object.entries(fixed)
    .map(([name, sum]) => `${name} ${usd(sum)}`)
    .join(', ')}; \`"nat": "per-zone"\` adds a gateway a zone. Logs depend on \`bot.logLevel\` and are small
at \`info\`. What calls cost is nearly all of it: \`MAX_CALL_MINUTES\`, \`USER_ABSENT_SECONDS\`, \`${START_KEY}\` and \`counts.max\`
are what bounds a bill.

## The prices

| what | price | for |
| --- | --- | --- |
${list.join('\n')}
`;
}
