import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CATALOGUE } from '../../../bot/errors';
import {
  ALL_EVENTS,
  ALL_METRICS,
  EVENTS,
  FAILURE_REASONS,
  type MetricKey,
  REFUSED_FOR_COST,
  REFUSED_FULL,
} from '../../../contract/telemetry';
import { createMetrics } from '../../../bot/telemetry/metrics';
import type { CloseReason } from '../../../bot/transport/transport';

const sources = readdirSync('bot', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join('bot', file), 'utf8') }));
const beyond = (...files: string[]) => sources.filter(({ file }) => !files.includes(file));

describe('the catalogue of numbers and log lines', () => {
  it('has no entry twice', () => {
    const messages = Object.values(ALL_EVENTS).map(({ message }) => message);
    const prometheus = Object.values(ALL_METRICS).flatMap((metric) => metric.prometheus?.name ?? []);
    const cloudWatch = Object.values(ALL_METRICS).flatMap(({ cloudwatch }) => cloudwatch?.name ?? []);
    for (const names of [messages, prometheus, cloudWatch]) expect(new Set(names).size).toBe(names.length);
  });

  it('has no line that the bot does not log', () => {
    const text = beyond('telemetry/catalogue.ts')
      .map((source) => source.text)
      .join('\n');
    const silent = Object.keys(EVENTS).filter((event) => !text.includes(`logEvent(`) || !text.includes(`'${event}'`));
    expect(silent).toEqual([]);
  });

  it('is the only place where these messages are written, so that none is logged past it', () => {
    const messages = Object.values(ALL_EVENTS).map(({ message }) => `'${message}'`);
    const past = beyond('telemetry/catalogue.ts').flatMap(({ file, text }) =>
      messages
        .filter((message) => new RegExp(`\\.(info|warn|error|debug)\\([^;]*${message}`).test(text))
        .map((m) => file + m),
    );
    expect(past).toEqual([]);
  });

  it('has no number that the bot does not count', () => {
    const metrics = sources.filter(({ file }) => /^telemetry\/(metrics|process-metrics|service-stats)\.ts$/.test(file));
    const text = metrics.map((source) => source.text).join('\n');
    const counted = (key: string): boolean => text.includes(`'${key}'`) || text.includes(`METRICS.${key}.`);
    const needCode = (Object.keys(ALL_METRICS) as MetricKey[]).filter((key) => {
      const { prometheus, cloudwatch } = ALL_METRICS[key];
      return prometheus !== undefined || cloudwatch?.from === 'measured';
    });
    expect(needCode.filter((key) => !counted(key))).toEqual([]);
  });

  it('gives Prometheus every metric it names', async () => {
    const metrics = createMetrics();
    metrics.watchCalls(() => ({ activeCalls: 0, maxCalls: 1 }));
    metrics.watchEventLoop(() => ({ meanMs: 0, p99Ms: 0, maxMs: 0 }));
    metrics.watchBeat(() => 0);
    metrics.watchModel(() => ({}));
    metrics.watchProtection(() => true);
    const text = await metrics.render();
    const named = Object.values(ALL_METRICS).flatMap(({ prometheus }) => prometheus ?? []);
    const missing = named.filter(({ name, type }) => !text.includes(`# TYPE voice_agent_${name} ${type}\n`));
    expect(missing).toEqual([]);
    expect(text.match(/^# TYPE /gm)).toHaveLength(named.length);
    expect(text).toContain('voice_agent_task_protected 1\n');
  });

  it('names reasons and codes that there are', () => {
    const reasons: readonly CloseReason[] = FAILURE_REASONS;
    expect(reasons).toContain('internal');
    for (const code of [REFUSED_FULL, ...REFUSED_FOR_COST]) expect(ERROR_CATALOGUE).toHaveProperty(code);
  });

  it('counts from log lines by fields that those lines have', () => {
    for (const { cloudwatch } of Object.values(ALL_METRICS)) {
      if (cloudwatch === undefined || cloudwatch.from === 'measured' || cloudwatch.where === undefined) continue;
      expect(ALL_EVENTS[cloudwatch.from].fields).toContain(cloudwatch.where.field);
    }
  });

  it('keeps labels to words of ours: no id, no address, nothing a caller sends', () => {
    const labels = new Set(Object.values(ALL_METRICS).flatMap(({ prometheus }) => prometheus?.labels ?? []));
    const few = 'transport code why reason cause end event tool outcome kind direction what method route status step';
    expect([...labels].filter((label) => !few.split(' ').includes(label))).toEqual([]);
  });
});
