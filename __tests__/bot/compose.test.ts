import { existsSync } from 'node:fs';
import { openBot, type Overrides } from '../../bot/compose';
import type { Bot } from '../../bot/bot';
import { BotError } from '../../bot/errors';
import { testConfig } from '../support/config';
import { FakeCalls, GOOD_SDP } from '../support/fake-call-service';
import { CHROMIUM_OFFER } from '../support/offers';
import { ScriptedModel } from '../support/scripted-model';
import { testTelemetry, type TestTelemetry } from '../support/telemetry';

interface Started {
  readonly bot: Bot;
  readonly url: string;
  readonly telemetry: TestTelemetry;
}

async function start(overrides: Overrides = {}, env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const telemetry = testTelemetry();
  const bot = await openBot(testConfig(env), telemetry, overrides);
  const { host, port } = await bot.start();
  return { bot, url: `http://${host}:${port}`, telemetry };
}

/** Calls without audio in the place of the configured transport's. */
const instead = (calls: FakeCalls): Overrides => ({
  openCallService: async () => ({ calls, signalling: calls, close: () => Promise.resolve() }),
});

/** The same offer with a line lost, doubled, cut or changed in one character: another for every number. */
function damaged(sdp: string, index: number): string {
  const lines = sdp.split('\r\n');
  const at = (index * 7) % lines.length;
  const line = lines[at] ?? '';
  const cut = (index * 13) % Math.max(1, line.length);
  const replacements = [
    [],
    [line, line],
    [line.slice(0, cut)],
    [line.slice(0, cut) + String.fromCharCode(33 + (index % 90)) + line.slice(cut + 1)],
    [`m=audio 0 x 0`, line],
    [line.toUpperCase()],
    [line.replace(/\d+/, '99999999999')],
  ];
  return lines.toSpliced(at, 1, ...(replacements[index % replacements.length] ?? [])).join('\r\n');
}

const statusOf = async (url: string, init?: RequestInit): Promise<number> => (await fetch(url, init)).status;

describe('a composed bot', () => {
  it('has every part: it answers, measures, takes starts, and refuses an offer that is none', async () => {
    const { bot, url, telemetry } = await start({}, { BEDROCK_ENDPOINT_URL: 'http://127.0.0.1:1' });
    try {
      expect(await statusOf(`${url}/health`)).toBe(200);
      const { sessionId } = (await (await fetch(`${url}/start`, { method: 'POST' })).json()) as { sessionId: string };
      const body = JSON.stringify({ sdp: 'garbage', type: 'offer' });
      const headers = { 'Content-Type': 'application/json' };
      const refused = await fetch(`${url}/sessions/${sessionId}/api/offer`, { method: 'POST', body, headers });
      expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([400, 'sdp_invalid']);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      for (const name of [
        'calls_active 1',
        'calls_capacity 10',
        'event_loop_lag_max_seconds',
        'audio_beat_lateness',
        'model_events_total',
      ]) {
        expect(metrics).toContain(`voice_agent_${name}`);
      }
    } finally {
      await bot.stop(0);
    }
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    expect(telemetry.logged().filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('survives 300 damaged offers, none of them answered as a fault of ours, and takes a good one after them', async () => {
    const { bot, url } = await start({ model: new ScriptedModel() }, { MAX_CALLS: '1000' });
    const send = async (sdp: string): Promise<number> => {
      const body = JSON.stringify({ sdp, type: 'offer' });
      return statusOf(`${url}/api/offer`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    };
    try {
      const statuses = new Map<number, number>();
      for (let i = 0; i < 300; i += 1) {
        const status = await send(damaged(CHROMIUM_OFFER, i));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      expect([...statuses.keys()].filter((status) => status !== 200 && status !== 400)).toEqual([]);
      expect(statuses.get(400)).toBeGreaterThan(50);
      expect(await send(CHROMIUM_OFFER)).toBe(200);
    } finally {
      await bot.stop(0);
    }
  });

  it('shares nothing with another in the same process', async () => {
    const one = await start();
    const two = await start();
    try {
      await fetch(`${one.url}/start`, { method: 'POST' });
      expect([one.bot.calls.status.activeCalls, two.bot.calls.status.activeCalls]).toEqual([1, 0]);
      await one.bot.stop(0);
      expect(await statusOf(`${two.url}/start`, { method: 'POST' })).toBe(200);
    } finally {
      await Promise.all([one.bot.stop(0), two.bot.stop(0)]);
    }
  });

  it('serves the page where the build puts it', async () => {
    const { bot, url } = await start(instead(new FakeCalls()));
    try {
      expect(await statusOf(url)).toBe(existsSync('dist/client/index.html') ? 200 : 404);
    } finally {
      await bot.stop(0);
    }
  });
});

describe('stopping', () => {
  it('refuses new calls at once, answers health and the signalling of the calls there are, and ends with the last one', async () => {
    const calls = new FakeCalls();
    const { bot, url } = await start(instead(calls));
    const { sessionId } = (await (await fetch(`${url}/start`, { method: 'POST' })).json()) as { sessionId: string };
    const stopped = bot.stop(60_000);
    expect(bot.stop(0)).toBe(stopped);
    expect(await statusOf(`${url}/ready`)).toBe(503);
    expect(await statusOf(`${url}/start`, { method: 'POST' })).toBe(503);
    expect(await statusOf(`${url}/health`)).toBe(200);
    const body = JSON.stringify({ sdp: GOOD_SDP, type: 'offer' });
    const headers = { 'Content-Type': 'application/json' };
    expect(await statusOf(`${url}/sessions/${sessionId}/api/offer`, { method: 'POST', body, headers })).toBe(200);
    await calls.end(sessionId, 'caller-left');
    await stopped;
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  it('goes on with the other parts when one cannot be closed', async () => {
    class Stuck extends FakeCalls {
      override async drain(): Promise<void> {
        throw new BotError('internal', 'stuck');
      }
    }
    const { bot, url, telemetry } = await start(instead(new Stuck()));
    await bot.stop(0);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    expect(telemetry.logged()).toContainEqual(
      expect.objectContaining({ level: 'error', msg: 'a part of the bot did not close' }),
    );
  });

  it('before it has started does nothing bad', async () => {
    const bot = await openBot(testConfig(), testTelemetry(), instead(new FakeCalls()));
    await bot.stop(0);
  });
});

it('a port in use is told in words', async () => {
  const calls = new FakeCalls();
  const { bot, url } = await start(instead(calls));
  const second = await openBot(testConfig({ FAST_API_PORT: new URL(url).port }), testTelemetry(), instead(calls));
  try {
    await expect(second.start()).rejects.toMatchObject({
      code: 'listen_failed',
      message: expect.stringContaining('(EADDRINUSE): another process uses this port.') as string,
    });
  } finally {
    await Promise.all([bot.stop(0), second.stop(0)]);
  }
});

it('once it is declared broken its health check fails with the reason', async () => {
  const { bot, url } = await start(instead(new FakeCalls()));
  try {
    bot.declareBroken('An unexpected error: the process is ending.');
    expect(await statusOf(`${url}/health`)).toBe(503);
  } finally {
    await bot.stop(0);
  }
});
