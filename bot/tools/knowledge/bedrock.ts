import type { KnowledgeBaseRetrievalResult } from '@aws-sdk/client-bedrock-agent-runtime';
import type { KnowledgeSource } from '../../../contract/agent';
import { connectionFailure } from '../network/connection-failure';
import { ToolFailure } from '../tool';
import type { Find } from './passage';

type Base = Extract<KnowledgeSource, { kind: 'bedrock' }>;

/** Asks for more than is given on, since passages that score too low are left out. */
const ASKED_FOR = 5;

/** A knowledge base of Bedrock. Loads the AWS SDK's client, which nobody needs where no agent has one. */
export async function retrieverOf(
  { knowledgeBaseId, minScore = 0 }: Base,
  atMost: number,
  region: string,
): Promise<{ readonly find: Find; readonly close: () => void }> {
  const sdk = await import('@aws-sdk/client-bedrock-agent-runtime');
  const client = new sdk.BedrockAgentRuntimeClient({ region, maxAttempts: 2 });
  const find: Find = async (question, signal) => {
    const command = new sdk.RetrieveCommand({
      knowledgeBaseId,
      retrievalQuery: { text: question },
      retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: Math.max(ASKED_FOR, atMost) } },
    });
    try {
      const { retrievalResults = [] } = await client.send(command, { abortSignal: signal });
      return retrievalResults
        .filter(({ score }) => (score ?? 1) >= minScore)
        .flatMap((result) => {
          const text = result.content?.text?.replaceAll(/\s+/g, ' ').trim() ?? '';
          return text === '' ? [] : [{ text, source: sourceOf(result) }];
        });
    } catch (error) {
      throw retrieveFailure(error);
    }
  };
  return { find, close: () => client.destroy() };
}

/** The last part of where it is from: nobody speaks a whole address. */
function sourceOf({ location }: KnowledgeBaseRetrievalResult): string {
  const uri =
    location?.s3Location?.uri ??
    location?.webLocation?.url ??
    location?.confluenceLocation?.url ??
    location?.sharePointLocation?.url ??
    location?.salesforceLocation?.url ??
    location?.kendraDocumentLocation?.uri ??
    location?.customDocumentLocation?.id ??
    '';
  return uri.split(/[?#]/)[0]?.split('/').filter(Boolean).at(-1) ?? '';
}

function retrieveFailure(error: unknown): ToolFailure {
  const name = error instanceof Error ? error.name : '';
  if (/^(Throttling|ServiceQuota)/.test(name)) {
    return new ToolFailure('The service is busy right now.', { cause: error, reason: name });
  }
  if (name.endsWith('Exception')) {
    return new ToolFailure('The pages could not be searched.', { cause: error, reason: name });
  }
  return connectionFailure(error);
}
