import type { Settings } from '../../stacks/settings';
import { readSettings } from '../../stacks/settings-file';
import { Aws } from '../aws/aws';

/** A step that did not go as it must: what happened, and what to do. Neither text holds a secret. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';

  constructor(
    message: string,
    readonly fix = '',
  ) {
    super(message);
  }
}

/** What every step is given. */
export interface ReleaseContext {
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The repository. */
  readonly root: string;
  /** Where plans and reviews are kept: one folder a stack. */
  readonly out: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly aws: Aws;
  /** Stacks whose folders terraform has initialised in this process. */
  readonly initialised: Set<string>;
}

/** @throws SettingsError, ReleaseError */
export function openContext(
  environment: string,
  parts: Pick<ReleaseContext, 'env' | 'root' | 'signal' | 'say'>,
): ReleaseContext {
  const { env, root } = parts;
  const [settings] = readSettings(env['ENVIRONMENTS_FOLDER'] ?? `${root}/environments`, {}, environment);
  if (settings === undefined) throw new ReleaseError(`There are no settings for ${environment}.`);
  return {
    ...parts,
    settings,
    out: env['RELEASE_FOLDER'] ?? `${root}/release.out`,
    initialised: new Set(),
    aws: new Aws({ region: settings.region, signal: parts.signal }),
  };
}
