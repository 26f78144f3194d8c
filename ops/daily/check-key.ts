import { VARIABLES } from '../../contract/variables';
import { OpsError, type OpsErrorCode } from '../cli/ops-error';
import { ask, type HttpAnswer } from '../http/ask';

const ANSWER_WITHIN_MS = 10_000;
const FIX_KEY = 'Copy the key from dashboard.daily.co → Developers into .env, then: npm run ops -- secrets setup';

/**
 * Asks Daily whether it takes the key: the cheapest request that needs one (docs.daily.co, "List rooms").
 * @param apiUrl such as `https://api.daily.co/v1`
 * @returns how many rooms the domain has
 * @throws OpsError; Interrupted
 */
export async function checkDailyKey(apiUrl: string, apiKey: string, signal: AbortSignal): Promise<number> {
  const host = URL.canParse(apiUrl) ? new URL(apiUrl).host : 'DAILY_API_URL';
  const answer = await ask(`${apiUrl.replace(/\/+$/, '')}/rooms?limit=1`, {
    signal,
    headers: { Authorization: `Bearer ${apiKey}`, Accept: 'application/json' },
    withinMs: ANSWER_WITHIN_MS,
  });
  if (typeof answer === 'string') {
    const fix = 'Check DAILY_API_URL, the network and DNS.';
    throw new OpsError('no_network', `Daily (${host}) cannot be reached`, fix, answer);
  }
  const { status, body } = answer;
  if (status === 200) {
    const rooms = typeof body === 'object' && body !== null && 'total_count' in body ? body.total_count : undefined;
    if (typeof rooms === 'number') return rooms;
    throw new OpsError('unexpected', `${host} answers, but not as Daily does`, 'Check DAILY_API_URL.');
  }
  throw new OpsError(...refusalOf(host, status, errorName(answer)));
}

/** What it means that Daily answers with another status than 200. */
export function refusalOf(host: string, status: number, name: string): [code: OpsErrorCode, text: string, fix: string] {
  switch (status) {
    case 400:
    case 401:
      return ['credentials_refused', `Daily does not accept DAILY_API_KEY (${name})`, FIX_KEY];
    case 403:
      return ['access_denied', `Daily knows the key and refuses it (${name})`, FIX_KEY];
    case 404:
      return ['not_found', `${host} has no such API (404)`, `Check DAILY_API_URL: ${VARIABLES.daily.apiUrl.fallback}`];
    case 429:
      return ['throttled', 'Daily throttles requests with this key', 'Wait a few seconds.'];
    default:
      return ['service_unavailable', `Daily answers ${status}`, 'https://status.daily.co says what Daily knows.'];
  }
}

/** Daily's stable name of the error; its free text is not repeated. */
export function errorName({ body, status }: HttpAnswer): string {
  const name = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  return typeof name === 'string' && /^[a-z-]{3,40}$/.test(name) ? name : String(status);
}
