/**
 * AWS limits that the settings are checked against, with their sources.
 */

function gib(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * 1024);
}

/** Memory sizes in MiB that Fargate pairs with its CPU sizes (Amazon ECS Developer Guide, "Task size"). */
const FARGATE_MEMORY_MB: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, gib(1, 4, 1)],
  [1024, gib(2, 8, 1)],
  [2048, gib(4, 16, 1)],
  [4096, gib(8, 30, 1)],
  [8192, gib(16, 60, 4)],
  [16384, gib(32, 120, 8)],
]);
export const FARGATE_CPU_UNITS: readonly number[] = [...FARGATE_MEMORY_MB.keys()];

/** The memory sizes for a CPU size; empty for one that Fargate does not offer. */
export const fargateMemoryMb = (cpuUnits: number): readonly number[] => FARGATE_MEMORY_MB.get(cpuUnits) ?? [];

/** Periods CloudWatch Logs keeps events for (API reference, PutRetentionPolicy), without "for ever". */
export const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Subnets of a service's network configuration (ECS API reference, AwsVpcConfiguration). */
export const TASK_SUBNETS = 16;
/** Inbound rules of a security group, by default (VPC quotas). */
export const SECURITY_GROUP_RULES = 60;
/** Smallest step of a linear deployment (ECS API reference, LinearConfiguration). */
export const LINEAR_STEP_PERCENT = 3;
/** What moving the traffic may take of the two hours of a workflow's job, in which a release comes up, is called and goes back. */
export const RELEASE_MINUTES = 60;
/** Longest deregistration delay of a target group (Elastic Load Balancing, "Target group attributes"). */
export const LONGEST_DEREGISTRATION_SECONDS = 3_600;
/** What AWS WAF sees of a request's body that comes through a load balancer, in bytes (WAF, "Body inspection limits"). */
export const FIREWALL_BODY_BYTES = 8_192;
/** Letters of an event pattern (Amazon EventBridge, quotas). */
export const EVENT_PATTERN_LETTERS = 2_048;
/** Letters of a container's image in a task definition (ECS API reference, ContainerDefinition). */
export const IMAGE_LETTERS = 255;
/** Letters of a certificate's first name (ACM API reference, RequestCertificate). */
export const CERTIFICATE_NAME_LETTERS = 64;

/** After it Twilio ends a call with a two-way stream (Twilio, "Media Streams", limitations). */
export const LONGEST_PHONE_CALL_MINUTES = 240;

/** The partition a region belongs to: the second field of every ARN. */
export const partitionOf = (region: string): string => (region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws');

/** For how long a key that was deleted can be had back (KMS, ScheduleKeyDeletion). */
export const KEY_DELETION_DAYS = { shortest: 7, longest: 30 } as const;
