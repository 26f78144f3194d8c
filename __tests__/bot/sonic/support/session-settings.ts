import type { SonicLimits } from '../../../../bot/sonic/limits';
import type { SessionOptions } from '../../../../bot/sonic/speech-model';
import { DEFAULT_MODEL_ID } from '../../../../contract/models';

export const MODEL_ID = DEFAULT_MODEL_ID;
export const REGION = 'eu-north-1';

/** Waits that a test need not sit out, and that a busy machine keeps all the same. */
export const QUICK_LIMITS: Partial<SonicLimits> = {
  openDeadlineMs: 15_000,
  attemptTimeoutMs: 4_000,
  quietAcceptMs: 10_000,
  firstEventMs: 5_000,
  stuckTurnMs: 5_000,
  reconnectDelayMs: 20,
  closeGraceMs: 500,
};

/** Where a machine that is late must not look like a service that is: nothing here is to run out. */
export const PATIENT_LIMITS: Partial<SonicLimits> = {
  openDeadlineMs: 60_000,
  attemptTimeoutMs: 60_000,
  quietAcceptMs: 60_000,
  maxAudioAgeMs: 60_000,
  stalledAfterMs: 60_000,
  repeatTextMs: 60_000,
  firstEventMs: 60_000,
  stuckTurnMs: 60_000,
  starvedMs: 60_000,
  deafAfterMs: 60_000,
  provenDeafAfterMs: 60_000,
  closeGraceMs: 60_000,
};

export const SESSION: SessionOptions = {
  callId: 'call-1',
  systemPrompt: 'You are a kind voice agent.',
  voiceId: 'matthew',
  tools: [
    {
      name: 'get_time',
      description: 'Says the time in a place.',
      inputSchema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
    },
  ],
  endpointingSensitivity: 'HIGH',
};
