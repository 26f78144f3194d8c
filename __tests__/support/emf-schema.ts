import { z } from 'zod';

/*
 * The JSON schema of the embedded metric format, and the rules that its text adds
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
const PER_SECOND =
  '(Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Count)/Second';
const UNIT = new RegExp(
  `^(Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|None|${PER_SECOND})$`,
);

const root = z.looseObject({
  _aws: z.looseObject({
    Timestamp: z.int(),
    CloudWatchMetrics: z.array(
      z.looseObject({
        Namespace: z.string().min(1).max(1024),
        Dimensions: z.array(z.array(z.string().min(1).max(250)).max(30)).min(1),
        Metrics: z
          .array(
            z.strictObject({
              Name: z.string().min(1).max(1024),
              Unit: z.string().regex(UNIT).optional(),
              StorageResolution: z.union([z.literal(1), z.literal(60)]).optional(),
            }),
          )
          .max(100),
      }),
    ),
  }),
});

/** What CloudWatch would refuse about a line; nothing when it would take it. */
export function emfProblems(line: unknown): string[] {
  const parsed = root.safeParse(line);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const members = parsed.data as Record<string, unknown>;
  return parsed.data._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) => [
    ...Metrics.filter(({ Name }) => !isValue(members[Name])).map(({ Name }) => `${Name} has no value`),
    ...Dimensions.flat()
      .filter((name) => typeof members[name] !== 'string')
      .map((name) => `${name} has no value`),
  ]);
}

/** A finite number, or up to a hundred. */
function isValue(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return Array.isArray(value) && value.length > 0 && value.length <= 100 && value.every((one) => Number.isFinite(one));
}
