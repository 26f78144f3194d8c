import { OpsError, type OpsErrorCode } from './ops-error';

/**
 * `ok`: as it should be. `changed`: this command made it so. `planned`: `--dry-run` would. `warning`: works, likely a
 * mistake. `unknown`: could not be looked at. `skipped`: does not apply here. Only `failed` fails a command.
 */
export type Status = 'ok' | 'changed' | 'planned' | 'warning' | 'failed' | 'unknown' | 'skipped';

/** One thing looked at or done. */
export interface Finding {
  readonly status: Status;
  /** What was looked at: stable, for scripts. */
  readonly subject: string;
  readonly text: string;
  readonly code?: OpsErrorCode;
  /** What to do about it. */
  readonly fix?: string;
  /** Figures and names for `--json`. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Findings under a heading. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

/** What a command has to say. */
export interface Report {
  readonly sections: readonly Section[];
  /** Further facts for `--json`. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Where it says more than whether anything failed. */
  readonly exitCode?: number;
  /** Printed last on the page, as it is. */
  readonly footer?: string;
}

/** A report with one section. */
export function reportOf(title: string, ...findings: readonly Finding[]): Report {
  return { sections: [{ title, findings }] };
}

/** Whether nothing failed. */
export function isGood(report: Report): boolean {
  return report.sections.every(({ findings }) => findings.every(({ status }) => status !== 'failed'));
}

/** What a failure says as a finding. */
export function failedFinding(subject: string, error: unknown): Finding {
  if (!(error instanceof OpsError)) throw error;
  if (error.code === 'interrupted') throw error;
  return {
    status: 'failed',
    subject,
    text: error.message,
    code: error.code,
    ...(error.fix === '' ? {} : { fix: error.fix }),
  };
}

/** Failures that say something of whoever asks, or of the way to AWS, whatever was asked. */
const OF_EVERYTHING: readonly OpsErrorCode[] = [
  'interrupted',
  'credentials_missing',
  'credentials_expired',
  'credentials_refused',
  'clock_skew',
  'no_network',
  'region_unknown',
];

/**
 * A question that could not be asked, such as one that this AWS does not know or that the caller may not ask: that is no
 * fault of what was to be judged, and the other checks go on.
 * @throws the error where it is of everything, or none of ours
 */
export function unknownFinding(subject: string, error: unknown): Finding {
  if (!(error instanceof OpsError) || OF_EVERYTHING.includes(error.code)) throw error;
  const { code, fix } = error;
  return {
    status: 'unknown',
    code,
    subject,
    text: `not known, because ${error.message}`,
    ...(fix === '' ? {} : { fix }),
  };
}
