import { ALL_METRICS } from '../../contract/telemetry/catalogue';
import { PHONE_EVENTS } from '../../contract/telemetry/phone-events';
import { variants } from './support/environments';
import { type Attributes, dig, type EmittedStack, objects, sharedSynth, type SynthResult } from './support/synth';

let result: SynthResult;
let prod: EmittedStack;
beforeAll(() => {
  result = sharedSynth(variants());
  prod = result.stack('prod-service');
});

describe('alarms', () => {
  it('ring for everything that an operator must hear of', () => {
    expect(Object.keys(prod.all('aws_cloudwatch_metric_alarm')).sort()).toEqual(
      [
        'answer-latency',
        'call-records-dropped',
        'calls-failing',
        'calls-refused',
        'capacity',
        'cost-limit',
        'event-loop',
        'events-undelivered',
        'http-latency',
        'memory',
        'model-errors',
        'no-healthy-task',
        'restart-failed',
        'restart-not-delivered',
        'secret-denied',
        'secret-denied-not-delivered',
        'server-errors',
        'task-not-started',
        'task-not-started-not-delivered',
        'task-protection',
        'unhealthy-tasks',
      ].map((id) => `alarm-${id}`),
    );
  });

  it('tell the topic, on and off, and the topic tells the address', () => {
    for (const alarm of Object.values(prod.all('aws_cloudwatch_metric_alarm'))) {
      expect(alarm).toMatchObject({
        actions_enabled: true,
        alarm_actions: ['${aws_sns_topic.alarm-topic.arn}'],
        ok_actions: ['${aws_sns_topic.alarm-topic.arn}'],
      });
      expect(alarm['alarm_description']).toMatch(/.{20}/);
    }
    expect(prod.one('aws_sns_topic_subscription')).toMatchObject({
      protocol: 'email',
      endpoint: 'voice-operations@example.com',
    });
    expect(prod.one('aws_sns_topic')['kms_master_key_id']).toContain('operations-key');
  });

  it("read metrics that exist: the bot's own by a filter, the rest by AWS", () => {
    const made = new Set(
      Object.values(prod.all('aws_cloudwatch_log_metric_filter')).map(
        (filter) => dig(filter, 'metric_transformation', 'name') as string,
      ),
    );
    const read = Object.values(prod.all('aws_cloudwatch_metric_alarm')).flatMap((alarm) => [
      alarm,
      ...objects(alarm['metric_query']).flatMap(({ metric }) => (metric ? [metric as Attributes] : [])),
    ]);
    const own = read
      .filter(({ namespace }) => namespace === 'PipecatVoiceAgent/prod')
      .map((metric) => metric['metric_name'] as string);
    expect(own.length).toBeGreaterThan(5);
    // This environment has no telephone.
    const entries = Object.values(ALL_METRICS).flatMap(({ event, cloudwatch }) =>
      event !== undefined && event in PHONE_EVENTS ? [] : (cloudwatch ?? []),
    );
    const sent = entries.filter(({ kind }) => kind === 'measured').map(({ name }) => name);
    expect(own.filter((name) => !made.has(name) && !sent.includes(name))).toEqual([]);
    // Counted by a filter or sent by the bot, and never both: it would count twice.
    expect(made).toEqual(new Set(entries.filter(({ kind }) => kind !== 'measured').map(({ name }) => name)));
    expect(sent.filter((name) => made.has(name))).toEqual([]);
  });

  it('count failures of calls by the reasons that are ours', () => {
    expect(prod.one('aws_cloudwatch_log_metric_filter', 'metric-CallsFailed')['pattern']).toBe(
      '{ ($.msg = "call ended") && ($.reason = "model-failed" || $.reason = "transport-failed" || $.reason = "internal") }',
    );
  });

  it('compare used places with all places for capacity', () => {
    expect(prod.one('aws_cloudwatch_metric_alarm', 'alarm-capacity')).toMatchObject({
      threshold: 85,
      metric_query: expect.arrayContaining<object>([
        expect.objectContaining({
          id: 'e',
          expression: 'IF(places > 0, 100 * used / places, 0)',
          return_data: true,
        }) as object,
      ]) as object[],
    });
  });

  it('do not ring for a service that is meant to be empty', () => {
    expect(prod.one('aws_cloudwatch_metric_alarm', 'alarm-no-healthy-task')['treat_missing_data']).toBe('breaching');
    expect(
      result.stack('small-service').one('aws_cloudwatch_metric_alarm', 'alarm-no-healthy-task')['treat_missing_data'],
    ).toBe('notBreaching');
  });
});
