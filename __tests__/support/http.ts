import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../bot/http/app';
import { createHttpServer } from '../../bot/http/server';
import { systemClock } from '../../bot/time/clock';
import { testConfig } from './config';
import { FakeCalls } from './fake-call-service';
import { testTelemetry, type TestTelemetry } from './telemetry';

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly calls: FakeCalls;
  readonly telemetry: TestTelemetry;
  /** A request; `json` is sent as a JSON body, as the Pipecat client does. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface RequestOptions {
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, parsed; fails when it is no JSON. */
  readonly json: Record<string, unknown>;
}

export interface TestServerOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly calls?: FakeCalls;
  /** Whether clients make offers; `calls` takes them by default. */
  readonly takesOffers?: boolean;
  readonly fault?: () => string | undefined;
  readonly pageDirectory?: string;
  readonly pageLanguage?: string;
  readonly logLevel?: 'trace' | 'info' | 'silent';
}

/** The real app on a real socket of the loopback address, over calls without audio. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const calls = options.calls ?? new FakeCalls();
  const telemetry = testTelemetry(options.logLevel);
  const app = createApp({
    config: testConfig(options.env),
    calls,
    ...(options.takesOffers === false ? {} : { signalling: calls }),
    telemetry,
    clock: systemClock,
    loopLag: () => ({ meanMs: 0, p99Ms: 1, maxMs: 2 }),
    fault: options.fault ?? (() => undefined),
    pageDirectory: options.pageDirectory ?? '/nonexistent',
    pageLanguage: () => options.pageLanguage ?? 'en-US',
  });
  const server = createHttpServer(app, telemetry);
  const { port } = await server.start('127.0.0.1', 0);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    calls,
    telemetry,
    request: (method, path, request = {}) => send(url + path, method, request),
    close: () => server.stop(0),
  };
}

async function send(url: string, method: string, { json, body, headers = {} }: RequestOptions): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(json === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text) as Record<string, unknown>;
    },
  };
}

/** A folder with the files given, gone after `remove()`. */
export function temporaryFolder(files: Record<string, string>): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'bot-http-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
