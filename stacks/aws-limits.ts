/**
 * AWS limits that the settings are checked against, with their sources.
 */

/** Fargate's CPU sizes (Amazon ECS Developer Guide, "Task size"). */
export const FARGATE_CPU_UNITS: readonly number[] = [256, 512, 1024, 2048, 4096, 8192, 16384];

/** Memory sizes in MiB that Fargate pairs with a CPU size (same page); empty for a size it does not offer. */
export function fargateMemoryMb(cpuUnits: number): readonly number[] {
  const steps = (fromGib: number, toGib: number, stepGib: number): number[] => {
    const sizes: number[] = [];
    for (let gib = fromGib; gib <= toGib; gib += stepGib) sizes.push(gib * 1024);
    return sizes;
  };
  switch (cpuUnits) {
    case 256:
      return [512, 1024, 2048];
    case 512:
      return steps(1, 4, 1);
    case 1024:
      return steps(2, 8, 1);
    case 2048:
      return steps(4, 16, 1);
    case 4096:
      return steps(8, 30, 1);
    case 8192:
      return steps(16, 60, 4);
    case 16384:
      return steps(32, 120, 8);
    default:
      return [];
  }
}

/** Periods CloudWatch Logs keeps events for (API reference, PutRetentionPolicy), without "for ever". */
export const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** The partition a region belongs to: the second field of every ARN. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}
