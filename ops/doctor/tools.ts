import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Finding } from '../cli/report';

const run = promisify(execFile);
const ANSWER_WITHIN_MS = 10_000;

/** A program that a deployment needs, or may need. */
interface Tool {
  readonly name: string;
  readonly args: readonly string[];
  readonly pattern: RegExp;
  readonly use: string;
  readonly isNeeded: boolean;
  /** What is wrong with a version, if anything. */
  readonly judge?: (version: Version) => string | undefined;
  readonly install: string;
}

type Version = readonly [major: number, minor: number];

const TOOLS: readonly Tool[] = [
  {
    name: 'terraform',
    args: ['version'],
    pattern: /Terraform v(\d+)\.(\d+)[.\d]*/,
    use: 'applies the stacks',
    isNeeded: true,
    judge: ([major, minor]) => (major === 1 && minor >= 10 ? undefined : 'the stacks want 1.10 or newer, and not 2'),
    install: 'https://developer.hashicorp.com/terraform/install',
  },
  {
    name: 'docker',
    args: ['--version'],
    pattern: /(\d+)\.(\d+)[.\d]*/,
    use: 'builds the image, unless a pipeline does',
    isNeeded: false,
    install: 'https://docs.docker.com/engine/install',
  },
];

/** The versions of Node.js and of the programs that are needed. */
export async function checkTools(env: Readonly<Record<string, string | undefined>>): Promise<Finding[]> {
  return [
    judgeNode(process.versions.node),
    judgeNpm(env),
    ...(await Promise.all(TOOLS.map((tool) => checkTool(tool, env)))),
  ];
}

/** @param version such as `20.11.0` */
function judgeNode(version: string): Finding {
  const subject = 'node';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fix = 'https://nodejs.org: take the current long-term support';
  if (major < 20 || (major === 20 && minor < 11)) {
    return { status: 'failed', subject, text: `${version} is too old: 20.11 or newer is needed`, fix };
  }
  if (major < 22) {
    return { status: 'warning', subject, text: `${version}; AWS's SDK wants 22 from January 2027 on`, fix };
  }
  return { status: 'ok', subject, text: version };
}

/** npm passes its version on in a variable; asking it would take longer than all the other checks. */
function judgeNpm(env: Readonly<Record<string, string | undefined>>): Finding {
  const subject = 'npm';
  const version = /^npm\/(\S+)/.exec(env['npm_config_user_agent'] ?? '')?.[1];
  if (version !== undefined) return { status: 'ok', subject, text: version };
  return { status: 'skipped', subject, text: 'did not start this, so its version is not known' };
}

async function checkTool(tool: Tool, env: Readonly<Record<string, string | undefined>>): Promise<Finding> {
  const { name: subject, args, pattern, use, isNeeded, judge, install } = tool;
  try {
    const options = { timeout: ANSWER_WITHIN_MS, env: { ...env, CHECKPOINT_DISABLE: '1' } };
    const { stdout } = await run(subject, [...args], options);
    const [version = '', major = '0', minor = '0'] = pattern.exec(stdout) ?? [];
    const problem = judge?.([Number(major), Number(minor)]);
    if (problem !== undefined) return { subject, status: 'failed', text: `${version}: ${problem}`, fix: install };
    return { status: 'ok', subject, text: `${version.replace('Terraform v', '')} (${use})` };
  } catch {
    const status = isNeeded ? 'failed' : 'warning';
    return { status, subject, text: `is not there, or does not answer (${use})`, fix: install };
  }
}
