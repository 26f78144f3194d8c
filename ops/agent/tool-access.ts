import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { ServedAgent } from '../../contract/agent';
import { toolGrants } from '../../stacks/agents';
import { arnsOf, namesOf } from '../../stacks/names';
import { simulate } from '../aws/simulate';
import { missingStatement } from '../aws/explain';
import type { Flags } from '../cli/flags';
import type { Context } from '../cli/context';
import { OpsError } from '../cli/ops-error';
import { type Finding, type Section, unknownFinding } from '../cli/report';
import { hostsOf, whyUnreachable } from './reach';

export const SKIP_TOOLS_FLAG = {
  'skip-tools': { type: 'boolean', description: "do not try what agents' tools reach" },
} as const satisfies Flags;

/**
 * Tries what the tools of the environment's agents reach, without effect: hosts are connected to, functions are asked for a
 * dry run, and IAM is asked what the task's role may. No section where no tool reaches anything.
 */
export async function checkToolAccess(context: Context): Promise<Section[]> {
  if (context.flags.isSet('skip-tools')) return [];
  const agents = await context.agents();
  context.progress('trying what tools reach…');
  const findings = [
    ...(await tryHosts(context, agents)),
    ...(await tryFunctions(context, agents)),
    ...(await askRole(context, agents)),
  ];
  return findings.length === 0 ? [] : [{ title: 'Tools of the agents, from this machine', findings }];
}

function tryHosts({ io }: Context, agents: readonly ServedAgent[]): Promise<Finding[]> {
  return Promise.all(
    hostsOf(agents).map(async (reached): Promise<Finding> => {
      const subject = `${reached.host}:${reached.port}`;
      const why = await whyUnreachable(reached, io.signal);
      if (why === undefined) return { status: 'ok', subject, text: `answers${reached.isTls ? ' by TLS' : ''}` };
      const fix = 'The task has a way of its own out: npm run ops -- agent check says which agent names it.';
      return { status: 'warning', subject, text: `cannot be reached from here: ${why}`, fix };
    }),
  );
}

/** A dry run says whether the function is there and whoever asks may invoke it; it does not run. */
export async function tryFunctions(
  context: Pick<Context, 'settings' | 'region' | 'aws'>,
  agents: readonly ServedAgent[],
): Promise<Finding[]> {
  const arns = arnsOf(context.settings);
  const functions = new Set(agents.flatMap(({ needs }) => needs.functions.map(arns.lambdaFunction)));
  const findings: Finding[] = [];
  for (const arn of functions) {
    const region = arn.split(':')[3] ?? context.region;
    const aws = context.aws(region);
    const asked = { action: 'lambda:InvokeFunction', resource: arn, what: `the function ${arn}` };
    const command = new InvokeCommand({ FunctionName: arn, InvocationType: 'DryRun' });
    try {
      await aws.read(asked, (options) => aws.lambda.send(command, options));
      findings.push({ status: 'ok', subject: arn, text: 'is there, and can be invoked' });
    } catch (error) {
      if (!(error instanceof OpsError) || error.code !== 'not_found') findings.push(unknownFinding(arn, error));
      else {
        const fix = 'Deploy the function: it is no part of these stacks.';
        findings.push({ status: 'failed', code: 'not_found', subject: arn, text: 'there is no such function', fix });
      }
    }
  }
  return findings;
}

/** Whether the foundation that is there grants the task what its agents' tools name. */
async function askRole(context: Context, agents: readonly ServedAgent[]): Promise<Finding[]> {
  const { settings } = context;
  const roleArn = arnsOf(settings).role(namesOf(settings).roles.task);
  const findings: Finding[] = [];
  for (const { action, resource } of toolGrants(settings, agents)) {
    const subject = `task role → ${resource}`;
    try {
      const answer = await simulate(context.aws(), { roleArn, action, resource });
      if (answer.kind === 'allowed') findings.push({ status: 'ok', subject, text: `may ${action}` });
      else {
        const fix = `Apply the foundation again; the missing statement: ${missingStatement({ action, resource })}`;
        findings.push({ status: 'failed', code: 'access_denied', subject, text: `may not ${action}`, fix });
      }
    } catch (error) {
      if (!(error instanceof OpsError) || error.code !== 'not_found') findings.push(unknownFinding(subject, error));
      else findings.push({ status: 'skipped', subject, text: 'there is no role yet: the foundation makes it' });
    }
  }
  return findings;
}
