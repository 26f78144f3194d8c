import { z } from 'zod';
import type { CliIo } from '../cli/context';
import type { Aws } from './aws';
import { signedPost } from './signed-post';

/** A limit of an account, as Service Quotas names it. */
export interface QuotaId {
  readonly service: string;
  readonly code: string;
}

const answerSchema = z.looseObject({ Quota: z.looseObject({ Value: z.number() }) });

/**
 * The account's limit in the region.
 * @throws an error of Service Quotas by its name, as the SDK's clients do
 */
export async function readQuota(
  aws: Aws,
  { service, code }: QuotaId,
  io: Pick<CliIo, 'env' | 'signal'>,
  operation: 'GetServiceQuota' | 'GetAWSDefaultServiceQuota' = 'GetServiceQuota',
): Promise<number> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `ServiceQuotasV20190624.${operation}`,
  };
  const body = JSON.stringify({ ServiceCode: service, QuotaCode: code });
  const order = { service: 'servicequotas', endpoint: 'SERVICE_QUOTAS', headers, body };
  const response = await signedPost(aws, order, io);
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
