import type { CallRecord } from '../../contract/call-record';
import type { EventFields } from '../../contract/telemetry/catalogue';

/** The numbers of a call as its log line `call ended` has them. */
export type CallFigures = Omit<EventFields<'callEnded'>, 'reason' | 'err'>;

/** The same numbers as a record has them. */
export function recordFigures(
  figures: CallFigures,
  framesDroppedOut: number,
): Pick<CallRecord, 'quality' | 'latency' | 'tokens' | 'costUsd'> {
  return {
    quality: {
      ...known({
        setupMs: figures.setupMs,
        greetingMs: figures.timeToGreetingMs,
        longestGlitchMs: figures.longestGlitchMs,
      }),
      glitches: figures.glitches,
      framesDroppedOut,
    },
    latency: known({
      answerP50Ms: figures.endOfSpeechToAudioP50Ms,
      answerP95Ms: figures.endOfSpeechToAudioP95Ms,
      bargeInP50Ms: figures.bargeInP50Ms,
      bargeInP95Ms: figures.bargeInP95Ms,
    }),
    tokens: {
      inputSpeech: figures.inputSpeechTokens,
      inputText: figures.inputTextTokens,
      outputSpeech: figures.outputSpeechTokens,
      outputText: figures.outputTextTokens,
    },
    ...known({ costUsd: figures.estimatedCostUsd }),
  };
}

/** Without what is undefined. */
function known<K extends string>(values: Readonly<Record<K, number | undefined>>): { readonly [Key in K]?: number } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [Key in K]?: number;
  };
}
