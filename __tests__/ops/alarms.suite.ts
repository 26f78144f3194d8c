import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, ListSubscriptionsCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SERVICE_ERRORS } from '../../testbed/fakes/aws/faults';
import type { TestAws } from './support/aws';
import { AwsFixture } from './support/aws-fixture';
import { about, ops } from './support/cli';
import { Project, testSettings } from './support/project';

const BASE = 'pipecat-voice-agent-test';
const MAIL = 'voice@example.com';

export function alarmsSuite(aws: () => TestAws): void {
  describe('alarms test', () => {
    let project: Project;
    let cloudWatch: CloudWatchClient;
    let sns: SNSClient;
    let sqs: SQSClient;
    let topic = '';

    beforeAll(() => {
      project = new Project(testSettings({ alarms: { email: MAIL } }));
      const client = {
        endpoint: aws().motoUrl,
        region: 'eu-north-1',
        credentials: { accessKeyId: 'fixture', secretAccessKey: 'fixture' },
      };
      [cloudWatch, sns, sqs] = [new CloudWatchClient(client), new SNSClient(client), new SQSClient(client)];
    });
    afterAll(() => {
      for (const client of [cloudWatch, sns, sqs]) client.destroy();
      project.remove();
    });
    beforeEach(async () => {
      topic = (await sns.send(new CreateTopicCommand({ Name: `${BASE}-alarms` }))).TopicArn!;
    });
    afterEach(() => aws().reset());

    const alarm = async (id: string, state: 'OK' | 'ALARM' = 'OK', action = topic): Promise<void> => {
      const AlarmName = `${BASE}-${id}`;
      await cloudWatch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          ActionsEnabled: true,
          AlarmActions: [action],
          OKActions: [action],
          Namespace: 'PipecatVoiceAgent/test',
          MetricName: 'CallsFailed',
          Statistic: 'Sum',
          Period: 300,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        }),
      );
      await cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: state, StateReason: 'fixture' }));
    };
    const states = async (): Promise<(string | undefined)[]> =>
      (await cloudWatch.send(new DescribeAlarmsCommand({}))).MetricAlarms!.map(({ StateValue }) => StateValue);
    /** Nothing is left of the test: no queue, and no subscription but mail. */
    const left = async (): Promise<unknown[]> => [
      ...((await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []),
      ...(await sns.send(new ListSubscriptionsCommand({}))).Subscriptions!.filter(
        ({ Protocol }) => Protocol !== 'email',
      ),
    ];
    const run = (flags = '--yes --wait-seconds 1') => ops(`alarms test ${flags} --json`, { folder: project.folder });

    it('A13: raises each, hears of it on the topic, and puts it back; one that rings already is left alone', async () => {
      await alarm('calls-failing');
      await alarm('memory');
      await alarm('capacity', 'ALARM');
      await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'email', Endpoint: MAIL }));
      const ran = await run('--yes');
      for (const id of ['calls-failing', 'memory']) {
        expect(about(ran, `${BASE}-${id}`)[0]).toMatchObject({
          status: 'ok',
          text: expect.stringMatching(/^was heard on the topic after /) as string,
        });
      }
      expect(about(ran, `${BASE}-capacity`)[0]).toMatchObject({ status: 'skipped' });
      expect(ran.code).toBe(0);
      expect((await states()).sort()).toEqual(['ALARM', 'OK', 'OK']);
      expect(await left()).toEqual([]);
    });

    it('A13: fails for an alarm that nothing is heard of, and for mail that nobody has confirmed', async () => {
      const other = (await sns.send(new CreateTopicCommand({ Name: 'another' }))).TopicArn!;
      await alarm('memory', 'OK', other);
      const ran = await run();
      expect(about(ran, `${BASE}-memory`)[0]).toMatchObject({
        status: 'failed',
        code: 'verification_failed',
        fix: 'npm run ops -- release plan service --environment test, and apply it.',
      });
      expect(about(ran, MAIL)[0]).toMatchObject({ status: 'failed' });
      expect(ran.code).toBe(1);
      expect(await left()).toEqual([]);
    });

    it('A13: puts everything back where it cannot go on', async () => {
      await alarm('calls-failing');
      aws().sandbox.fail('sqs:ReceiveMessage', SERVICE_ERRORS.denied('sqs:ReceiveMessage'));
      const ran = await run();
      expect(ran.json.error).toMatchObject({ code: 'access_denied' });
      expect(await states()).toEqual(['OK']);
      expect(await left()).toEqual([]);
    });

    it('A13: raises nothing while a deployment is under way, which its alarms would take back', async () => {
      await alarm('calls-failing');
      const fixture = new AwsFixture(aws().motoUrl);
      await fixture.service();
      fixture.close();
      const ran = await run();
      expect(ran.json.error).toMatchObject({
        code: 'refused',
        fix: 'npm run ops -- release shift --environment test, then this command again.',
      });
      expect(aws().sandbox.requests.map(({ operation }) => operation)).not.toContain('monitoring:SetAlarmState');
    });
  });
}
