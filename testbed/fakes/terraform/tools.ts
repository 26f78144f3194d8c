import { spawnSync } from 'node:child_process';

/** A program from outside npm that some commands and tests need. */
export interface Tool {
  readonly name: string;
  readonly versionArguments: readonly string[];
  readonly howToGet: string;
}

export const TERRAFORM: Tool = {
  name: 'terraform',
  versionArguments: ['version'],
  howToGet: 'install Terraform 1.10 or newer (https://developer.hashicorp.com/terraform/install) so that it is on PATH',
};
/** Whether a tool is on PATH and runs. */
export function isInstalled({ name, versionArguments }: Tool): boolean {
  return spawnSync(name, versionArguments, { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** What to print where a tool is missing. */
export const missing = ({ name, howToGet }: Tool): string => `${name} is not on PATH: ${howToGet}.`;
