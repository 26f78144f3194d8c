import type { HttpTool } from '../../../contract/agent';
import { connectionFailure } from '../network/connection-failure';
import { textWithin } from '../network/response';
import { projected } from '../projection';
import { masked } from '../secrets';
import { ToolFailure } from '../tool';

/** What is said of a status where the agent says nothing. */
const SENTENCES: Readonly<Record<number, string>> = {
  401: 'The service did not let us in.',
  403: 'The service does not allow that.',
  404: 'That was not found.',
  409: 'That is in conflict with something else.',
  429: 'The service is busy right now.',
  503: 'The service is busy right now.',
};

/**
 * The part of an answer that the model is given.
 * @throws ToolFailure in words that may be spoken, for everything but a success in JSON or plain text
 */
export async function readAnswer(
  response: Response,
  { answer, errors }: Pick<HttpTool, 'answer' | 'errors'>,
  secrets: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { status } = response;
  if (!response.ok) {
    await response.body?.cancel();
    const fallback = status < 500 ? 'The service did not accept that.' : 'The service has a fault.';
    const sentence = errors?.[status] ?? SENTENCES[status] ?? fallback;
    throw new ToolFailure(sentence, { reason: `status ${status}`, mayHaveRun: status >= 500 });
  }
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const text = await textOf(response);
  if (text.trim() === '') return projected({}, answer);
  if (type === 'text/html') throw strange('The service answered with a web page.', 'answered with HTML');
  if (type === 'text/plain') return projected(masked(text, secrets), answer);
  if (type !== 'application/json' && !type.endsWith('+json')) {
    throw strange(
      'The service gave an answer that was not understood.',
      `answered with ${type.slice(0, 60) || 'no content-type'}`,
    );
  }
  return projected(parsed(masked(text, secrets)), answer);
}

async function textOf(response: Response): Promise<string> {
  let text: string | undefined;
  try {
    text = await textWithin(response);
  } catch (error) {
    throw connectionFailure(error);
  }
  if (text === undefined)
    throw strange('The service gave an answer that is too long.', 'answered with more than 64 KB');
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw strange('The service gave an answer that was not understood.', 'answered with broken JSON');
  }
}

/** It was asked, and answered: what was asked for may have been done. */
function strange(message: string, reason: string): ToolFailure {
  return new ToolFailure(message, { reason, mayHaveRun: true });
}
