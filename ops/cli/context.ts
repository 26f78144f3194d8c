import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServedAgent } from '../../contract/agent';
import { agentsOf } from '../../stacks/agents';
import type { Settings } from '../../stacks/settings';
import { readSettings, SettingsError } from '../../stacks/settings-file';
import { agentsOfProject } from '../agent/require-agent';
import { Aws } from '../aws/aws';
import { checkEnvironmentName, noSettings } from './environments';
import type { FlagValues } from './flags';
import { OpsError } from './ops-error';
import type { Redactor } from '../../contract/redactor';
import type { Report } from './report';
import type { TerminalInput } from './terminal';

/** Everything outside of the program that a command may touch. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The project's folder: `environments/`, `cdktf.out/`, `dist/` and `.env` are in it. */
  readonly folder: string;
  /** Aborts at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Where answers come from; without it nobody is asked. */
  readonly stdin?: () => TerminalInput;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** What a command is given. */
export class Context {
  #settings: Settings | undefined;
  #agents: Promise<readonly ServedAgent[]> | undefined;
  readonly #aws = new Map<string, Aws>();

  constructor(
    readonly io: CliIo,
    readonly flags: FlagValues,
    readonly redactor: Redactor,
    /** Prints a line to standard error at once: what a long command is doing. Nothing with `--json`. */
    readonly progress: (line: string) => void,
    /** Prints a report before the final one that `run` returns: for commands that keep watching. */
    readonly show: (report: Report) => void,
    /** With `--json`, prints an event as a line of its own: for commands whose `json` is `lines`. Nothing without. */
    readonly event: (event: object) => void,
  ) {}

  get environment(): string {
    return this.flags.text('environment') ?? (this.io.env['DEPLOY_ENVIRONMENT'] || 'test');
  }

  /** The settings of the environment. @throws OpsError `settings_invalid` */
  get settings(): Settings {
    return (this.#settings ??= this.#readSettings());
  }

  /** The agents of the environment, and those that they can hand calls to. @throws OpsError `settings_invalid` */
  agents(): Promise<readonly ServedAgent[]> {
    return (this.#agents ??= asOpsError(() => agentsOf(this.settings, agentsOfProject(this.io.folder))));
  }

  get region(): string {
    return this.flags.text('region') ?? this.settings.region;
  }

  /** Where the settings are. */
  get environmentsFolder(): string {
    return this.io.env['ENVIRONMENTS_FOLDER'] ?? this.path('environments');
  }

  /** A path inside the project. */
  path(...parts: string[]): string {
    return join(this.io.folder, ...parts);
  }

  /** Access to AWS in a region, by default the environment's. */
  aws(region = this.region): Aws {
    const known = this.#aws.get(region);
    if (known !== undefined) return known;
    const aws = new Aws(region, this.io.signal);
    this.#aws.set(region, aws);
    return aws;
  }

  /** Closes what is open. */
  close(): void {
    for (const aws of this.#aws.values()) aws.close();
  }

  #readSettings(): Settings {
    const { environment, environmentsFolder: folder } = this;
    checkEnvironmentName(environment);
    if (!existsSync(join(folder, `${environment}.json`))) throw noSettings(folder, environment);
    try {
      const [settings] = readSettings(folder, this.io.env, environment);
      if (settings !== undefined) return settings;
    } catch (error) {
      throw settingsInvalid(error);
    }
    throw new OpsError('settings_invalid', `environments/${environment}.json holds no settings`);
  }
}

async function asOpsError<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw settingsInvalid(error);
  }
}

/** A fault of the settings as an operator is told of it; anything else as it is. */
export const settingsInvalid = (error: unknown): unknown =>
  error instanceof SettingsError
    ? new OpsError('settings_invalid', error.problems.join('; '), 'docs/settings.md lists the settings.')
    : error;
