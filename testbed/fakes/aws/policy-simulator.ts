import type { ServerResponse } from 'node:http';
import { escapeXml, sendError, sendXml } from './answer';
import { decide, type PolicyDocument } from './policy-decision';

/**
 * Answers `SimulatePrincipalPolicy` for a role by its inline policies, which it reads from the emulator. Of conditions
 * it knows those that compare text; any other is not met, as in IAM when a fact is missing.
 */
export async function answerSimulation(upstreamUrl: string, body: string, response: ServerResponse): Promise<void> {
  const fields = new URLSearchParams(body);
  const roleName = fields.get('PolicySourceArn')?.split('/').at(-1) ?? '';
  const action = fields.get('ActionNames.member.1') ?? '';
  const resource = fields.get('ResourceArns.member.1') ?? '*';
  const policies = await rolePolicies(upstreamUrl, roleName);
  if (policies === undefined) {
    sendError(response, 'query', {
      status: 404,
      code: 'NoSuchEntity',
      message: `The role with name ${roleName} cannot be found.`,
    });
    return;
  }
  const decision = decide(policies, { action, resource, facts: factsIn(fields) });
  const member = [
    `<EvalActionName>${escapeXml(action)}</EvalActionName>`,
    `<EvalResourceName>${escapeXml(resource)}</EvalResourceName>`,
    `<EvalDecision>${decision}</EvalDecision>`,
    '<MatchedStatements/><MissingContextValues/>',
  ].join('');
  sendXml(
    response,
    `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><EvaluationResults><member>${member}</member></EvaluationResults><IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
  );
}

function factsIn(fields: URLSearchParams): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  for (let i = 1; fields.has(`ContextEntries.member.${i}.ContextKeyName`); i += 1) {
    const prefix = `ContextEntries.member.${i}`;
    const name = fields.get(`${prefix}.ContextKeyName`) ?? '';
    facts.set(name.toLowerCase(), fields.get(`${prefix}.ContextKeyValues.member.1`) ?? '');
  }
  return facts;
}

/** The role's inline policies, or undefined when there is no such role. */
async function rolePolicies(upstreamUrl: string, roleName: string): Promise<PolicyDocument[] | undefined> {
  const list = await ask(upstreamUrl, { Action: 'ListRolePolicies', RoleName: roleName });
  if (list === undefined) return undefined;
  const names = [...list.matchAll(/<member>([^<]+)<\/member>/g)].map(([, name = '']) => name);
  const documents: PolicyDocument[] = [];
  for (const name of names) {
    const answer = await ask(upstreamUrl, { Action: 'GetRolePolicy', RoleName: roleName, PolicyName: name });
    const text = /<PolicyDocument>([^<]*)<\/PolicyDocument>/.exec(answer ?? '')?.[1] ?? '{}';
    documents.push(JSON.parse(decodeURIComponent(text)) as PolicyDocument);
  }
  return documents;
}

async function ask(upstreamUrl: string, fields: Record<string, string>): Promise<string | undefined> {
  const answer = await fetch(upstreamUrl, {
    method: 'POST',
    headers: {
      // The emulator finds the service in the scope and looks at nothing else.
      Authorization:
        'AWS4-HMAC-SHA256 Credential=SANDBOX/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0',
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ ...fields, Version: '2010-05-08' }),
  });
  return answer.ok ? answer.text() : undefined;
}
