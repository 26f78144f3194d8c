import { z } from 'zod';
import { OpsError, type OpsErrorCode } from '../cli/ops-error';
import { readThrown } from '../cli/thrown';

/** What was asked of AWS, for the explanation of a refusal. */
export interface Asked {
  /** As IAM names it: `secretsmanager:GetSecretValue`. */
  readonly action: string;
  /** The ARN, or a pattern of ARNs, that a policy would have to name. */
  readonly resource: string;
  /** What it is in an operator's words: `the secret pipecat/daily-api-key`. */
  readonly what: string;
}

/** The statement of an IAM policy that would allow what was refused, as JSON on one line. */
export function missingStatement({
  action,
  resource,
}: {
  readonly action: string | readonly string[];
  readonly resource: string;
}): string {
  return JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource });
}

interface Kind {
  readonly code: OpsErrorCode;
  readonly says: (asked: Asked, region: string, message: string) => string;
  readonly fix: (asked: Asked, region: string, message: string) => string;
}

const DENIED: Kind = {
  code: 'access_denied',
  says: ({ action, what }, _region, message) =>
    /explicit deny/i.test(message)
      ? `a policy explicitly denies you ${action} on ${what}`
      : `you may not ${action} on ${what}`,
  fix: (asked, _region, message) =>
    /explicit deny/i.test(message)
      ? `An explicit deny beats every allow: find it in the ${/resource-based policy/i.test(message) ? "resource's own policy" : 'policies of your identity or organisation'}, or use another identity.`
      : `Ask for this statement: ${missingStatement(asked)}`,
};
const KMS_DENIED: Kind = {
  code: 'kms_denied',
  says: ({ what }) => `KMS refuses you the key of ${what}`,
  fix: (_asked, region) =>
    `The key's policy and yours must both allow it: ${JSON.stringify({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: "<the key's ARN>",
      Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
    })}`,
};
const KMS_UNUSABLE: Kind = {
  code: 'kms_unusable',
  says: ({ what }) => `the KMS key of ${what} cannot be used: it is disabled, pending deletion, or gone`,
  fix: ({ what }, region) =>
    `Enable the key, or cancel its deletion (aws kms cancel-key-deletion --region ${region} --key-id <the key of ${what}>).`,
};
const THROTTLED: Kind = {
  code: 'throttled',
  says: ({ action, what }) => `AWS throttles ${action} on ${what}, after several attempts`,
  fix: () => 'Wait a minute and run the same command again: it goes on where it stopped.',
};
const NOT_FOUND: Kind = {
  code: 'not_found',
  says: ({ what }, region) => `there is no ${what.replace(/^the /, '')} in ${region}`,
  fix: (_asked, region) => `Is ${region} the right region (--region), and has it been made there?`,
};
const DELETED: Kind = {
  code: 'scheduled_for_deletion',
  says: ({ what }) => `${what} is scheduled for deletion`,
  fix: () => 'npm run ops -- secrets setup restores it.',
};
const EXPIRED: Kind = {
  code: 'credentials_expired',
  says: () => 'your AWS credentials have expired',
  fix: () => 'Log in again (aws sso login, or however you got them), then run the same command.',
};
const REFUSED: Kind = {
  code: 'credentials_refused',
  says: () => 'AWS does not know these credentials',
  fix: () => 'Check AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: aws sts get-caller-identity',
};
/** As the SDK finds it, which looks into the process itself. */
const profile = (): string | undefined => process.env['AWS_PROFILE'] || undefined;
const MISSING: Kind = {
  code: 'credentials_missing',
  says: () =>
    profile() === undefined ? 'no AWS credentials were found' : `the AWS profile ${profile()} gives no credentials`,
  fix: () =>
    profile() === undefined
      ? 'Set AWS_PROFILE, or log in (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
      : `aws configure list-profiles says which there are, and aws sso login --profile ${profile()} logs in to this one.`,
};
const SKEW: Kind = {
  code: 'clock_skew',
  says: () => "AWS refuses the signature because this machine's clock is wrong",
  fix: () => 'Set the clock by NTP: timedatectl set-ntp true (macOS: sudo sntp -sS time.apple.com)',
};
const SIGNATURE: Kind = {
  code: 'credentials_refused',
  says: () => 'AWS does not accept the signature: the secret access key does not belong to the access key id',
  fix: () => 'Set both again, without a blank or line end around them: aws sts get-caller-identity',
};
const OTHER_REGION: Kind = {
  code: 'region_unknown',
  says: (_asked, region) => `the endpoint belongs to another region than ${region}`,
  fix: () => 'Make region and endpoint match: --region, BEDROCK_REGION, BEDROCK_ENDPOINT_URL, AWS_ENDPOINT_URL.',
};
const NO_NETWORK: Kind = {
  code: 'no_network',
  says: ({ what }, region) => `AWS in ${region} cannot be reached, asked for ${what}`,
  fix: () => 'Check the network, DNS, the proxy and VPN, and AWS_ENDPOINT_URL if it is set.',
};
const NO_SUCH_HOST: Kind = {
  code: 'no_network',
  says: ({ what }, region) => `AWS's host name for ${region} does not resolve, asked for ${what}`,
  fix: (_asked, region) => `Is there a region ${region}? If so, check the network and DNS.`,
};
const UNAVAILABLE: Kind = {
  code: 'service_unavailable',
  says: ({ action }, region) => `AWS has a fault with ${action} in ${region}`,
  fix: () => 'Try again in a minute; https://health.aws.amazon.com says what AWS knows.',
};

