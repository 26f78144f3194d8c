import type { AwsApi } from './api';
import type { Attributes } from './attributes';
import type { Told } from './entry';

/** What a data source answers, from an account. @throws Error where there is no such thing */
export type DataSource = (api: AwsApi, of: Attributes) => Promise<Told>;

const filters = (of: Attributes) =>
  of.blocks('filter').map((one) => ({ Name: one.must('name'), Value: one.texts('values') ?? [] }));

/** Every data source that the stacks emit. */
export const DATA_SOURCES: Readonly<Record<string, DataSource>> = {
  aws_availability_zones: async (api, of) => {
    const answer = await api.ask('ec2', 'DescribeAvailabilityZones', { Filter: filters(of) });
    const zones = answer.list('availabilityZoneInfo');
    const texts = (name: string) => zones.map((zone) => zone.text(name) ?? '');
    return { id: api.region, names: texts('zoneName'), zone_ids: texts('zoneId') };
  },
  aws_iam_openid_connect_provider: async (api, of) => {
    const host = of.must('url').replace(/^https:\/\//, '');
    const answer = await api.ask('iam', 'ListOpenIDConnectProviders');
    const arns = answer.list('OpenIDConnectProviderList').map((one) => one.text('Arn') ?? '');
    const arn = arns.find((one) => one.endsWith(`/${host}`));
    if (arn === undefined) throw new Error(`there is no OpenID Connect provider of ${host}`);
    return { id: arn, arn };
  },
  aws_secretsmanager_secret: async (api, of) => {
    const answer = await api.ask('secretsmanager', 'DescribeSecret', { SecretId: of.must('name') });
    return { id: answer.text('ARN'), arn: answer.text('ARN'), kms_key_id: answer.text('KmsKeyId') };
  },
  aws_subnets: async (api, of) => {
    const answer = await api.ask('ec2', 'DescribeSubnets', { Filter: filters(of) });
    return { id: api.region, ids: answer.list('subnetSet').map((subnet) => subnet.text('subnetId') ?? '') };
  },
  aws_vpc: async (api, of) => {
    const Filter = of.flag('default') === true ? [{ Name: 'is-default', Value: ['true'] }] : filters(of);
    const [vpc] = (await api.ask('ec2', 'DescribeVpcs', { Filter })).list('vpcSet');
    if (vpc === undefined) throw new Error('there is no such VPC');
    const id = vpc.text('vpcId');
    return { id, arn: api.arn('ec2', `vpc/${id ?? ''}`), cidr_block: vpc.text('cidrBlock') };
  },
};
