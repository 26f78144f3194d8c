import { z } from 'zod';

/* What is kept of calls; a part of stacks/settings.ts. */

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
});
