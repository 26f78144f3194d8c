import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeOpusFile, noticesOf, SpokenNotices } from '../../../bot/notices';
import type { NoticesOf } from '../../../bot/notices';
import type { RecordedNotices } from '../../../contract/agent-notices';
import { SPEECH as DE } from '../../../contract/languages/de';
import { NOTICE_NAMES } from '../../../contract/languages/speech-texts';
import type { Logger } from '../../../bot/telemetry';

describe("an agent's own recordings", () => {
  const spoken = new SpokenNotices();
  const own = new Int16Array(480).fill(300);
  let folder: string;
  let warnings: string[];
  const logger = { warn: ({ warning }: { warning: string }) => warnings.push(warning) } as unknown as Logger;
  const about = (): NoticesOf => ({ agent: 'praxis', voice: 'tina', language: 'de-DE', folder });

  beforeEach(async () => {
    warnings = [];
    folder = mkdtempSync(join(tmpdir(), 'notices-'));
    mkdirSync(join(folder, 'notices'));
    writeFileSync(join(folder, 'notices/one-moment.opus'), await encodeOpusFile(own));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The same sounds, which are not compared sample by sample. */
  const expectOnlySpoken = async (): Promise<void> => {
    const [notices, comesWith] = [await noticesOf(about(), spoken, logger), await spoken.in('de-DE')];
    for (const name of NOTICE_NAMES) expect(notices[name] === comesWith[name]).toBe(true);
  };

  const recorded = (change: Partial<RecordedNotices> = {}): void => {
    const words = { 'one-moment': DE.notices['one-moment'] };
    const text = JSON.stringify({ modelId: 'm', voice: 'tina', language: 'de-DE', words, ...change });
    writeFileSync(join(folder, 'notices/recorded.json'), text);
  };

  it('go first, and the others are those that the bot comes with: with a word about what is missing', async () => {
    recorded();
    const notices = await noticesOf(about(), spoken, logger);
    expect(notices['one-moment']).toHaveLength(own.length);
    expect(notices['model-lost']).toBe((await spoken.in('de-DE'))['model-lost']);
    expect(warnings).toEqual([
      'agents/praxis: notices/ has 10 that are not of this voice, language and words: npm run ops -- agent notices praxis',
    ]);
  });

  it.each<[string, Partial<RecordedNotices>]>([
    ['another voice', { voice: 'lennart' }],
    ['another language', { language: 'fr-FR' }],
    ['other words', { words: { 'one-moment': 'Gleich.' } }],
  ])('of %s are not played, and that is said', async (_what, change) => {
    recorded(change);
    await expectOnlySpoken();
    expect(warnings[0]).toContain('has 11 that are not of this voice');
  });

  it('that cannot be read are not played, and that is said', async () => {
    recorded();
    writeFileSync(join(folder, 'notices/one-moment.opus'), 'no sound');
    await expectOnlySpoken();
    expect(warnings.at(-1)).toContain('has no one-moment.opus that can be read');
    writeFileSync(join(folder, 'notices/recorded.json'), '{');
    await expectOnlySpoken();
  });

  it('need not be there', async () => {
    expect(await noticesOf(about(), spoken, logger)).toBe(await spoken.in('de-DE'));
    expect(warnings).toEqual([]);
  });
});
