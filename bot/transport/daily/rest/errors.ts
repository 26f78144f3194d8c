import { BotError } from '../../../errors';

/** What Daily answered, or that it did not. */
export type DailyFailure =
  | { readonly kind: 'answered'; readonly status: number; readonly error: string | undefined }
  | { readonly kind: 'unreachable'; readonly cause: unknown }
  | { readonly kind: 'timed-out' };

/** Whether the same request may succeed in a moment. */
export function isTransient(failure: DailyFailure): boolean {
  if (failure.kind !== 'answered') return true;
  return failure.status === 429 || failure.status >= 500;
}

/** Says what to do, in words fit for an operator; nothing of a request or an answer is in them but Daily's error word. */
export function translate(failure: DailyFailure): BotError {
  if (failure.kind === 'timed-out') return new BotError('daily_unavailable', 'Daily did not answer in time.');
  if (failure.kind === 'unreachable') {
    return new BotError('daily_unavailable', 'Daily cannot be reached: check the network and DAILY_API_URL.', {
      cause: failure.cause,
    });
  }
  const { status, error } = failure;
  switch (error) {
    case 'authentication-error':
    case 'authorization-header-error':
      return new BotError(
        'daily_refused_key',
        'The Daily API key is refused: run "npm run ops -- secrets check" and set DAILY_API_KEY to a key of dashboard.daily.co/developers.',
      );
    case 'forbidden-error':
      return new BotError(
        'daily_refused_key',
        "The Daily API key may not do this: check the domain's plan and the key's rights.",
      );
    default:
  }
  if (status === 429 || error === 'rate-limit-error') {
    return new BotError('daily_rate_limited', 'Daily asks to slow down.', { retryAfterSeconds: 5 });
  }
  if (status === 404) return new BotError('daily_not_found', 'Daily knows no such room.');
  if (status >= 500) return new BotError('daily_unavailable', `Daily has trouble of its own (${status}).`);
  return new BotError('daily_rejected', `Daily takes the request for wrong (${status}${word(error)}).`);
}

/** Only what is one of Daily's error words; free text of theirs may quote a request. */
function word(error: string | undefined): string {
  return error !== undefined && /^[a-z-]{3,40}$/.test(error) ? `, ${error}` : '';
}
