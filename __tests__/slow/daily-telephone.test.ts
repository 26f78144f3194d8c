import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'puppeteer-core';
import { launchBrowser, type TestBrowser } from '../../smoke/browser/browser';
import type { ScriptedReply } from '../../testbed/fakes/bedrock';
import type { GatewayPage } from '../../testbed/fakes/daily/gateway/page';
import type { PhoneCall } from '../../testbed/fakes/daily/telephone/phone-call';
import { DailyEnvironment } from '../e2e/support/daily-environment';
import { eventually } from '../support/eventually';

declare const gateway: GatewayPage;

const AGENT = {
  prompt: 'You are the reception.',
  greeting: 'You are with the reception.',
  tools: {
    person: {
      kind: 'transfer',
      to: { desk: { when: 'a' }, nobody: { when: 'b' } },
      description: 'Connects with a person.',
    },
  },
};
const HMAC = randomBytes(32).toString('base64');
const CALLER = '+14155550142';
const DESK = '+14155550177';
const OWN = '+14155550100';
const CALLEE = '+14155550178';
const KEY = 'a-key-for-calls-out';

/** A model that connects whoever presses a key. */
function connects(words: string): ScriptedReply | undefined {
  const [, key] = /pressed these keys of the telephone: ([12])/.exec(words) ?? [];
  if (key === undefined) return undefined;
  const to = key === '1' ? 'nobody' : 'desk';
  return { reply: { kind: 'use-tool', tool: 'person', argumentsJson: JSON.stringify({ to }) } };
}

