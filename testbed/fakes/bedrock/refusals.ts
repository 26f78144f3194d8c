import { TEXTS } from './exceptions';

/** Texts of refusals that the dialects word differently. Those of `live` are the service's, as far as they were seen. */
export const REFUSALS = {
  live: {
    duplicateSystem: 'Duplicate SYSTEM content. SYSTEM content can only be provided once per prompt',
    assistantFirst: 'First message in chat history should not be Assistant.',
    historyTooBig: `${TEXTS.historyTooBig}. Trim chat history and try again.`,
    openContents: () => 'All contents must be closed before ending prompt',
  },
  documented: {
    duplicateSystem: 'Only one SYSTEM content is allowed',
    assistantFirst: 'Chat history must start with a USER message',
    historyTooBig: TEXTS.historyTooBig,
    openContents: (contentName: string) => `promptEnd while content ${contentName} is open`,
  },
} as const;

/** Texts that only the live dialect has. */
export const LIVE_REFUSALS = {
  emptyContent: 'Cannot end content as no content data was received',
  noAudio: 'must have at least one audio content',
  audioTooSoon: 'Chat history should be sent completely before streaming audio.',
  noVoice: 'Received invalid voiceId: value must not be empty',
  resultNotObject: 'Unsupported JSON type in Tool Result. Please provide the Tool Result as a JSON object',
} as const;

/** A rule was broken. */
export class Broken extends Error {
  readonly type: string;

  /** `type`: the exception that the stream is refused with. */
  constructor(message: string, type = 'validationException') {
    super(message);
    this.type = type;
  }
}
