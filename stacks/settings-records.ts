import { z } from 'zod';
import { arn, distinct, matching } from './setting-values';
import { fills } from './settings-variables';

/* What is kept of calls, and who hears of them; a part of stacks/settings.ts. */

/** A rule of EventBridge has no more. */
const TARGETS = 5;

/** Who hears of calls as they happen. */
const events = z.strictObject({
  bus: z
    .boolean()
    .default(false)
    .describe(
      'Make an event bus in EventBridge, on which is said when calls start, end, fail and go to another agent.',
    ),
  targets: distinct(arn('(sqs|sns|lambda)', ''))
    .max(TARGETS, `must name at most ${TARGETS}, which is all that a rule takes`)
    .default([])
    .describe(
      'Queues, topics and functions that get every event of the bus. Their own policies must let EventBridge in.',
    ),
  webhook: fills(
    'CALL_EVENTS_WEBHOOK',
    matching(/^https:\/\/[^/?#@\s]+(\/[^#\s]*)?$/, 'must be an https URL without user or fragment').optional(),
    'where the same is posted, signed with the key of the secret `call-events-key`.',
  ),
});

/** Records of calls: whether there are any, and for how long. */
export const records = z.strictObject({
  keep: z
    .boolean()
    .default(true)
    .describe(
      "Keep records of calls in a bucket of the environment's own, each at the level that its agent says: `metadata` where it says nothing.",
    ),
  retentionDays: z
    .int()
    .min(1)
    .max(3_650)
    .default(30)
    .describe('Days after which a record of a call, with its recording, is deleted.'),
  pseudonyms: z
    .boolean()
    .default(false)
    .describe(
      'Give all callers pseudonyms in records, made with the secret `call-records-key`, and not only those by telephone: so that the calls of one can be found, and deleted.',
    ),
  analytics: z
    .boolean()
    .default(false)
    .describe(
      'Make a table of the records in Glue and saved queries in Athena, for whoever may read the records. A query costs by what it reads.',
    ),
  events: events.prefault({}),
});
