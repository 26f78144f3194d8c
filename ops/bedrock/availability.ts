import { GetFoundationModelAvailabilityCommand } from '@aws-sdk/client-bedrock';
import { DEFAULT_MODEL_ID, MODEL_ACTIONS, whereOffered } from '../../contract/models';
import { modelArn } from '../../stacks/names';
import type { Aws } from '../aws/aws';
import { missingStatement } from '../aws/explain';
import { OpsError } from '../cli/ops-error';
import { readThrown } from '../cli/thrown';
import { REQUEST_ACCESS } from './explain';
import { type Finding, unknownFinding } from '../cli/report';

const OFFER = 'offer';
const ACCESS = 'access';

/** Whether the region offers the model and the account has access to it, as Bedrock itself says. */
export async function checkAvailability(aws: Aws, modelId: string): Promise<Finding[]> {
  const { region } = aws;
  const action = 'bedrock:GetFoundationModelAvailability';
  const asked = { action, resource: modelArn(region, modelId), what: `the model ${modelId}` };
  try {
    const answer = await aws.read(asked, (options) =>
      aws.bedrock.send(new GetFoundationModelAvailabilityCommand({ modelId }), options),
    );
    if (answer.regionAvailability !== 'AVAILABLE') {
      return [
        {
          status: 'failed',
          code: 'not_found',
          subject: OFFER,
          text: `${region} does not offer ${modelId}`,
          fix: `Set bedrock.region in the settings (BEDROCK_REGION) to one that does: ${whereOffered(modelId, region)}.`,
        },
      ];
    }
    return [
      { status: 'ok', subject: OFFER, text: `${region} offers ${modelId}` },
      access(answer.agreementAvailability?.status, answer.entitlementAvailability, answer.authorizationStatus, asked),
    ];
  } catch (error) {
    if (
      error instanceof OpsError &&
      (error.code === 'not_found' || readThrown(error.cause).name === 'ValidationException')
    ) {
      const fix = `Check the model's id, such as ${DEFAULT_MODEL_ID} in ${whereOffered(DEFAULT_MODEL_ID)}.`;
      return [{ status: 'failed', code: 'not_found', subject: OFFER, text: `${region} knows no ${modelId}`, fix }];
    }
    // The stream will show.
    return [unknownFinding(OFFER, error)];
  }
}

function access(
  agreement: string | undefined,
  entitlement: string | undefined,
  authorization: string | undefined,
  { resource }: { resource: string },
): Finding {
  if (authorization === 'NOT_AUTHORIZED') {
    return {
      status: 'failed',
      code: 'access_denied',
      subject: ACCESS,
      text: 'your policies do not let you use the model',
      fix: `The missing statement: ${missingStatement({ action: MODEL_ACTIONS, resource })}`,
    };
  }
  if (entitlement !== 'AVAILABLE' || (agreement !== undefined && agreement !== 'AVAILABLE')) {
    const state =
      agreement === 'PENDING' ? 'has been asked for and is pending' : 'has not been granted to this account';
    return {
      status: 'failed',
      code: 'access_denied',
      subject: ACCESS,
      text: `access to the model ${state}`,
      fix: REQUEST_ACCESS,
    };
  }
  return { status: 'ok', subject: ACCESS, text: 'the account has access to the model' };
}
