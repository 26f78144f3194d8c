import { ALL_METRICS, type MetricKey } from '../../../contract/telemetry/catalogue';
import { EmfRecorder, type EmfLine } from '../../../bot/telemetry/emf';
import { emfProblems } from '../../support/emf-schema';

const MEASURED = Object.entries(ALL_METRICS).flatMap(([key, { cloudwatch }]) =>
  cloudwatch?.kind === 'measured' ? [key as MetricKey] : [],
);
const NOW_MS = 1_763_900_000_123.4;

describe('numbers in the embedded metric format', () => {
  it('obey the rules by which CloudWatch takes them, for every metric of the catalogue', () => {
    const emf = new EmfRecorder('PipecatVoiceAgent/test');
    for (const key of MEASURED) for (let n = 0; n < 3; n += 1) emf.add(key, 12.5 * n);
    const [line, ...more] = emf.take(NOW_MS);
    expect(more).toEqual([]);
    expect(emfProblems(line)).toEqual([]);
    expect(line?._aws.CloudWatchMetrics[0]?.Metrics.map(({ Name }) => Name).sort()).toEqual(
      MEASURED.map((key) => ALL_METRICS[key].cloudwatch?.name).sort(),
    );
    expect(line?.['AnswerLatencyMs']).toEqual([0, 12.5, 25]);
  });

  it('have no dimensions: one metric, however many tasks there are', () => {
    const emf = new EmfRecorder('N');
    emf.add('activeCalls', 3);
    expect(emf.take(NOW_MS)[0]?._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([[]]);
  });

  it('go into further lines when there are more than CloudWatch takes from one, and no line is cut by the log driver', () => {
    const emf = new EmfRecorder('PipecatVoiceAgent/production');
    for (let n = 0; n < 250; n += 1) for (const key of MEASURED) emf.add(key, 1234.5678 * (n + 1));
    const lines: EmfLine[] = emf.take(NOW_MS);
    expect(lines).toHaveLength(3);
    const sizes = lines.map((line) => (line['ToolMs'] as number[]).length);
    expect(sizes).toEqual([100, 100, 50]);
    for (const line of lines) {
      expect(emfProblems(line)).toEqual([]);
      // Container runtimes cut lines at 16 KiB, and half an object is no object.
      expect(JSON.stringify(line).length).toBeLessThan(16_384 - 200);
    }
    expect(emf.take(NOW_MS)).toEqual([]);
  });

  it('pass over what is no number, for which CloudWatch would refuse the whole line', () => {
    const emf = new EmfRecorder('N');
    emf.add('toolMs', NaN);
    emf.add('toolMs', Infinity);
    expect(emf.take(NOW_MS)).toEqual([]);
  });

  it('are refused by the rules where they are broken', () => {
    const good = { _aws: { Timestamp: 1, CloudWatchMetrics: [] } };
    expect(emfProblems(good)).toEqual([]);
    expect(emfProblems({ _aws: { Timestamp: 1.5, CloudWatchMetrics: [] } })).not.toEqual([]);
    const problems = (Unit: string): string[] => {
      const directive = { Namespace: 'N', Dimensions: [['Task']], Metrics: [{ Name: 'A', Unit }] };
      return emfProblems({ _aws: { Timestamp: 1, CloudWatchMetrics: [directive] } });
    };
    expect(problems('Parsec').join()).toMatch(/Unit/);
    expect(problems('Count')).toEqual(['A has no value', 'Task has no value']);
  });
});
