import { catalogueOf, milliseconds, seconds } from './entry';

/** Why a call ended, where that is a failure of ours; the other reasons are a caller's or an operator's doing. */
export const FAILURE_REASONS = ['model-failed', 'transport-failed', 'internal'] as const;

/** What happens in a call, apart from its model's stream. Every log line has `callId` and, when traced, `traceId`. */
export const CALL_EVENTS = catalogueOf({
  callStarted: {
    description: 'A call has begun.',
    message: 'call started',
    fields: { transport: 'word' },
    optional: { agent: 'word' },
    metrics: {
      callsStarted: {
        description: 'Calls started.',
        prometheus: { type: 'counter', name: 'calls_started_total', labels: { transport: 'transport' } },
        cloudwatch: { name: 'CallsStarted', kind: 'counted' },
      },
    },
  },
  callHandedOver: {
    description: 'A call was given to another agent.',
    message: 'call handed over',
    fields: { from: 'word', to: 'word', gapMs: 'ms' },
    metrics: {
      handoverGapMs: {
        description: 'Calls given to another agent: how long nobody listened to the caller.',
        value: 'gapMs',
        prometheus: seconds('handover_gap_seconds', 'interruption'),
      },
    },
  },
  handoverFailed: {
    description: 'A call could not be given to another agent, and stays with the one that has it.',
    message: 'call was not handed over',
    level: 'warn',
    fields: { from: 'word', to: 'word' },
  },
  callTransferred: {
    description: 'A caller was to be connected with a person: the name of the destination, and what came of it.',
    message: 'call transferred',
    fields: { to: 'word', outcome: 'word' },
    metrics: {
      transfers: {
        description: 'Transfers to a person, by outcome.',
        prometheus: { type: 'counter', name: 'transfers_total', labels: { outcome: 'outcome' } },
      },
    },
  },
  callEnded: {
    description: 'A call is over: its summary. Percentiles are of the turns of this call.',
    message: 'call ended',
    fields: {
      reason: 'word',
      durationMs: 'ms',
      turns: 'number',
      bargeIns: 'number',
      glitches: 'number',
      rotations: 'number',
      reconnects: 'number',
      toolCalls: 'number',
      inputSpeechTokens: 'number',
      inputTextTokens: 'number',
      outputSpeechTokens: 'number',
      outputTextTokens: 'number',
    },
    optional: {
      setupMs: 'ms',
      timeToGreetingMs: 'ms',
      endOfSpeechToAudioP50Ms: 'ms',
      endOfSpeechToAudioP95Ms: 'ms',
      endpointingP50Ms: 'ms',
      modelP50Ms: 'ms',
      playoutP50Ms: 'ms',
      bargeInToSilenceP50Ms: 'ms',
      bargeInP50Ms: 'ms',
      bargeInP95Ms: 'ms',
      longestGlitchMs: 'ms',
      longestRotationGapMs: 'ms',
      longestReconnectGapMs: 'ms',
      longestToolMs: 'ms',
      /** Undefined where the model's prices are not known. */
      estimatedCostUsd: 'number',
    },
    metrics: {
      callsEnded: {
        description: 'Calls ended, by reason.',
        prometheus: { type: 'counter', name: 'calls_ended_total', labels: { reason: 'reason' } },
        cloudwatch: { name: 'CallsEnded', kind: 'counted' },
      },
      callsFailed: {
        description: 'Calls ended by a failure of ours.',
        cloudwatch: { name: 'CallsFailed', kind: 'counted', where: { field: 'reason', oneOf: FAILURE_REASONS } },
      },
      callDurationMs: {
        description: 'How long calls lasted.',
        value: 'durationMs',
        prometheus: seconds('call_duration_seconds', 'call'),
        cloudwatch: milliseconds('CallDurationMs'),
      },
      callTokens: {
        description: 'Tokens of a call, of all kinds.',
        value: ['inputSpeechTokens', 'inputTextTokens', 'outputSpeechTokens', 'outputTextTokens'],
        cloudwatch: { name: 'CallTokens', kind: 'measured', unit: 'Count' },
      },
      estimatedCostUsd: {
        description: 'What the tokens cost at the prices the bot knows: an estimate in dollars.',
        value: 'estimatedCostUsd',
        prometheus: { type: 'counter', name: 'model_estimated_cost_dollars_total' },
        cloudwatch: { name: 'EstimatedCostUsd', kind: 'measured', unit: 'None' },
      },
    },
    span: {
      name: 'call',
      duration: 'durationMs',
      attributes: ['reason', 'turns', 'reconnects'],
      failed: { field: 'reason', oneOf: FAILURE_REASONS },
      genAi: {
        operation: 'invoke_agent',
        told: {
          'gen_ai.usage.input_tokens': ['inputSpeechTokens', 'inputTextTokens'],
          'gen_ai.usage.output_tokens': ['outputSpeechTokens', 'outputTextTokens'],
        },
      },
    },
  },
  callConnected: {
    description: 'Media flows.',
    fields: { setupMs: 'ms' },
    metrics: {
      callSetupMs: {
        description: "Caller's offer to media flowing.",
        value: 'setupMs',
        prometheus: seconds('call_setup_seconds'),
        cloudwatch: milliseconds('CallSetupMs'),
      },
    },
    span: { name: 'setup', duration: 'setupMs' },
  },
  callGreeted: {
    description: 'The first sound of the greeting, since media flowed.',
    fields: { waitMs: 'ms' },
    metrics: {
      timeToGreetingMs: {
        description: 'Media flowing to the first sound of the greeting.',
        value: 'waitMs',
        prometheus: seconds('greeting_seconds'),
        cloudwatch: milliseconds('TimeToGreetingMs'),
      },
    },
  },
  answerStarted: {
    description: 'The first sound of an answer; the parts of `answerMs` where all of them are known.',
    fields: { answerMs: 'ms' },
    optional: { endpointingMs: 'ms', modelMs: 'ms', playoutMs: 'ms' },
    metrics: {
      answerLatencyMs: {
        description:
          "Voice to voice: the caller's last sound to the first sound of the answer, the sum of the next three.",
        value: 'answerMs',
        prometheus: seconds('response_seconds'),
        cloudwatch: milliseconds('AnswerLatencyMs'),
      },
      answerEndpointingMs: {
        description: '… of that, until the model noticed that the caller had finished, or else began to answer.',
        value: 'endpointingMs',
        prometheus: seconds('response_endpointing_seconds'),
        cloudwatch: milliseconds('AnswerEndpointingMs'),
      },
      answerModelMs: {
        description: "… of that, until the model's first audio came in.",
        value: 'modelMs',
        prometheus: seconds('response_model_seconds'),
        cloudwatch: milliseconds('AnswerModelMs'),
      },
      answerPlayoutMs: {
        description: '… of that, until the first of it was on its way to the caller.',
        value: 'playoutMs',
        prometheus: seconds('response_playout_seconds'),
        cloudwatch: milliseconds('AnswerPlayoutMs'),
      },
    },
  },
  turnEnded: {
    description: "The caller has heard the bot's turn or cut it short; from the caller's last word, if there was one.",
    fields: { lastedMs: 'ms', interrupted: 'flag' },
    optional: { answerMs: 'ms', endpointingMs: 'ms', modelMs: 'ms', playoutMs: 'ms' },
    span: {
      name: 'turn',
      duration: 'lastedMs',
      attributes: ['interrupted', 'answerMs', 'endpointingMs', 'modelMs', 'playoutMs'],
      genAi: { operation: 'chat' },
    },
  },
  callerInterrupted: {
    description:
      "A barge-in, and how long until nothing of the old answer could be sent: since the model's word of it, and since the caller's first sound.",
    fields: { silenceMs: 'ms' },
    optional: { voiceToSilenceMs: 'ms' },
    metrics: {
      bargeInMs: {
        description: "Barge-in: the caller's first sound over the bot's voice to silence.",
        value: 'voiceToSilenceMs',
        prometheus: seconds('barge_in_seconds'),
        cloudwatch: milliseconds('BargeInMs'),
      },
      bargeInToSilenceMs: {
        description: "… of that, from the model's word of it: ours.",
        value: 'silenceMs',
        prometheus: seconds('interruption_seconds', 'interruption'),
        cloudwatch: milliseconds('BargeInToSilenceMs'),
      },
    },
  },
  answerGlitched: {
    description: 'The caller heard nothing for `gapMs` in the middle of an answer.',
    fields: { gapMs: 'ms' },
    metrics: {
      glitchMs: {
        description: 'Glitches: how long the caller heard nothing in the middle of an answer.',
        value: 'gapMs',
        prometheus: seconds('playout_glitch_seconds', 'interruption'),
        cloudwatch: milliseconds('GlitchMs'),
      },
    },
  },
  audioDropped: {
    description: 'Audio was dropped on its way from (`in`) or to (`out`) the caller.',
    fields: { direction: ['in', 'out'], frames: 'number' },
    metrics: {
      audioDropped: {
        description: 'Audio frames dropped.',
        value: 'frames',
        prometheus: { type: 'counter', name: 'audio_frames_dropped_total', labels: { direction: 'direction' } },
      },
    },
  },
  clientMessageMalformed: {
    description: "A client's message was not understood.",
    fields: {},
    metrics: {
      clientMessagesMalformed: {
        description: "Clients' messages that were not understood.",
        prometheus: { type: 'counter', name: 'client_messages_malformed_total' },
      },
    },
  },
});
