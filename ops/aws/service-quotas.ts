import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { z } from 'zod';
import type { CliIo } from '../cli/context';
import type { Aws } from './aws';

/** A limit of an account, as Service Quotas names it. */
export interface QuotaId {
  readonly service: string;
  readonly code: string;
}

const ANSWER_WITHIN_MS = 10_000;
const answerSchema = z.looseObject({ Quota: z.looseObject({ Value: z.number() }) });

/**
 * The account's limit in the region. One signed request, because the commands would load the SDK's client for nothing else.
 * @throws an error of Service Quotas by its name, as the SDK's clients do
 */
export async function readQuota(
  aws: Aws,
  { service, code }: QuotaId,
  { env, signal }: Pick<CliIo, 'env' | 'signal'>,
  operation: 'GetServiceQuota' | 'GetAWSDefaultServiceQuota' = 'GetServiceQuota',
): Promise<number> {
  const given = env['AWS_ENDPOINT_URL_SERVICE_QUOTAS'] ?? env['AWS_ENDPOINT_URL'];
  const url = new URL(given ?? `https://servicequotas.${aws.region}.amazonaws.com`);
  const body = JSON.stringify({ ServiceCode: service, QuotaCode: code });
  const signer = new SignatureV4({
    service: 'servicequotas',
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
      headers: {
        host: url.host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `ServiceQuotasV20190624.${operation}`,
      },
      body,
    },
    { signingDate },
  );
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  const response = await fetch(url, { method: 'POST', headers, body, signal: limit, redirect: 'error' });
  const answer: unknown = await response.json().catch(() => undefined);
  const { data } = answerSchema.safeParse(answer);
  if (response.ok && data !== undefined) return data.Quota.Value;
  throw Object.assign(new Error(`Service Quotas answers ${response.status}`), {
    name: errorNameIn(answer),
    $metadata: { httpStatusCode: response.status },
  });
}

/** As in `com.amazonaws.servicequotas#NoSuchResourceException`. */
function errorNameIn(answer: unknown): string {
  const type = z.looseObject({ __type: z.string() }).safeParse(answer).data?.__type;
  return type?.split('#').at(-1) ?? 'UnknownError';
}