/** By the error's name in lower case, without `Exception`: services differ in that alone. */
const BY_NAME: readonly (readonly [names: RegExp, kind: Kind])[] = [
  [/^(accessdenied|notauthorized|unauthorizedoperation|forbidden)$/, DENIED],
  [/^kmsaccessdenied$/, KMS_DENIED],
  [/^(kmsdisabled|kmsinvalidstate|kmsnotfound|encryptionfailure|decryptionfailure)$/, KMS_UNUSABLE],
  [/^(throttling|throttled|toomanyrequests|requestlimitexceeded|slowdown)$/, THROTTLED],
  [/^((resource|repository|image|cluster|service)?notfound|nosuch(entity|bucket|key))$/, NOT_FOUND],
  [/^(expiredtoken|(sso)?tokenprovidererror)$/, EXPIRED],
  [/^(requestexpired|requesttimetooskewed)$/, SKEW],
  [/^(unrecognizedclient|invalidclienttokenid|invalidaccesskeyid|authfailure)$/, REFUSED],
  [/^(missingauthenticationtoken|credentialsprovidererror)$/, MISSING],
  [/^(invalidsignature|signaturedoesnotmatch)$/, SIGNATURE],
  [/^(internal(service|server|failure|error)|serviceunavailable|server)$/, UNAVAILABLE],
  [/^timeouterror$/, NO_NETWORK],
];

const byName = (name: string): Kind | undefined => BY_NAME.find(([names]) => names.test(name))?.[1];

function byCode(code: string): Kind | undefined {
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) return NO_SUCH_HOST;
  return /^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE)$/.test(code) ? NO_NETWORK : undefined;
}

/** Turns whatever the SDK threw into what an operator can act on. The service's words stay in the cause. */
export function explainAwsError(thrown: unknown, asked: Asked, region: string): OpsError {
  if (thrown instanceof OpsError) return thrown;
  const { name, message } = readThrown(thrown);
  const kind = kindOf(thrown);
  if (kind !== undefined) {
    const said = kind.says(asked, region, message);
    const text = said.includes(asked.action) ? said : `${said} (${asked.action})`;
    return new OpsError(kind.code, text, kind.fix(asked, region, message), thrown);
  }
  const text = `${asked.action} on ${asked.what} failed: ${name}: ${firstLine(message)}`;
  return new OpsError('unexpected', text, '', thrown);
}

function kindOf(thrown: unknown): Kind | undefined {
  const { name: fullName, message } = readThrown(thrown);
  const name = fullName.toLowerCase().replace(/exception$|error$/, '');
  if (/access to kms is not allowed|kms.*(not authorized|accessdenied)/i.test(message)) return KMS_DENIED;
  if (/signature (expired|not yet current)|is now earlier than|is still later than/i.test(message)) return SKEW;
  if (/scoped to a valid region/i.test(message)) return OTHER_REGION;
  if (name === 'invalidrequest' && /(marked|scheduled) for deletion|marked deleted/i.test(message)) return DELETED;
  if (/could not load credentials|credential is missing|resolved credential object is not valid/i.test(message)) {
    return MISSING;
  }
  return byName(name) ?? byName(fullName.toLowerCase()) ?? networkKind(thrown) ?? byStatus(thrown);
}

function networkKind(thrown: unknown, depth = 0): Kind | undefined {
  const { code, message, cause } = readThrown(thrown);
  // The SDK's retries may wrap an error so that only its text is left.
  const said = /\b(E[A-Z]{4,}|EAI_AGAIN)\b/.exec(message)?.[1] ?? '';
  const kind = byCode(code) ?? byCode(said) ?? (/socket hang up/.test(message) ? NO_NETWORK : undefined);
  if (kind !== undefined || depth > 3) return kind;
  return cause === undefined ? undefined : networkKind(cause, depth + 1);
}

const metadataSchema = z.object({ $metadata: z.object({ httpStatusCode: z.number() }) });

/** An answer without a body, as to a HEAD request, has a status and no name. */
function byStatus(thrown: unknown): Kind | undefined {
  const status = metadataSchema.safeParse(thrown).data?.$metadata.httpStatusCode ?? 0;
  if (status === 403) return DENIED;
  if (status === 404) return NOT_FOUND;
  if (status === 429) return THROTTLED;
  return status >= 500 ? UNAVAILABLE : undefined;
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 300);
}
