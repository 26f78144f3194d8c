import { DataAwsIamOpenidConnectProvider } from '@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider';
import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import type { AwsStack } from '../aws-stack';
import { githubSubjects, workflowSessionSeconds } from '../names';
import { oneOrMany, policyJson, type Statement } from '../policies';
import { deployStatements, pushStatements } from './deploy-permissions';
import { planStatements } from './plan-permissions';
import { role } from './role';

const ISSUER = 'token.actions.githubusercontent.com';

/** Trusts GitHub workflows by the exact subjects of their tokens, never by a pattern. */
function githubTrust(providerArn: string, subjects: readonly string[]): string {
  return policyJson([
    {
      sid: 'ExactlyThisSubject',
      principals: { Federated: providerArn },
      actions: ['sts:AssumeRoleWithWebIdentity'],
      conditions: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: oneOrMany(subjects) } },
    },
  ]);
}

export interface GithubRoles {
  readonly deployArn: string;
  readonly planArn: string;
  readonly buildArn: string;
}

/**
 * Roles for GitHub Actions, without any stored credential: one that releases (jobs of the gated GitHub environment
 * only), one that pushes images (jobs of the environment with `-build` after its name, which nobody has to approve) and
 * one that plans (those jobs and pull requests; reads only). Undefined where the settings name no repository.
 */
export function githubRoles(stack: AwsStack): GithubRoles | undefined {
  const { github, environment } = stack.settings;
  if (github === undefined) return undefined;
  const url = `https://${ISSUER}`;
  const providerArn = github.createProvider
    ? new IamOpenidConnectProvider(stack, 'github', { url, clientIdList: ['sts.amazonaws.com'] }).arn
    : new DataAwsIamOpenidConnectProvider(stack, 'github', { url }).arn;
  const gate = github.environment ?? environment;
  const subjects = (event: string): string[] => githubSubjects(github).map((repository) => `${repository}:${event}`);
  const workflowRole = (
    name: 'deploy' | 'plan' | 'build',
    description: string,
    events: readonly string[],
    statements: readonly Statement[],
  ): string => {
    const trust = githubTrust(providerArn, events.flatMap(subjects));
    const props = { name: stack.names.roles[name], description, trust, statements, maxSessionSeconds: sessionSeconds };
    return role(stack, `${name}-role`, props).arn;
  };
  const sessionSeconds = workflowSessionSeconds(stack.settings);
  const deploys = `Releases ${environment} from GitHub: applies the service stack`;
  const plans = `Plans ${environment} for pull requests and releases on GitHub: reads only`;
  const builds = `Pushes images of ${environment} from GitHub, and nothing else`;
  const ungated = `environment:${gate}-build`;
  return {
    deployArn: workflowRole('deploy', deploys, [`environment:${gate}`], deployStatements(stack)),
    planArn: workflowRole('plan', plans, ['pull_request', ungated], planStatements(stack)),
    buildArn: workflowRole('build', builds, [ungated], pushStatements(stack)),
  };
}
