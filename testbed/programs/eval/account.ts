import type { AwsCredentialIdentity } from '@smithy/types';
import { VARIABLES } from '../../../contract/variables';

/** Who pays for live calls: what leads a bot to the account's model, and text models to theirs. */
export interface Account {
  readonly variables: Readonly<Record<string, string>>;
  readonly credentials: AwsCredentialIdentity;
  readonly region: string;
  /** Where text models are asked; undefined is the region's public endpoint. */
  readonly textEndpoint: string | undefined;
}

const { awsCredentials, model, region } = VARIABLES;
/** What of the shell's variables is the bot's, too. */
const TAKEN = [model.id.name, model.endpointUrl.name, model.region.name];
/** No call of a scenario needs more. */
const MAX_CALL_MINUTES = '5';
/** Of a stand-in for text models: tests have one. */
const TEXT_ENDPOINT = 'EVAL_TEXT_ENDPOINT_URL';

/**
 * The account of the shell's credentials, wherever the AWS SDK finds them.
 * @throws Error with what to type, where there are none
 */
export async function openAccount(
  shell: NodeJS.ProcessEnv,
  command: string,
  provide: () => Promise<AwsCredentialIdentity> = wherever,
): Promise<Account> {
  let credentials: AwsCredentialIdentity;
  try {
    credentials = await provide();
  } catch {
    throw new Error(
      `Live evals call the model of an AWS account, and there are no credentials. Type:\n  AWS_PROFILE=YOUR_PROFILE AWS_REGION=${region.fallback} ${command}`,
    );
  }
  const where = shell[region.name] ?? region.fallback;
  const taken = TAKEN.flatMap((name) => {
    const value = shell[name] ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  return {
    credentials,
    region: shell[model.region.name] ?? where,
    textEndpoint: shell[TEXT_ENDPOINT],
    variables: {
      [region.name]: where,
      ...Object.fromEntries(taken),
      [awsCredentials.hasAccessKeyId.name]: credentials.accessKeyId,
      [awsCredentials.hasSecretAccessKey.name]: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
      [VARIABLES.call.maxCallMs.name]: MAX_CALL_MINUTES,
    },
  };
}

/** Wherever the AWS SDK finds them. */
async function wherever(): Promise<AwsCredentialIdentity> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider()();
}
