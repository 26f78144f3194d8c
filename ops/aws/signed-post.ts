import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { CliIo } from '../cli/context';
import type { Aws } from './aws';

/** One request to a service of AWS whose client the commands would load for nothing else. */
export interface SignedPost {
  /** As it is signed for, which is its host's name, too. */
  readonly service: string;
  /** As the SDK calls it: `SERVICE_QUOTAS` of AWS_ENDPOINT_URL_SERVICE_QUOTAS. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const ANSWER_WITHIN_MS = 10_000;

/** Signs and sends it. @throws Error of the network */
export async function signedPost(
  aws: Aws,
  { service, endpoint, headers: given, body }: SignedPost,
  { env, signal }: Pick<CliIo, 'env' | 'signal'>,
): Promise<Response> {
  const wanted = env[`AWS_ENDPOINT_URL_${endpoint}`] ?? env['AWS_ENDPOINT_URL'];
  const url = new URL(wanted ?? `https://${service}.${aws.region}.amazonaws.com`);
  const signer = new SignatureV4({
    service,
    region: aws.region,
    credentials: await aws.sts.config.credentials(),
    sha256: Sha256,
  });
  // By AWS's clock, as the SDK's clients have learnt it.
  const signingDate = new Date(Date.now() + aws.sts.config.systemClockOffset);
  const { headers } = await signer.sign(
    {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: '/',
      headers: { host: url.host, ...given },
      body,
    },
    { signingDate },
  );
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  return fetch(url, { method: 'POST', headers, body, signal: limit, redirect: 'error' });
}
