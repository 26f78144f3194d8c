import type { SonicLimits } from '../../../../../bot/sonic/limits';
import type { OutputEvent } from '../../../../../bot/sonic/protocol/parse-output';
import type { FakeModelStream } from '../../../../support/fake-model-streams';
import { announced, at, hear, said, setUpOpen } from './conversation-setup';

/** Sound of the bot's; without `stopReason` its block stays open. */
export const audio = (ms: number, stopReason?: string): OutputEvent[] => [
  { kind: 'block-start', ...at, type: 'AUDIO', role: 'ASSISTANT', stage: 'final' },
  { kind: 'audio', ...at, base64: Buffer.alloc(ms * 48).toString('base64') },
  ...(stopReason === undefined ? [] : [{ kind: 'block-end', ...at, type: 'AUDIO', stopReason } as const]),
];
export const exchange = (question: string, answer: string): OutputEvent[] => [
  ...said('USER', question),
  ...announced(answer),
  ...audio(1_000, 'END_TURN'),
];

export const hasBegun = (stream: FakeModelStream): boolean => stream.sent.some(({ body }) => body['type'] === 'AUDIO');

/** A conversation with a stream that is up; `jitter` 0 rotates at six minutes sharp. */
export async function setUpRotation(jitter = 0, limits: Partial<SonicLimits> = { rotateQuietMs: Infinity }) {
  const all = await setUpOpen(limits, jitter);
  const say = (ms: number, amplitude?: number): void => hear(all.session, all.clock, ms, amplitude);
  /** As people do: with short pauses between words. */
  const talk = (ms: number): void => {
    for (let done = 0; done < ms; done += 1_000) {
      say(700);
      say(300, 0);
    }
  };
  return { ...all, say, talk, first: all.opener.latest };
}
