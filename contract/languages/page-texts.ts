/** What is wrong, or over, and what the caller can do about it. */
export interface AdviceTexts {
  readonly title: string;
  readonly text: string;
}

/** Why a call could not begin. */
type ProblemName =
  | 'no-webrtc'
  | 'microphone-denied'
  | 'microphone-missing'
  | 'microphone-busy'
  | 'microphone-failed'
  | 'insecure-page'
  | 'key-needed'
  | 'key-unsendable'
  | 'busy'
  | 'too-many-tries'
  | 'used-up'
  | 'offline'
  | 'unreachable'
  | 'media-blocked'
  | 'refused'
  | 'agent-failed';

/** Why the bot ended a call, as it tells its clients. */
type EndingName =
  | 'agent-ended'
  | 'caller-absent'
  | 'too-long'
  | 'budget-spent'
  | 'client-request'
  | 'transferred'
  | 'operator'
  | 'drained'
  | 'model-failed'
  | 'transport-failed'
  | 'internal';

type StatusName =
  | 'idle'
  | 'microphone'
  | 'agent'
  | 'media'
  | 'waiting'
  | 'reconnecting'
  | 'muted'
  | 'greeting'
  | 'listening'
  | 'hearing'
  | 'thinking'
  | 'looking-up'
  | 'speaking'
  | 'hanging-up'
  | 'ended'
  | 'failed';

/** Every text of the page in one language. Those of `fixed` are named by `data-words`, `data-label` and the like in index.html. */
export interface PageTexts {
  readonly fixed: Readonly<Record<FixedName, string>>;
  readonly status: Readonly<Record<StatusName, string>>;
  readonly problems: Readonly<Record<ProblemName, AdviceTexts>>;
  readonly keyRefused: AdviceTexts;
  /** @param when a length of time in words, such as `5 seconds`; so of all below */
  readonly tooManyTriesFor: (when: string) => string;
  readonly endings: Readonly<Record<EndingName, string>>;
  readonly hungUp: AdviceTexts;
  readonly lost: AdviceTexts;
  readonly agentLeft: string;
  readonly waiting: AdviceTexts;
  readonly tryingAgainIn: (when: string) => string;
  readonly mayWeHear: AdviceTexts;
  readonly agentSpeaksFirst: string;
  readonly callAgain: string;
  readonly tryAgain: string;
  readonly unmute: string;
  readonly muted: string;
  readonly noMicrophone: string;
  readonly microphoneGone: string;
  /** What the figures in the dock mean. */
  readonly latency: string;
  readonly latencyParts: (endpointing: string, model: string, playout: string) => string;
  readonly bargeIn: string;
  readonly median: (count: number, value: string) => string;
  /** What a screen reader says. */
  readonly announced: {
    readonly reconnecting: string;
    readonly connected: string;
    readonly connectedMuted: string;
    readonly busy: string;
  };
  readonly notHeard: string;
  /** In the file of a conversation. */
  readonly cutOff: string;
  readonly callOf: (when: string) => string;
}

export type FixedName =
  | 'brand'
  | 'conversation'
  | 'whatIsSaid'
  | 'newest'
  | 'welcomeTitle'
  | 'welcomeText'
  | 'key'
  | 'call'
  | 'startCall'
  | 'joinSilent'
  | 'save'
  | 'cancel'
  | 'louder'
  | 'you'
  | 'agent'
  | 'gaveWayIn'
  | 'answeredIn'
  | 'soundHeld'
  | 'clickToHear'
  | 'mute'
  | 'message'
  | 'typeInstead'
  | 'send'
  | 'hangUp'
  | 'recorded'
  | 'notRecorded'
  | 'stopRecording';
