import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Context } from '../cli/context';
import type { Finding } from '../cli/report';
import { parseDotenv } from '../environment/dotenv';
import { secretsOf } from '../../contract/secrets';
import { isSecretKey } from '../secrets/secrecy';
import { shapeProblem } from '../secrets/shape';

/** `.env`, the built bot, and what was synthesised. */
export async function checkFiles(context: Context): Promise<Finding[]> {
  return [...(await checkEnvFile(context)), checkBuild(context), checkSynthesis(context)];
}

async function checkEnvFile(context: Context): Promise<Finding[]> {
  const subject = '.env';
  const path = context.path('.env');
  if (!existsSync(path)) {
    return [{ status: 'skipped', subject, text: 'there is none; only `secrets setup` would read it' }];
  }
  const findings: Finding[] = [];
  if ((statSync(path).mode & 0o077) !== 0) {
    findings.push({ status: 'warning', subject, text: 'others on this machine may read it', fix: 'chmod 600 .env' });
  }
  if (await isTracked(context.io.folder)) {
    const fix = 'git rm --cached .env, then rotate every key that was in it: npm run ops -- secrets rotate';
    findings.push({ status: 'failed', subject, text: 'is in the repository for everybody to read', fix });
  }
  const { values, problems } = parseDotenv(readFileSync(path, 'utf8'));
  findings.push(...problems.map((text): Finding => ({ status: 'failed', code: 'env_file_invalid', subject, text })));
  const known = secretsOf(context.settings, await context.agents()).flatMap(({ fields }) =>
    fields.map(({ key }) => key),
  );
  const set = known.filter((key) => values.has(key));
  for (const key of set) {
    const value = values.get(key) ?? '';
    if (isSecretKey(key)) context.redactor.hide(value);
    const problem = shapeProblem(key, value);
    if (problem !== undefined)
      findings.push({ status: problem.severity, subject: key, text: `${problem.text} (.env)` });
  }
  const text = set.length === 0 ? 'sets none of the secrets' : `sets ${set.join(', ')}`;
  return [...findings, { status: 'ok', subject, text }];
}

/** Whether git knows the file: being ignored does not help one that was added before. */
async function isTracked(folder: string): Promise<boolean> {
  try {
    await promisify(execFile)('git', ['ls-files', '--error-unmatch', '.env'], { cwd: folder });
    return true;
  } catch {
    return false;
  }
}

function checkBuild(context: Context): Finding {
  const subject = 'dist/bot/main.js';
  if (existsSync(context.path(subject))) return { status: 'ok', subject, text: 'the bot is built' };
  return { status: 'warning', subject, text: 'the bot is not built; `rehearse` needs it', fix: 'npm run build' };
}

function checkSynthesis(context: Context): Finding {
  const { environment } = context;
  const subject = 'cdktf.out';
  const fix = `npm run synth -- ${environment}`;
  const file = context.path(`cdktf.out/stacks/${environment}-service/cdk.tf.json`);
  if (!existsSync(file))
    return { status: 'failed', code: 'not_synthesised', subject, text: 'nothing is synthesised', fix };
  const settings = context.path(`environments/${environment}.json`);
  if (existsSync(settings) && statSync(settings).mtimeMs > statSync(file).mtimeMs) {
    return { status: 'warning', subject, text: `environments/${environment}.json is newer`, fix };
  }
  return { status: 'ok', subject, text: 'is synthesised' };
}
