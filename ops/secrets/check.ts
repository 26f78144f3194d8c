import { readConfig } from '../../bot/config';
import { configWarnings } from '../../bot/config-warnings';
import { BotError } from '../../bot/errors';
import { secretReaders } from '../../contract/secrets';
import { VARIABLES } from '../../contract/variables';
import { callerIdentity, checkAccount } from '../aws/identity';
import type { Command } from '../cli/command';
import type { Flags } from '../cli/flags';
import type { Context } from '../cli/context';
import { failedFinding, type Finding, type Report, type Section } from '../cli/report';
import { checkDailyKey } from '../daily/check-key';
import { readTaskDefinition, type TaskDefinition } from '../task-definition/definition';
import { injectAll, type Injection } from '../task-definition/inject';
import { readSynthesis } from '../task-definition/synthesised';
import { checkRoleAccess, readableSecret } from './role-access';
import { shapeProblem } from './shape';
import { SecretStore } from './store';

export const SYNTH_FLAG = {
  synth: { type: 'string', value: 'DIR', description: 'where `npm run synth` has written', default: 'cdktf.out' },
} as const satisfies Flags;

export const check: Command = {
  details: `Takes the synthesised task definition as the truth, resolves every valueFrom as ECS does at a task's start, checks
each value, asks IAM whether the roles may read them, starts the bot's own configuration with them (nothing is run), and
asks Daily whether it takes the key.`,
  flags: {
    ...SYNTH_FLAG,
    'skip-daily': { type: 'boolean', description: 'do not ask Daily' },
  },
  run: async (context) => ({ sections: await checkSecrets(context) }) satisfies Report,
};

/** The sections of `secrets check`, for `doctor` too. @throws OpsError */
export async function checkSecrets(context: Context): Promise<Section[]> {
  const task = readTaskDefinition(readSynthesis(context));
  const aws = context.aws();
  checkAccount(await callerIdentity(aws), context.settings);
  const injections = await injectAll(new SecretStore(aws, context.redactor), task.secrets);
  const sections: Section[] = [
    { title: 'Task definition', findings: [describeTask(task)] },
    { title: 'Secrets, as ECS injects them', findings: injections.map(judgeInjection) },
    { title: "The bot's configuration", findings: judgeConfiguration(task, injections) },
    { title: 'Roles', findings: await judgeRoles(context, task) },
  ];
  if (!context.flags.isSet('skip-daily')) {
    sections.push({ title: 'Daily', findings: await judgeDaily(context, task, injections) });
  }
  return sections;
}

function describeTask({ container, secrets, environment, image, family }: TaskDefinition): Finding {
  return {
    status: 'ok',
    subject: family,
    text: `container ${container} gets ${Object.keys(environment).length} variables and ${secrets.length} secrets`,
    data: { container, image, secrets: secrets.map(({ name }) => name) },
  };
}

function judgeInjection(injection: Injection): Finding {
  const { name, from } = injection.variable;
  if (injection.kind === 'failed') return failedFinding(name, injection.error);
  const where = [from.secretName, from.jsonKey, from.stage, from.versionId].filter((part) => part !== undefined);
  const problem = shapeProblem(name, injection.value);
  const source = where.join(' : ');
  if (problem !== undefined) {
    const fix = 'Correct it in .env, then: npm run ops -- secrets setup';
    const text = `${problem.text} (${source})`;
    return { status: problem.severity, code: 'values_invalid', subject: name, text, fix };
  }
  if (injection.remark !== undefined) return { status: 'warning', subject: name, text: injection.remark };
  return { status: 'ok', subject: name, text: `looks right (${source})` };
}

/** What the container's environment would be. */
function containerEnvironment(task: TaskDefinition, injections: readonly Injection[]): Record<string, string> {
  const injected = injections.flatMap((one): [string, string][] =>
    one.kind === 'injected' ? [[one.variable.name, one.value]] : [],
  );
  return { ...task.environment, ...Object.fromEntries(injected) };
}

function judgeConfiguration(task: TaskDefinition, injections: readonly Injection[]): Finding[] {
  const subject = 'configuration';
  try {
    const env = containerEnvironment(task, injections);
    const config = readConfig(env);
    const good: Finding = {
      status: 'ok',
      subject,
      text: `the bot would start: ${config.transport}, ${config.model.id} in ${config.model.region}, ${config.call.maxCalls} calls`,
    };
    return [good, ...configWarnings(config, env).map((text): Finding => ({ status: 'warning', subject, text }))];
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    const fix = 'docs/configuration.md has the rule of each variable.';
    return [
      { status: 'failed', code: 'values_invalid', subject, text: `the bot would not start: ${error.message}`, fix },
    ];
  }
}

async function judgeRoles(context: Context, task: TaskDefinition): Promise<Finding[]> {
  const aws = context.aws();
  const store = new SecretStore(aws, context.redactor);
  const findings: Finding[] = [];
  const names = new Set(task.secrets.map(({ from }) => from.secretId));
  const roles = secretReaders(context.settings.secrets).map((role) => task[`${role}RoleArn` as const]);
  for (const name of names) {
    const described = await store.describe(name);
    if (described === undefined) continue; // Said among the secrets.
    const secret = readableSecret(described.Name ?? name, described);
    for (const role of roles) findings.push(await checkRoleAccess(aws, role, secret));
  }
  if (roles.length === 1) {
    const subject = task.taskRoleArn.split('/').at(-1) ?? task.taskRoleArn;
    const text = 'the bot reads no secret itself (secrets.readAtRuntime is false)';
    findings.push({ status: 'skipped', subject, text });
  }
  return findings;
}

async function judgeDaily(
  context: Context,
  task: TaskDefinition,
  injections: readonly Injection[],
): Promise<Finding[]> {
  const { apiKey, apiUrl } = VARIABLES.daily;
  const env = containerEnvironment(task, injections);
  const [key, url = apiUrl.fallback] = [env[apiKey.name], env[apiUrl.name]];
  const subject = apiKey.name;
  if (key === undefined) return [{ status: 'skipped', subject, text: 'there is no key to ask Daily about' }];
  try {
    const rooms = await checkDailyKey(url.trim(), key.trim(), context.io.signal);
    return [{ status: 'ok', subject, text: `${new URL(url).host} takes it; ${rooms} rooms`, data: { rooms } }];
  } catch (error) {
    return [failedFinding(subject, error)];
  }
}
