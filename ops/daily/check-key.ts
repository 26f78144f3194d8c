import { VARIABLES } from '../../contract/variables';
import { OpsError } from '../cli/ops-error';
import { ask } from '../http/ask';

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
    throw new OpsError(
      'no_network',
      `Daily (${host}) cannot be reached`,
      'Check DAILY_API_URL, the network and DNS.',
      answer,
    );
  }
  const { status, body } = answer;
  if (status === 200) {
    const rooms = typeof body === 'object' && body !== null && 'total_count' in body ? body.total_count : undefined;
    if (typeof rooms === 'number') return rooms;
    throw new OpsError('unexpected', `${host} answers, but not as Daily does`, 'Check DAILY_API_URL.');
  }
  if (status === 401 || status === 400) {
    throw new OpsError(
      'credentials_refused',
      `Daily does not accept DAILY_API_KEY (${errorName(body, status)})`,
      FIX_KEY,
    );
  }
  if (status === 403) {
    throw new OpsError('access_denied', `Daily knows the key and refuses it (${errorName(body, status)})`, FIX_KEY);
  }
  if (status === 404) {
    throw new OpsError(
      'not_found',
      `${host} has no such API (404)`,
      `Check DAILY_API_URL: ${VARIABLES.daily.apiUrl.fallback}`,
    );
  }
  if (status === 429) throw new OpsError('throttled', 'Daily throttles requests with this key', 'Wait a few seconds.');
  throw new OpsError(
    'service_unavailable',
    `Daily answers ${status}`,
    'https://status.daily.co says what Daily knows.',
  );
}

/** Daily's stable name of the error; its free text is not repeated. */
function errorName(body: unknown, status: number): string {
  const name = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  return typeof name === 'string' && /^[a-z-]{3,40}$/.test(name) ? name : String(status);
}
