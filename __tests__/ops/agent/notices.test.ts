import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { noticesOf, SpokenNotices } from '../../../bot/notices';
import { readRecorded } from '../../../contract/agent-notices';
import { SPEECH as DE } from '../../../contract/languages/de';
import { SPEECH as FR } from '../../../contract/languages/fr';
import { isSame, recordNotice } from '../../../ops/agent/record-notice';
import { FAKE_CREDENTIALS, startFakeBedrock } from '../../../testbed/fakes/bedrock/server';
import { testTelemetry } from '../../support/telemetry';
import { ops } from '../support/cli';
import { Project } from '../support/project';

const SECOND = new Int16Array(24_000).fill(4_000);

describe('agent notices', () => {
  const project = new Project();
  const before = { ...process.env };
  beforeAll(() => {
    process.env['AWS_ACCESS_KEY_ID'] = FAKE_CREDENTIALS.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = FAKE_CREDENTIALS.secretAccessKey;
    mkdirSync(project.path('agents'));
    symlinkSync(join(__dirname, '../../../contract'), project.path('contract'));
    project.write(
      'agents/praxis/agent.ts',
      "import { defineAgent } from '../../contract/agent';\nexport default defineAgent({ language: 'de-DE', voice: 'tina' });\n",
    );
  });
  afterAll(() => {
    process.env = before;
    project.remove();
  });

  it.each(['documented', 'live'] as const)(
    'records in the voice of the agent what it says word for word: %s',
    async (dialect) => {
      const sonic = await startFakeBedrock({ voice: 'tone', dialect, speechScale: 8 });
      try {
        const ran = await ops(`agent notices praxis --only one-moment --json --endpoint ${sonic.url}`, {
          folder: project.folder,
        });
        expect([ran.json.error, ran.code]).toEqual([undefined, 0]);
        expect(ran.json.findings).toMatchObject([{ status: 'changed', subject: 'one-moment' }]);
        expect(sonic.sessions).toHaveLength(1);
        expect(sonic.sessions[0]?.violations).toEqual([]);
      } finally {
        await sonic.close();
      }
      const folder = project.path('agents/praxis');
      expect(readRecorded(readFileSync(join(folder, 'notices/recorded.json'), 'utf8'))).toMatchObject({
        voice: 'tina',
        language: 'de-DE',
        words: { 'one-moment': DE.notices['one-moment'] },
      });
      const about = { agent: 'praxis', voice: 'tina', language: 'de-DE', folder };
      const { 'one-moment': sound } = await noticesOf(about, new SpokenNotices(), testTelemetry().logger);
      // The stand-in's tone is as long as speech of these words would be.
      expect(sound.length).toBeGreaterThan(0.06 * DE.notices['one-moment'].length * 24_000 * 0.9);
      expect(Math.max(...sound.subarray(-2_000))).toBeLessThan(328);
    },
  );

  it.each([
    ['praxis --only nothing', 'usage', '--only must be one of model-lost'],
    ['praxys', 'not_found', 'there is praxis'],
  ])('refuses %s', async (words, code, message) => {
    const ran = await ops(`agent notices ${words} --json --endpoint http://127.0.0.1:9`, { folder: project.folder });
    expect(ran.json.error).toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});

describe('a notice that is recorded', () => {
  it('is asked for again until it was said as it stands, without the silence around it', async () => {
    const said = ['Gern! Einen Moment.', 'einen Moment bitte!'];
    const padded = new Int16Array(72_000);
    padded.set(SECOND, 24_000);
    const sound = await recordNotice('one-moment', 'Einen Moment, bitte.', 'de-DE', () =>
      Promise.resolve({ words: said.shift() ?? '', pcm24k: padded }),
    );
    expect(said).toEqual([]);
    expect(sound).toHaveLength(960 + 24_000 + 3_600);
  });

  it('is given up by name after three attempts, and silence is none', async () => {
    let asked = 0;
    const say = (words: string, pcm24k: Int16Array) => () => {
      asked += 1;
      return Promise.resolve({ words, pcm24k });
    };
    const record = (words: string, pcm: Int16Array) =>
      recordNotice('one-moment', 'One moment.', 'en-US', say(words, pcm));
    await expect(record('Sure.', SECOND)).rejects.toMatchObject({
      code: 'verification_failed',
      message: 'one-moment: the model was to say "One moment." and said "Sure.", 3 times',
    });
    await expect(record('One moment.', new Int16Array(24_000))).rejects.toMatchObject({ code: 'verification_failed' });
    expect(asked).toBe(6);
  });

  it('is the same whatever signs a transcript has', () => {
    expect(isSame('un instant s’il vous plaît', FR.notices['one-moment'], 'fr-FR')).toBe(true);
    expect(isSame(`${FR.notices['one-moment']} Merci.`, FR.notices['one-moment'], 'fr-FR')).toBe(false);
  });
});
