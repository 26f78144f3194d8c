import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { callRecordJsonSchema } from '../../contract/call-record';
import { renderConfiguration } from './configuration';
import { scenarioSchema } from '../../evals/scenario';
import { readPrices } from '../../ops/costs/prices';
import { renderCosts } from './costs';
import { renderLanguages } from './languages';
import { renderMetrics } from './metrics';
import { settingsJsonSchema, settingsMarkdown } from './settings';

const ROOT = path.join(__dirname, '../..');

const costsFor = (prices: string): string => renderCosts(readPrices(prices));

/** What is made from what the code reads, by the file it belongs in. */
const PAGES: Readonly<Record<string, () => string>> = {
  'docs/call-record.schema.json': () => JSON.stringify(callRecordJsonSchema()),
  'docs/agents/languages.md': renderLanguages,
  'docs/configuration.md': renderConfiguration,
  'docs/costs.md': () => costsFor(path.join(ROOT, 'docs/prices.json')),
  'docs/metrics.md': renderMetrics,
  'docs/settings.md': settingsMarkdown,
  'docs/scenario.schema.json': () => JSON.stringify(scenarioSchema()),
  'environments/settings.schema.json': settingsJsonSchema,
};

export interface Page {
  /** Relative to the repository. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** Whether the file says what the code says. */
  readonly isCurrent: boolean;
}

const formatted = async (text: string, filepath: string): Promise<string> =>
  format(text, { ...(await resolveConfig(path.join(ROOT, 'package.json'))), filepath });

/** The page of costs for the prices in a file. */
export const formattedCosts = (prices: string): Promise<string> => formatted(costsFor(prices), 'costs.md');

/** All pages as they must be, formatted as the repository is. */
export function renderPages(): Promise<Page[]> {
  return Promise.all(
    Object.entries(PAGES).map(async ([name, render]) => {
      const file = path.join(ROOT, name);
      const text = await formatted(render(), file);
      return { name, file, text, isCurrent: existsSync(file) && readFileSync(file, 'utf8') === text };
    }),
  );
}
