import { spawn, type ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import express from 'express';
import type { Bot } from '../../bot/bot';
import { BotError } from '../../bot/errors';
import { EXIT_CONFIG, EXIT_FAILED, runBot, type ProcessHost } from '../../bot/process';
import { FakeClock } from '../support/fake-clock';
import { FakeCalls } from '../support/fake-call-service';
import { testTelemetry, type TestTelemetry } from '../support/telemetry';

type Listener = (what: unknown) => void;

/** A process that keeps its exit codes instead of ending. */
class FakeHost implements ProcessHost {
  readonly exits: number[] = [];
  readonly errors: string[] = [];
  readonly stderr = { write: (text: string) => this.errors.push(text) };
  readonly env: NodeJS.ProcessEnv;
  readonly #listeners = new Map<string, Listener>();

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.env = { LOG_LEVEL: 'silent', ...env };
  }

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, listener);
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  get listens(): string[] {
    return [...this.#listeners.keys()];
  }

  emit(event: string, what?: unknown): void {
    this.#listeners.get(event)?.(what);
  }
}

/** A bot that stops when it is told that its calls are over. */
class FakeBot implements Bot {
  readonly app = express();
  readonly calls = new FakeCalls();
  readonly stops: number[] = [];
  /** How often it was told to be warm and without a call. */
  timesIdle = 0;
  broken: string | undefined;
  startError: BotError | undefined;
  becomeWarm = (): void => undefined;
  readonly #warm = new Promise<void>((resolve) => (this.becomeWarm = resolve));
  callsAreOver = (): void => undefined;
  readonly #stopped = new Promise<void>((resolve) => (this.callsAreOver = resolve));

  async start(): Promise<{ host: string; port: number }> {
    if (this.startError) throw this.startError;
    return { host: '127.0.0.1', port: 1 };
  }

  whenWarm(): Promise<void> {
    return this.#warm;
  }

  declareBroken(reason: string): void {
    this.broken = reason;
  }

  stop(drainMs: number): Promise<void> {
    this.stops.push(drainMs);
    return this.#stopped;
  }
}

interface Run {
  readonly host: FakeHost;
  readonly bot: FakeBot;
  readonly clock: FakeClock;
  readonly telemetry: TestTelemetry;
}

async function run(env: NodeJS.ProcessEnv = {}, prepare: (bot: FakeBot) => void = () => undefined): Promise<Run> {
  const parts = { host: new FakeHost(env), bot: new FakeBot(), clock: new FakeClock(), telemetry: testTelemetry() };
  prepare(parts.bot);
  const { host, bot, clock, telemetry } = parts;
  const onIdle = (): void => void (bot.timesIdle += 1);
  await runBot({ host, clock, compose: async () => bot, telemetryFor: () => telemetry, onIdle });
  return parts;
}

