import { z } from 'zod';

const priceSchema = z.object({ usd: z.number(), unit: z.string(), of: z.string() });

/** docs/prices.json: list prices in US dollars, which nothing looks up, and what a call is like. */
export const pricesSchema = z.object({
  call: z.object({
    botSpeaksPercent: z.number(),
    speechTokensPerSecond: z.number(),
    textTokensPerMinute: z.number(),
    /** Calls at the busiest time, as a multiple of the average of all hours. */
    peakFactor: z.number(),
  }),
  prices: z.record(z.string(), priceSchema),
});
export type PriceList = z.infer<typeof pricesSchema>;

/** @throws Error for a price that the file lacks */
export function priceOf({ prices }: PriceList, name: string): number {
  const found = prices[name];
  if (found === undefined) throw new Error(`docs/prices.json has no price called ${name}`);
  return found.usd;
}
