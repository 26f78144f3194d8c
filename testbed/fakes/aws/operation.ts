import type { IncomingHttpHeaders } from 'node:http';

/** How a service's answers are written. */
export type Protocol = 'json' | 'query' | 's3' | 'rest-json';

/** What a request asks for, and of whom. */
export interface Operation {
  /** As IAM writes it: `secretsmanager:GetSecretValue`. */
  readonly name: string;
  readonly service: string;
  readonly region: string;
  readonly protocol: Protocol;
}

/** S3's operations by method and query, as far as they are asked for here. */
function s3Operation(method: string, url: URL): string {
  const isBucket = url.pathname.split('/').filter((part) => part !== '').length === 1;
  if (url.searchParams.has('versioning')) return 'GetBucketVersioning';
  if (url.searchParams.has('encryption')) return 'GetBucketEncryption';
  if (isBucket) return method === 'HEAD' ? 'HeadBucket' : `${method} bucket`;
  return method === 'GET' ? 'GetObject' : `${method} object`;
}

/** Names the operation of a signed request. */
export function operationOf(method: string, target: string, headers: IncomingHttpHeaders, body: Buffer): Operation {
  const scope = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '');
  const [, region = '', service = 'unsigned'] = scope ?? [];
  const url = new URL(target, 'http://127.0.0.1');
  const amzTarget = headers['x-amz-target'];
  if (typeof amzTarget === 'string') {
    return { name: `${service}:${amzTarget.split('.')[1] ?? ''}`, service, region, protocol: 'json' };
  }
  if (service === 's3') return { name: `s3:${s3Operation(method, url)}`, service, region, protocol: 's3' };
  const action = /(?:^|&)Action=([A-Za-z]+)/.exec(body.toString('utf8'))?.[1];
  if (action !== undefined) return { name: `${service}:${action}`, service, region, protocol: 'query' };
  const isAvailability = service === 'bedrock' && url.pathname.startsWith('/foundation-model-availability/');
  const name = isAvailability ? 'GetFoundationModelAvailability' : `${method} ${url.pathname}`;
  return { name: `${service}:${name}`, service, region, protocol: 'rest-json' };
}
