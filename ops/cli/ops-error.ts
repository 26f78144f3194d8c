/** The exit codes of every command; `--help` and docs/runbook.md list them. 75 is EX_TEMPFAIL of sysexits.h. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notHeld: 3,
  inconclusive: 75,
  interrupted: 130,
  terminated: 143,
} as const;

/** What can go wrong, under names that scripts can rely on (`error.code`, and `code` of a finding): see docs/runbook.md. */
export const OPS_ERROR_CODES = [
  'usage',
  'settings_invalid',
  'env_file_invalid',
  'values_invalid',
  'wrong_account',
  'not_synthesised',
  'definition_invalid',
  'access_denied',
  'kms_denied',
  'kms_unusable',
  'throttled',
  'not_found',
  'scheduled_for_deletion',
  'credentials_missing',
  'credentials_expired',
  'credentials_refused',
  'clock_skew',
  'no_network',
  'region_unknown',
  'service_unavailable',
  'secret_has_no_value',
  'secret_not_json',
  'secret_key_missing',
  'secret_unreadable',
  'verification_failed',
  'rollout_failed',
  'rollout_pending',
  'bot_not_built',
  'bot_failed',
  'call_inconclusive',
  'program_failed',
  'state_locked',
  'refused',
  'release_failed',
  'interrupted',
  'unexpected',
] as const;
export type OpsErrorCode = (typeof OPS_ERROR_CODES)[number];

/** A failure that an operator can act on: what happened, and what to do. Neither text holds a secret. */
export class OpsError extends Error {
  override readonly name = 'OpsError';

  /** @param fix what to do about it, as a sentence or a command; empty when there is nothing to say */
  constructor(
    readonly code: OpsErrorCode,
    message: string,
    readonly fix = '',
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Ctrl-C or SIGTERM. `message` says what had been done by then and what had not. */
export class Interrupted extends OpsError {
  constructor(message: string, fix = '') {
    super('interrupted', message, fix);
  }
}

/** @throws Interrupted when the operator has asked to stop */
export function stopIfAsked(signal: AbortSignal, done = 'Nothing was changed.', fix = ''): void {
  if (signal.aborted) throw new Interrupted(done, fix);
}
