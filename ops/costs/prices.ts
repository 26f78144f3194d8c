import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../cli/json';
import { OpsError } from '../cli/ops-error';

const priceSchema = z.object({ usd: z.number(), unit: z.string(), of: z.string() });

/** Beside the commands, wherever these are run. */
const LIST_PRICES = join(__dirname, '../../docs/prices.json');
const HOW = 'docs/prices.json shows how a price list is written.';

/** docs/prices.json: list prices in US dollars, which nothing looks up, and what a call is like. */
const pricesSchema = z.object({
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

/** @throws OpsError that names what is wrong in the file */
export function readPrices(file: string = LIST_PRICES): PriceList {
  try {
    return parsePrices(readFileSync(file, 'utf8'), file);
  } catch (error) {
    throw error instanceof OpsError ? error : new OpsError('not_found', `${file} cannot be read`);
  }
}

/** @throws OpsError that names what is wrong in `file`, whose text this is */
export function parsePrices(text: string, file: string): PriceList {
  const { data, error } = pricesSchema.safeParse(parseJson(text));
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.');
  throw new OpsError('values_invalid', `${file} is no price list: ${where}: ${issue?.message ?? 'is wrong'}`, HOW);
}

/** @throws OpsError for a price that the list lacks */
export function priceOf({ prices }: PriceList, name: string): number {
  const found = prices[name];
  if (found === undefined) throw new OpsError('values_invalid', `The price list has no price called ${name}`, HOW);
  return found.usd;
}
