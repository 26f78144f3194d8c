import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CATALOGUE } from '../../../bot/errors';
import { ALL_EVENTS, ALL_METRICS, FAILURE_REASONS, LOG_LINES } from '../../../contract/telemetry/catalogue';
import { REFUSED_FOR_COST, REFUSED_FULL } from '../../../contract/telemetry/service-events';
import { PROCESS_READINGS } from '../../../bot/telemetry/process-readings';
import type { CloseReason } from '../../../bot/transport/transport';
import { testTelemetry } from '../../support/telemetry';

const sources = readdirSync('bot', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join('bot', file), 'utf8') }));
const text = sources.map((source) => source.text).join('\n');

describe('the catalogue of numbers and log lines', () => {
  it('has no entry twice', () => {
    const keys = Object.values(ALL_EVENTS).flatMap(({ metrics = {} }) => Object.keys(metrics));
    const messages = LOG_LINES.map(({ message }) => message);
    const prometheus = Object.values(ALL_METRICS).flatMap((metric) => metric.prometheus?.name ?? []);
    const cloudWatch = Object.values(ALL_METRICS).flatMap(({ cloudwatch }) => cloudwatch?.name ?? []);
    for (const names of [keys, messages, prometheus, cloudWatch]) expect(new Set(names).size).toBe(names.length);
  });

  it('has no event that the bot does not record, and so no line that it does not log', () => {
    const written = text.includes('EVENTS.metrics.message') ? ['metrics'] : [];
    const recorded = [...text.matchAll(/\.record\(\s*'(\w+)'/g)].map(([, event]) => event);
    expect(Object.keys(ALL_EVENTS).filter((event) => ![...written, ...recorded].includes(event))).toEqual([]);
  });

  it('is the only place where these messages are written, so that none is logged past it', () => {
    const messages = LOG_LINES.map(({ message }) => `'${message}'`);
    const past = sources.flatMap(({ file, text }) =>
      messages
        .filter((message) => new RegExp(`\\.(info|warn|error|debug|fatal)\\([^;]*${message}`).test(text))
        .map((m) => file + m),
    );
    expect(past).toEqual([]);
  });

  it('has no number that the bot does not count: an event feeds it, or it is read', () => {
    const unfed = Object.entries(ALL_METRICS).filter(
      ([, { event, prometheus }]) => event === undefined || prometheus?.type === 'gauge',
    );
    const read = (key: string): boolean => key in PROCESS_READINGS || text.includes(`.watch('${key}'`);
    expect(unfed.map(([key]) => key).filter((key) => !read(key))).toEqual([]);
  });

  it('gives Prometheus every metric it names', async () => {
    const telemetry = testTelemetry();
    telemetry.watch('activeCalls', () => 0);
    telemetry.watch('maxCalls', () => 1);
    telemetry.watch('eventLoopLagMs', () => 0);
    telemetry.watch('eventLoopLagMeanMs', () => 0);
    telemetry.watch('eventLoopLagP99Ms', () => 0);
    telemetry.watch('audioBeatLatenessMs', () => 0);
    telemetry.watch('audioBeatP50Ms', () => 0);
    telemetry.watch('audioBeatP99Ms', () => 0);
    telemetry.watch('audioBeatsLate', () => 0);
    telemetry.watch('modelEvents', () => ({}));
    telemetry.watch('taskProtected', () => 1);
    telemetry.watch('callRecordsWaiting', () => 0);
    const text = await telemetry.prometheus.render();
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
    for (const { cloudwatch, event } of Object.values(ALL_METRICS)) {
      if (cloudwatch?.kind !== 'counted') continue;
      const line = LOG_LINES.find((one) => one.event === event);
      expect(line?.fields).toEqual(
        expect.arrayContaining(cloudwatch.where === undefined ? [] : [cloudwatch.where.field]),
      );
    }
  });

  it('keeps labels to words of ours: no id, no address, nothing a caller sends', () => {
    const labels = new Set(
      Object.values(ALL_METRICS).flatMap(({ prometheus }) => Object.keys(prometheus?.labels ?? {})),
    );
    const few =
      'transport code why reason cause end event tool outcome kind direction what method route status step destination';
    expect([...labels].filter((label) => !few.split(' ').includes(label))).toEqual([]);
  });
});
