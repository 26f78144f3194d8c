import { partitionOf } from '../../stacks/aws-limits';

/** A foundation model belongs to no account. */
export function modelArn(region: string, modelId: string): string {
  return `arn:${partitionOf(region)}:bedrock:${region}::foundation-model/${modelId}`;
}
