import type { BotError } from '../../bot/errors';
import { MODEL_ACTIONS, whereOffered } from '../../contract/models';
import { modelArn } from '../../stacks/names';
import { explainAwsError, missingStatement } from '../aws/explain';
import { OpsError, type OpsErrorCode } from '../cli/ops-error';
import { readThrown } from '../cli/thrown';

/** Which model was asked, and where. */
export interface ModelAddress {
  readonly region: string;
  readonly modelId: string;
  /** Another endpoint than the region's own. */
  readonly endpointUrl: string | undefined;
}

/** What to do where the account has not been given the model. */
export const REQUEST_ACCESS =
  'Console → Amazon Bedrock → Model access → Nova Sonic → request access (once for each account and region).';

/** The bot's codes for what is no refusal of AWS's in its usual words. */
const BY_CODE: Readonly<Partial<Record<BotError['code'], OpsErrorCode>>> = {
  model_not_found: 'not_found',
  model_quota_exceeded: 'throttled',
  model_throttled: 'throttled',
  model_unavailable: 'service_unavailable',
  model_timed_out: 'service_unavailable',
  model_stream_broken: 'service_unavailable',
  model_silent: 'service_unavailable',
  model_stalled: 'no_network',
  model_unreachable: 'no_network',
  model_endpoint_invalid: 'no_network',
  credentials_unavailable: 'credentials_missing',
};

/** Names the cause of a stream's failure, and what to do: the bot's own classification, and the words of AWS behind it. */
export function explainModelFailure(error: BotError, { region, modelId, endpointUrl }: ModelAddress): OpsError {
  const { name, message } = readThrown(error.cause);
  const action = /perform: (bedrock:\w+)/.exec(message)?.[1] ?? MODEL_ACTIONS[1];
  const resource = modelArn(region, modelId);
  if (/AccessDenied/i.test(name)) {
    const [text, fix] = /not authorized to perform/i.test(message)
      ? [
          `you may not ${action} on ${modelId} in ${region}`,
          `The missing statement (grant both: which of them a stream takes differs): ${missingStatement({ action: MODEL_ACTIONS, resource })}`,
        ]
      : [`the account has no access to ${modelId} in ${region}`, REQUEST_ACCESS];
    return new OpsError('access_denied', text, fix, error);
  }
  if (error.code === 'model_not_found') {
    return new OpsError(
      'not_found',
      `${region} does not offer ${modelId}`,
      `Set bedrock.region in the settings (BEDROCK_REGION) to one that does: ${whereOffered(modelId, region)}.`,
      error,
    );
  }
  const where = endpointUrl === undefined ? region : new URL(endpointUrl).host;
  const explained = explainAwsError(error.cause, { action, resource, what: `the model ${modelId}` }, region);
  if (explained.code !== 'unexpected' && error.code !== 'model_unreachable') return explained;
  return new OpsError(
    BY_CODE[error.code] ?? 'unexpected',
    `the stream to ${where} failed: ${error.message}`,
    '',
    error,
  );
}
