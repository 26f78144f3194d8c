import { z } from 'zod';
import { TASK_SUBNETS } from './aws-limits';
import { cidr, distinct, matching, resourceId } from './setting-values';

/* The three kinds of network. */

/** Services that every task needs. */
const TASK_ENDPOINTS = ['secretsmanager', 'logs', 'ecr', 'bedrock-runtime'] as const;
/** Services that agents' tools need: functions, knowledge bases, gateways of AgentCore. */
export const TOOL_ENDPOINTS = ['lambda', 'bedrock-agent-runtime', 'bedrock-agentcore.gateway'] as const;
export type ToolEndpoint = (typeof TOOL_ENDPOINTS)[number];

export const newNetwork = z.strictObject({
  kind: z.literal('new').describe('Make a VPC with public and private subnets.'),
  cidr: cidr().default('10.20.0.0/16').describe('Address range of the VPC, /16 to /22.'),
  availabilityZones: z.int().min(2).max(3).default(2).describe('Zones used; a load balancer needs two.'),
  nat: z
    .enum(
      ['single', 'per-zone'],
      'must be "single" or "per-zone": Daily is on the internet, which endpoints do not reach',
    )
    .default('single')
    .describe('NAT gateways: one, or one a zone. Calls go through Daily, so there is no way without.'),
  zoneIds: distinct(matching(/^[a-z]{2,4}\d-az\d$/, 'must be a zone id such as "eun1-az1"'))
    .optional()
    .describe(
      'The zones by their ids, as many as `availabilityZones`: where one lacks Fargate or an endpoint. Default: the first ones.',
    ),
  endpoints: distinct(z.enum([...TASK_ENDPOINTS, ...TOOL_ENDPOINTS]))
    .default([])
    .describe(
      "Interface endpoints that keep AWS traffic off the internet; the last three are for agents' tools. S3 always has its free gateway endpoint.",
    ),
});

export const existingNetwork = z.strictObject({
  kind: z.literal('existing').describe('Use a VPC that is there.'),
  vpcId: resourceId('vpc').describe('The VPC.'),
  publicSubnetIds: distinct(resourceId('subnet'))
    .min(2, 'must name subnets in two zones')
    .describe('For the load balancer.'),
  privateSubnetIds: distinct(resourceId('subnet'))
    .min(2, 'must name subnets in two zones')
    .max(TASK_SUBNETS, `must name at most ${TASK_SUBNETS} subnets, which is all that a service takes`)
    .describe('For the tasks; they need a way out to Daily and Bedrock.'),
});

export const defaultNetwork = z.strictObject({
  kind: z
    .literal('default')
    .describe("Use the account's default VPC. Its subnets are public, so tasks get public addresses: trials only."),
});