describe('a telephone call through Daily', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dial-in-'));
  let setup: DailyEnvironment;
  let browser: TestBrowser;

  beforeAll(async () => {
    writeFileSync(path.join(folder, 'reception.cjs'), `exports.default = ${JSON.stringify(AGENT)};\n`);
    const env = {
      AGENT: 'reception',
      AGENTS_FOLDER: folder,
      TRANSFER_DESTINATIONS: `desk=tel:${DESK},nobody=sip:nobody@example.com`,
      DAILY_PINLESS_HMAC: HMAC,
      DAILY_CALLER_IDS: `${OWN}=id-of-ours`,
      PHONE_CALLS_KEY: KEY,
      PHONE_CALLS_PREFIXES: '+1415',
    };
    [setup, browser] = await Promise.all([
      DailyEnvironment.start({ env, sandbox: { speechScale: 10 } }),
      launchBrowser({ offersLoopback: true }),
    ]);
    setup.daily.telephone.destinations.add(DESK);
    setup.daily.telephone.callerIds.set('id-of-ours', OWN);
    await post('/domain-dialin-config', {
      type: 'pinless_dialin',
      name_prefix: 'va',
      hmac: HMAC,
      room_creation_api: `${setup.environment.baseUrl}/phone/daily/dialin`,
    });
  });
  afterAll(async () => {
    await setup.stop();
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function post(route: string, body: object): Promise<void> {
    const { apiKey, apiUrl } = setup.daily;
    const headers = { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' };
    const response = await fetch(apiUrl + route, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
  }

  /** A caller who is in the room, and the page that carries their voice. */
  async function called(): Promise<{ call: PhoneCall; page: Page }> {
    const { call, status } = await setup.daily.telephone.ring({ from: CALLER });
    expect(status).toBe(200);
    const [{ page }, { url, token }] = await Promise.all([browser.openTab({ microphone: 'silent' }), call.entrance]);
    await page.goto(setup.daily.gatewayUrl);
    await page.evaluate((room, key) => gateway.join(room, key), url, token);
    return { call, page };
  }

  const told = (): string =>
    setup.environment.sandbox.sessions.flatMap((one) => one.texts.map(({ text }) => text)).join('\n');
  const hears = (page: Page): Promise<void> =>
    eventually(() => page.evaluate(() => gateway.loudest() > 0.02), 'the caller hears the bot', 30_000);

  it('is put through when the bot is in the room, greeted once the caller is, takes keys, and ends when they hang up', async () => {
    const { log } = setup.environment;
    const { call, page } = await called();
    await hears(page);
    expect(await log.waitFor('phone call connected')).toMatchObject({ callSid: call.callId });
    await page.evaluate(() => gateway.speak(300));
    const { sandbox } = setup.environment;
    await eventually(
      () => (sandbox.sessions.at(-1)?.toldOfSpeechAtMs.length ?? 0) > 0,
      'the model hears the caller',
      30_000,
    );
    await page.evaluate(() => gateway.quiet());
    call.press('12#');
    await eventually(() => told().includes('1 2'), 'the model is told of the keys');
    call.hangUp();
    expect(await log.waitFor('call ended', { reason: 'caller-left' })).toBeDefined();
    await eventually(() => setup.daily.rooms.length === 0, 'the room is gone');
    await page.close();
  });

  it('ends when its caller has hung up before the bot was there, and when it fails on its way', async () => {
    const { bot } = setup.environment;
    const { call: gone } = await setup.daily.telephone.ring({ from: CALLER });
    gone.hangUp();
    const none = (): boolean => bot.calls.status.activeCalls === 0 && setup.daily.rooms.length === 0;
    await eventually(none, 'nothing is left of it', 30_000);
    expect(await gone.ended).toBe('caller-hung-up');
    const { call: failing } = await setup.daily.telephone.ring({ from: CALLER });
    await failing.entrance;
    expect(setup.daily.rooms).toHaveLength(1);
    setup.daily.telephone.fail(failing);
    await eventually(none, 'nothing is left of it', 30_000);
  });

  it('is given away; where that is refused the model is told, and the caller stays', async () => {
    const { log, sandbox } = setup.environment;
    const { call, page } = await called();
    await hears(page);
    sandbox.follow({
      said: (words) => connects(words),
      toolAnswered: () => ({ reply: { kind: 'say', sentences: ['One moment.'] } }),
    });
    call.press('1#');
    await eventually(() => told().includes('was not connected'), 'the model is told', 30_000);
    expect(await page.evaluate(() => gateway.isOver())).toBe(false);
    call.press('2#');
    expect(await call.ended).toBe('transferred');
    expect(call.transferredTo).toBe(DESK);
    expect(await log.waitFor('call ended', { reason: 'transferred' })).toBeDefined();
    expect(setup.daily.rooms).toHaveLength(1);
    await page.close();
  });

  /** Has the bot call. @returns the bot's name of the call */
  async function asked(to: string): Promise<string> {
    const headers = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' };
    const url = `${setup.environment.baseUrl}/phone/calls`;
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ to }) });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { callSid: string }).callSid;
  }

  it('phone 20: rings whom the bot calls, and speaks to nobody before they have answered', async () => {
    const { log, sandbox } = setup.environment;
    const { telephone } = setup.daily;
    telephone.callees.set(CALLEE, 'rings');
    const sessions = sandbox.sessions.length;
    const callSid = await asked(CALLEE);
    await eventually(() => telephone.dialled.length === 1, 'it rings', 30_000);
    const call = telephone.dialled[0]!;
    expect([call.from, call.to]).toEqual([OWN, CALLEE]);
    const [{ page }, { url, token }] = await Promise.all([browser.openTab({ microphone: 'silent' }), call.entrance]);
    await page.goto(setup.daily.gatewayUrl);
    // Early media: a network's announcement comes by the same way as a person.
    await page.evaluate((room, key) => gateway.join(room, key), url, token);
    await eventually(() => call.room?.people.length === 2, 'both are in the room');
    expect(sandbox.sessions).toHaveLength(sessions);
    telephone.answer(call);
    expect(await log.waitFor('phone call changed', { status: 'in-progress' })).toMatchObject({ callSid });
    await hears(page);
    call.hangUp();
    expect(await log.waitFor('call ended', { callId: callSid })).toMatchObject({ reason: 'caller-left' });
    await page.close();
  });

  it.each([
    ['is busy', '+14155550179', 'busy'],
    ['cannot be called', '+14155550180', undefined],
  ] as const)('phone 20: a telephone that %s is told, and costs no model', async (_what, to, callee) => {
    const { bot, log, sandbox } = setup.environment;
    if (callee !== undefined) setup.daily.telephone.callees.set(to, callee);
    const sessions = sandbox.sessions.length;
    const callSid = await asked(to);
    expect(await log.waitFor('phone call changed', { callSid })).toMatchObject({ status: 'no-answer' });
    await eventually(() => bot.calls.status.activeCalls === 0, 'its place is free', 30_000);
    expect(sandbox.sessions).toHaveLength(sessions);
  });

  it('leaves no number, key, room or token in the log', () => {
    const lines = JSON.stringify(setup.environment.log.lines);
    expect(setup.leaks()).toEqual([]);
    expect(lines).not.toMatch(/1415555\d{4}|a-key-for|vp-[0-9a-f]{6}-/);
    expect(lines).not.toContain(HMAC);
  });
});
