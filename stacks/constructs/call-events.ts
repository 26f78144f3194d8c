import { CloudwatchEventBus } from '@cdktf/provider-aws/lib/cloudwatch-event-bus';
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { CALL_EVENT_SOURCE } from '../../contract/call-events';
import type { AwsStack } from '../aws-stack';
import { saysEvents } from '../names';
import { denyPlainTransport, policyJson, type Statement } from '../policies';

const DAY_SECONDS = 24 * 3_600;
/** What SQS keeps at most, in days. */
const QUEUE_DAYS = 14;

/** A bus of its own for events of calls, who gets them by a rule, and a queue for those that nobody took. */
export function callEvents(stack: AwsStack): void {
  const { names, settings } = stack;
  const { events, retentionDays } = settings.records;
  const queue = new SqsQueue(stack, 'call-events-undelivered', {
    name: names.undeliveredCallEvents,
    // They have records in them, which are kept for no longer elsewhere.
    messageRetentionSeconds: Math.min(QUEUE_DAYS, retentionDays) * DAY_SECONDS,
    sqsManagedSseEnabled: true,
  });
  new SqsQueuePolicy(stack, 'call-events-undelivered-policy', {
    queueUrl: queue.url,
    policy: policyJson([
      ...(events.targets.length === 0 ? [] : [fromOwnRule(stack)]),
      denyPlainTransport(['sqs:*'], [stack.arns.undeliveredCallEvents]),
    ]),
  });
  stack.output('call_events_undelivered', queue.url, 'Queue of events of calls that nobody took');
  if (!events.bus) return;
  const bus = new CloudwatchEventBus(stack, 'call-events-bus', {
    name: names.eventBus,
    description: `Events of calls of ${names.base}`,
  });
  stack.output('call_event_bus', bus.name, 'Event bus on which calls are told of');
  if (events.targets.length > 0) toTargets(stack, bus);
}

const fromOwnRule = ({ arns, settings }: AwsStack): Statement => ({
  sid: 'OwnRuleOnly',
  principals: { Service: 'events.amazonaws.com' },
  actions: ['sqs:SendMessage'],
  resources: [arns.undeliveredCallEvents],
  conditions: {
    StringEquals: { 'aws:SourceAccount': settings.accountId },
    ArnEquals: { 'aws:SourceArn': arns.callEventsRule },
  },
});

function toTargets(stack: AwsStack, bus: CloudwatchEventBus): void {
  const rule = new CloudwatchEventRule(stack, 'call-events-rule', {
    name: stack.names.callEvents,
    description: 'Every event of a call',
    eventBusName: bus.name,
    eventPattern: JSON.stringify({ source: [CALL_EVENT_SOURCE] }),
  });
  stack.settings.records.events.targets.forEach((arn, index) => {
    new CloudwatchEventTarget(stack, `call-events-target-${index + 1}`, {
      rule: rule.name,
      eventBusName: bus.name,
      targetId: `target-${index + 1}`,
      arn,
      retryPolicy: { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 10 },
      deadLetterConfig: { arn: stack.arns.undeliveredCallEvents },
    });
  });
}

/** The task says events on the one bus, and puts into the one queue what nobody took. */
export function sayEvents({ arns, settings }: AwsStack): Statement[] {
  const { records } = settings;
  return [
    ...(records.events.bus
      ? [{ sid: 'SayCallEvents', actions: ['events:PutEvents'], resources: [arns.eventBus] }]
      : []),
    ...(saysEvents(records)
      ? [{ sid: 'KeepUndelivered', actions: ['sqs:SendMessage'], resources: [arns.undeliveredCallEvents] }]
      : []),
  ];
}
