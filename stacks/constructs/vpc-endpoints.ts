import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcEndpoint, type VpcEndpointConfig } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { MODEL_ACTIONS } from '../../contract/models';
import type { AwsStack } from '../aws-stack';
import { policyJson, type Statement } from '../policies';
import { TOOL_ENDPOINTS, type ToolEndpoint } from '../settings-network';
import type { NewNetwork } from './network-shape';
import { putRecord } from './records-bucket';
import { useToolsThrough } from './tool-permissions';

interface Service {
  /** AWS's name of the service. */
  readonly name: string;
  /** What tasks need; the endpoint denies everything else. */
  readonly statements: readonly Statement[];
}

const PULL = [
  'ecr:GetAuthorizationToken',
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
];

const onAny = (name: string, actions: readonly string[]): Service => ({
  name,
  statements: [{ sid: 'ThisAccountOnly', actions, resources: ['*'] }],
});

/** The services behind each setting; an image's layers come through S3's own endpoint. */
const SERVICES: Readonly<Record<Exclude<NewNetwork['endpoints'][number], ToolEndpoint>, readonly Service[]>> = {
  secretsmanager: [onAny('secretsmanager', ['secretsmanager:GetSecretValue'])],
  logs: [onAny('logs', ['logs:CreateLogStream', 'logs:PutLogEvents'])],
  ecr: [onAny('ecr.api', PULL), onAny('ecr.dkr', PULL)],
  'bedrock-runtime': [onAny('bedrock-runtime', [...MODEL_ACTIONS, 'bedrock:InvokeModelWithResponseStream'])],
};

const isForTools = (name: NewNetwork['endpoints'][number]): name is ToolEndpoint =>
  TOOL_ENDPOINTS.some((one) => one === name);

interface Place {
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly routeTableIds: string[];
}

/** The gateway endpoints of S3 and DynamoDB, which cost nothing, and the interface endpoints that the settings ask for. */
export function vpcEndpoints(stack: AwsStack, wanted: NewNetwork, place: Place): void {
  const { base } = stack.names;
  const { region, accountId } = stack.settings;
  const endpoint = (name: string, way: Partial<VpcEndpointConfig>, ...statements: readonly Statement[]): void => {
    new VpcEndpoint(stack, `endpoint-${name}`, {
      ...way,
      vpcId: place.vpcId,
      serviceName: `com.amazonaws.${region}.${name}`,
      policy: policyJson(statements.map((statement) => ({ principals: '*', ...statement }))),
      tags: { Name: `${base}-${name}` },
    });
  };
  const gateway = { vpcEndpointType: 'Gateway', routeTableIds: place.routeTableIds };
  const conditions = { StringEquals: { 'aws:PrincipalAccount': accountId } };
  // ECR's layers are in a bucket of AWS, which anybody may read; everything else is limited to this account.
  const layers = stack.arns.bucket(`prod-${region}-starport-layer-bucket`);
  endpoint(
    's3',
    gateway,
    { sid: 'ImageLayers', actions: ['s3:GetObject'], resources: [`${layers}/*`] },
    ...(stack.settings.records.keep ? [{ ...putRecord(stack), conditions }] : []),
  );
  // Also free: tasks count their calls and minutes there, and a network without NAT has no other route.
  const { usageTable } = stack.arns;
  const count = { sid: 'CountUsage', actions: ['dynamodb:UpdateItem'], resources: [usageTable], conditions };
  endpoint('dynamodb', gateway, count);
  const services = wanted.endpoints.flatMap((name) =>
    isForTools(name) ? [{ name, statements: useToolsThrough(name, stack) }] : SERVICES[name],
  );
  if (services.length === 0) return;

  const group = new SecurityGroup(stack, 'endpoints-security-group', {
    name: `${base}-endpoints`,
    description: 'Interface endpoints of AWS services',
    vpcId: place.vpcId,
    tags: { Name: `${base}-endpoints` },
  });
  new VpcSecurityGroupIngressRule(stack, 'endpoints-from-vpc', {
    securityGroupId: group.id,
    description: 'HTTPS from the VPC',
    cidrIpv4: wanted.cidr,
    ipProtocol: 'tcp',
    fromPort: 443,
    toPort: 443,
  });
  const network = { privateDnsEnabled: true, subnetIds: place.subnetIds, securityGroupIds: [group.id] };
  for (const { name, statements } of services) {
    const own = statements.map((statement) => ({ ...statement, conditions }));
    endpoint(name, { vpcEndpointType: 'Interface', ...network }, ...own);
  }
}