/** Lets everything that is already settled run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a start', () => {
  it('logs the address, what matters of the configuration, and its warnings', async () => {
    const { host, telemetry } = await run({
      AWS_BEARER_TOKEN_BEDROCK: 'secret-token',
      START_API_KEY: 'start-secret-0123',
    });
    const lines = telemetry.logged();
    expect(lines.at(-1)).toMatchObject({
      msg: 'listening',
      host: '127.0.0.1',
      port: 1,
      transport: 'webrtc',
      keyNeeded: true,
    });
    expect(lines.map(({ msg }) => msg)).toContain('configuration warning');
    expect(telemetry.lines.join('')).not.toMatch(/secret/);
    expect(host.exits).toEqual([]);
    expect(host.listens.sort()).toEqual(['SIGINT', 'SIGTERM', 'uncaughtException', 'unhandledRejection']);
  });

  it('with a bad configuration prints one line that names the variables, and exits with 78', async () => {
    const { host } = await run({ MAX_CALLS: 'lots', FAST_API_PORT: 'x' });
    expect(host.exits).toEqual([EXIT_CONFIG]);
    expect(host.errors).toHaveLength(1);
    expect(host.errors[0]).toMatch(/FAST_API_PORT must be.*MAX_CALLS must be/);
    expect(host.errors[0]).not.toMatch(/lots|\.ts:\d/);
  });

  it('I7: tells its version in that line, where it has one that can be shown', async () => {
    const versionOf = async (version: string) =>
      (JSON.parse((await run({ MAX_CALLS: 'lots', VERSION: version })).host.errors[0]!) as { version: string }).version;
    expect(await versionOf('1.2.3+abc')).toBe('1.2.3+abc');
    expect(await versionOf('a secret')).toBe('development');
  });

  it('that cannot listen says so, also with silent logs, and exits with 1', async () => {
    const { host, telemetry } = await run(
      {},
      (bot) => (bot.startError = new BotError('listen_failed', 'Cannot listen.')),
    );
    expect(host.exits).toEqual([EXIT_FAILED]);
    expect(telemetry.logged().at(-1)).toMatchObject({ level: 'fatal', msg: 'the bot could not start' });
  });
});

describe('once the bot is warm', () => {
  it('what may have the main thread stand still is done, and not before', async () => {
    const { bot } = await run();
    await settle();
    expect(bot.timesIdle).toBe(0);
    bot.becomeWarm();
    await settle();
    expect(bot.timesIdle).toBe(1);
  });

  it('it is left out where a call has begun by then', async () => {
    const { bot } = await run();
    await bot.calls.start();
    bot.becomeWarm();
    await settle();
    expect(bot.timesIdle).toBe(0);
  });
});

describe('SIGTERM and SIGINT', () => {
  it.each(['SIGTERM', 'SIGINT'])('%s lets the calls go on for DRAIN_SECONDS and exits with 0', async (signal) => {
    const { host, bot } = await run({ DRAIN_SECONDS: '7' });
    host.emit(signal);
    await settle();
    expect(bot.stops).toEqual([7000]);
    expect(host.exits).toEqual([]);
    bot.callsAreOver();
    await settle();
    expect(host.exits).toEqual([0]);
  });

  it('a second signal ends it at once, and not with 0', async () => {
    const { host } = await run();
    host.emit('SIGTERM');
    host.emit('SIGINT');
    expect(host.exits).toEqual([130]);
  });
});

describe('an exception that nobody caught', () => {
  it.each([
    ['uncaughtException', 'uncaught_exception'],
    ['unhandledRejection', 'unhandled_rejection'],
  ])(
    '%s is logged and counted, the health check fails, everything is closed, and the exit is 1',
    async (event, kind) => {
      const { host, bot, telemetry } = await run();
      host.emit(event, new TypeError('somebody said something'));
      expect(bot.broken).toContain('unexpected error');
      expect(telemetry.logged().at(-1)).toMatchObject({ level: 'fatal', kind, err: { name: 'TypeError' } });
      expect(telemetry.lines.join('')).not.toContain('somebody said');
      expect(await telemetry.prometheus.render()).toContain(`voice_agent_process_failures_total{kind="${kind}"} 1`);
      expect(bot.stops).toEqual([0]);
      bot.callsAreOver();
      await settle();
      expect(host.exits).toEqual([1]);
    },
  );

  it('ends the process within 5 s even if nothing can be closed any more', async () => {
    const { host, clock } = await run();
    host.emit('uncaughtException', new Error('x'));
    clock.advance(4999);
    expect(host.exits).toEqual([]);
    clock.advance(1);
    expect(host.exits).toEqual([1]);
  });

  it('followed by more of them closes once, and while shutting down still exits with 1', async () => {
    const { host, bot } = await run();
    host.emit('SIGTERM');
    host.emit('uncaughtException', 'not even an error');
    host.emit('unhandledRejection', undefined);
    expect(bot.stops).toEqual([90_000, 0]);
    bot.callsAreOver();
    await settle();
    expect(host.exits).toEqual([1]);
  });
});

describe('the real process', () => {
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

  function spawnBot(env: NodeJS.ProcessEnv): { child: ChildProcess; exited: Promise<unknown[]>; stderr: () => string } {
    const child = spawn(process.execPath, ['--no-warnings', '--import', 'tsx', 'bot/main.ts'], {
      env: {
        PATH: process.env['PATH'],
        HOST: '127.0.0.1',
        FAST_API_PORT: '0',
        WEBRTC_BIND_ADDRESS: '127.0.0.1',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    return { child, exited: once(child, 'exit'), stderr: () => errors };
  }

  /** The first log line with this message. */
  async function logLine(lines: Interface, message: string): Promise<Record<string, unknown>> {
    for await (const [line] of on(lines, 'line', { close: ['close'] })) {
      const entry = JSON.parse(String(line)) as Record<string, unknown>;
      if (entry['msg'] === message) return entry;
    }
    throw new Error(`the process ended without the line "${message}"`);
  }

  it('listens, answers, and exits with 0 on SIGTERM', async () => {
    const { child, exited, stderr } = spawnBot({});
    const lines = createInterface({ input: child.stdout! });
    const { port } = await logLine(lines, 'listening');
    const url = `http://127.0.0.1:${String(port)}`;
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    expect((await fetch(`${url}/start`, { method: 'POST' })).status).toBe(200);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(stderr()).toBe('');
  });

  it('exits with 78 and one line for a bad configuration, with 1 and one line for a port in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const bad = spawnBot({ TRANSPORT: 'pigeon' });
    const busy = spawnBot({ FAST_API_PORT: String(port), LOG_LEVEL: 'silent' });
    try {
      expect(await bad.exited).toEqual([EXIT_CONFIG, null]);
      expect(bad.stderr().trim().split('\n')).toHaveLength(1);
      expect(bad.stderr()).toContain('TRANSPORT must be one of daily, webrtc');
      expect(bad.stderr()).not.toContain('pigeon');
      expect(await busy.exited).toEqual([EXIT_FAILED, null]);
      expect(busy.stderr().trim().split('\n')).toHaveLength(1);
      expect(busy.stderr()).toContain('another process uses this port');
    } finally {
      taken.close();
    }
  });
});
