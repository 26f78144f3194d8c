import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchBrowser, type TestBrowser } from '../../smoke/browser/browser';
import { DailyEnvironment } from '../e2e/support/daily-environment';
import { eventually } from '../support/eventually';
import { releaseWebRtc } from '../support/release-webrtc';

const AGENT = {
  prompt: 'You are the reception.',
  greeting: 'You are with the reception.',
  tools: {
    person: { kind: 'transfer', to: { desk: { when: 'They want a person.' } }, description: 'Connects with a person.' },
  },
};

describe('a transfer in a Daily room', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'transfer-'));
  let setup: DailyEnvironment;
  let browser: TestBrowser;

  beforeAll(async () => {
    writeFileSync(path.join(folder, 'reception.cjs'), `exports.default = ${JSON.stringify(AGENT)};\n`);
    const env = { AGENT: 'reception', AGENTS_FOLDER: folder, TRANSFER_DESTINATIONS: 'desk=tel:+14155550100' };
    [setup, browser] = await Promise.all([
      DailyEnvironment.start({ env, sandbox: { speechScale: 10 } }),
      launchBrowser({ offersLoopback: true }),
    ]);
  });
  afterAll(async () => {
    await setup.hangUp();
    await setup.stop();
    await browser.close();
    releaseWebRtc();
    rmSync(folder, { recursive: true });
  });

  it('invites: the client is told of an entrance for one more, and the agent stays with the caller', async () => {
    const caller = await setup.open(browser);
    await caller.connect();
    const { data: room } = (await caller.events()).find(({ name }) => name === 'botStarted') ?? {};
    const { dailyRoom, dailyToken } = room as { dailyRoom: string; dailyToken: string };
    await caller.waitFor('botStoppedSpeaking', () => true, { from: 0, timeoutMs: 30_000 });
    await caller.sendText('call person {"to":"desk"}');
    const isInvitation = (data: unknown): boolean => (data as { type?: string }).type === 'invitation';
    const { data } = await caller.waitFor('serverMessage', isInvitation, { from: 0, timeoutMs: 30_000 });
    expect(data).toEqual({ type: 'invitation', to: 'desk', url: dailyRoom, token: expect.any(String) as unknown });
    const { token } = data as { token: string };
    expect(token).not.toBe(dailyToken);
    const { log, sandbox } = setup.environment;
    expect(await log.waitFor('call transferred', {})).toMatchObject({ to: 'desk', outcome: 'invited' });
    const texts = (): string => sandbox.sessions.flatMap((one) => one.texts.map(({ text }) => text)).join('\n');
    await eventually(() => texts().includes('asked to join this call'), 'the agent is told');
    const person = await setup.open(browser);
    await person.join({ url: dailyRoom, token });
    await eventually(() => texts().includes('Another person has joined'), 'the agent knows of them');
    expect(JSON.stringify(log.lines)).not.toContain(token);
    expect(JSON.stringify(log.lines)).not.toContain('+14155550100');
  });
});
