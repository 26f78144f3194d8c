import type { CliIo } from '../cli/context';
import type { Aws } from './aws';
import { signedPost } from './signed-post';

/** What an account has of a kind, by the query API that lists it. */
interface Listing {
  readonly service: 'ec2' | 'elasticloadbalancing';
  readonly endpoint: string;
  readonly action: string;
  readonly version: string;
  /** The element of the answer that has one `item` or `member` for each. */
  readonly list: string;
  readonly each: 'item' | 'member';
  /** What the next page is asked by, and where the answer says it. */
  readonly page: readonly [parameter: string, element: string];
}

const EC2 = { service: 'ec2', endpoint: 'EC2', version: '2016-11-15', each: 'item' } as const;

export const LISTINGS = {
  vpcs: { ...EC2, action: 'DescribeVpcs', list: 'vpcSet', page: ['NextToken', 'nextToken'] },
  addresses: { ...EC2, action: 'DescribeAddresses', list: 'addressesSet', page: ['NextToken', 'nextToken'] },
  natGateways: { ...EC2, action: 'DescribeNatGateways', list: 'natGatewaySet', page: ['NextToken', 'nextToken'] },
  subnets: { ...EC2, action: 'DescribeSubnets', list: 'subnetSet', page: ['NextToken', 'nextToken'] },
  loadBalancers: {
    service: 'elasticloadbalancing',
    endpoint: 'ELASTIC_LOAD_BALANCING_V2',
    action: 'DescribeLoadBalancers',
    version: '2015-12-01',
    list: 'LoadBalancers',
    each: 'member',
    page: ['Marker', 'NextMarker'],
  },
} as const satisfies Record<string, Listing>;

const MOST_PAGES = 20;

/**
 * The XML of each: its attributes and tags.
 * @throws an error of the service by its name, as the SDK's clients do
 */
export async function listAll(aws: Aws, listing: Listing, io: Pick<CliIo, 'env' | 'signal'>): Promise<string[]> {
  const { service, endpoint, action, version, page } = listing;
  const found: string[] = [];
  let next: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const more = next === undefined ? {} : { [page[0]]: next };
    const response = await signedPost(
      aws,
      {
        service,
        endpoint,
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: new URLSearchParams({ Action: action, Version: version, ...more }).toString(),
      },
      io,
    );
    const text = await response.text();
    if (!response.ok) {
      throw Object.assign(new Error(textIn(text, 'Message') ?? `${action} answers ${response.status}`), {
        name: textIn(text, 'Code') ?? 'UnknownError',
        $metadata: { httpStatusCode: response.status },
      });
    }
    found.push(...outermost(textIn(text, listing.list) ?? '', listing.each));
    next = textIn(text, page[1]);
    if (next === undefined || next === '') return found;
  }
  return found;
}

const textIn = (xml: string, element: string): string | undefined =>
  new RegExp(`<${element}>([^]*)</${element}>`).exec(xml)?.[1];

/** The contents of elements of a name, but for those within another of the same name. */
function outermost(xml: string, name: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: tag, index } of xml.matchAll(new RegExp(`</?${name}>`, 'g'))) {
    if (tag.startsWith('</')) {
      depth -= 1;
      if (depth === 0) found.push(xml.slice(from, index));
    } else {
      if (depth === 0) from = index + tag.length;
      depth += 1;
    }
  }
  return found;
}
