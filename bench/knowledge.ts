/* `npm run bench:knowledge`: how long 1,000 pages take to be indexed, loaded and searched. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexFolder } from '../bot/tools';
import { KnowledgeSearch } from '../bot/tools/knowledge/search';
import { percentile } from '../bot/call/percentile';

const PAGES = 1_000;
const QUESTIONS = 500;
const VOCABULARY = 20_000;
const STOP = 'the of and to in a is that for it with as was on are by this be at from or have an they which you'.split(
  ' ',
);

let seed = 1;
const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;

/** Words of syllables, by rank as in Zipf's law; almost every second one is a stop word. */
function word(): string {
  if (random() < 0.45) return STOP[Math.floor(random() * STOP.length)] ?? 'the';
  let text = '';
  for (let rank = Math.floor(VOCABULARY ** random()) + 99; rank > 0; rank = Math.floor(rank / 12)) {
    text += `${'bcdfglmnprst'[rank % 12]}${'aeiou'[rank % 5]}`;
  }
  return text;
}

const words = (count: number): string => Array.from({ length: count }, word).join(' ');
const section = (): string => `## ${words(2)}\n\n${Array.from({ length: 12 }, () => `${words(10)}.`).join(' ')}\n\n`;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'knowledge-'));
  try {
    for (let page = 0; page < PAGES; page += 1) {
      await writeFile(join(folder, `${page}.md`), `# ${words(3)}\n\n${Array.from({ length: 5 }, section).join('')}`);
    }
    const started = performance.now();
    const json = JSON.stringify(await indexFolder(folder, 'en-US'));
    const indexed = performance.now();
    const file = JSON.parse(json) as Parameters<typeof KnowledgeSearch.load>[0];
    const search = await KnowledgeSearch.load(file);
    const loaded = performance.now();
    const timesMs = Array.from({ length: QUESTIONS }, () => {
      const question = `${words(9)}?`;
      const askedMs = performance.now();
      search.find(question, 3);
      return performance.now() - askedMs;
    });
    const ms = (share: number): string => `${percentile(timesMs, share)?.toFixed(1)} ms`;
    console.log(`${PAGES} pages, ${file.passages.length} passages, ${(json.length / 1e6).toFixed(1)} MB`);
    console.log(`indexed in ${Math.round(indexed - started)} ms, loaded in ${Math.round(loaded - indexed)} ms`);
    console.log(`searched in ${ms(0.5)} (p50), ${ms(0.95)} (p95), ${ms(1)} (longest)`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

void main();
