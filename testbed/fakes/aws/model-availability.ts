import type { ServerResponse } from 'node:http';
import { sendError, sendJson } from './answer';

/** What Bedrock says of its models. */
export interface ModelOffer {
  readonly modelIds: readonly string[];
  readonly regions: readonly string[];
  /** Whether the caller's policies let it use the models. */
  readonly isAuthorized: boolean;
  /** Whether access to the models was asked for and granted. */
  readonly hasAgreement: boolean;
}

/** Answers `GetFoundationModelAvailability` (Bedrock's API reference has its fields). */
export function answerAvailability(target: string, region: string, offer: ModelOffer, response: ServerResponse): void {
  const modelId = decodeURIComponent(target.split('/').at(-1) ?? '');
  if (!offer.modelIds.includes(modelId)) {
    sendError(response, 'rest-json', {
      status: 404,
      code: 'ResourceNotFoundException',
      message: 'Could not resolve the foundation model from the provided model identifier.',
    });
    return;
  }
  const isHere = offer.regions.includes(region);
  const yes = (is: boolean): string => (is ? 'AVAILABLE' : 'NOT_AVAILABLE');
  sendJson(response, {
    modelId,
    agreementAvailability: { status: yes(offer.hasAgreement) },
    authorizationStatus: offer.isAuthorized ? 'AUTHORIZED' : 'NOT_AUTHORIZED',
    entitlementAvailability: yes(offer.hasAgreement),
    regionAvailability: yes(isHere),
  });
}
