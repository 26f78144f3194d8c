import type { AwsStack } from '../aws-stack';
import { saysEvents } from '../names';
import type { AlarmBoard } from './alarm';

/** Alarms when something of a call is not kept, or not heard by who should have heard it. */
export function recordAlarms({ names, settings }: AwsStack, board: AlarmBoard): void {
  if (settings.records.keep) {
    board.on('call-records-dropped', {
      metric: 'callRecordsDropped',
      statistic: 'Sum',
      threshold: 1,
      description:
        'Records of calls, or pieces of recordings, are lost: S3 refuses or is slow. See "call record not written" in the log.',
    });
  }
  if (saysEvents(settings.records)) {
    board.on('call-events-undelivered', {
      metric: {
        namespace: 'AWS/SQS',
        metricName: 'ApproximateNumberOfMessagesVisible',
        dimensions: { QueueName: names.undeliveredCallEvents },
      },
      statistic: 'Maximum',
      threshold: 1,
      description: 'Nobody took some events of calls. They lie in the queue of undelivered ones: docs/call-events.md.',
    });
  }
}
