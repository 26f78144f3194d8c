import type { ServerResponse } from 'node:http';
import { sendError, sendJson } from './answer';

/** Quotas by their codes, as AWS sets them in an account that nobody has asked for more. */
const DEFAULTS: Readonly<Record<string, number>> = {
  'L-3032A538': 6,
  'L-36FBB829': 6,
  'L-0EA8095F': 60,
  'L-FE5A380F': 5,
  'L-0263D0A3': 5,
  'L-F678F1CE': 5,
  'L-53DA6B97': 50,
};

/** Answers `GetServiceQuota`, which knows only what was raised, and `GetAWSDefaultServiceQuota`. */
export function answerQuota(
  operation: string,
  body: string,
  raised: Readonly<Record<string, number>>,
  response: ServerResponse,
): void {
  const { ServiceCode, QuotaCode = '' } = JSON.parse(body) as { ServiceCode?: string; QuotaCode?: string };
  const values = operation.endsWith(':GetServiceQuota') ? raised : DEFAULTS;
  const Value = values[QuotaCode];
  if (Value !== undefined) {
    sendJson(response, { Quota: { ServiceCode, QuotaCode, Value } });
    return;
  }
  const message = 'The request failed because the specified quota could not be found.';
  sendError(response, 'json', { status: 400, code: 'NoSuchResourceException', message });
}
