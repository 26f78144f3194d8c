import { z } from 'zod';
import type { FromPage } from './control';

const word = z.string().max(256);
const member = z.object({ id: word, userId: word, muted: z.boolean() });

const fromPage: z.ZodType<FromPage> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('joined'), members: z.array(member) }),
  z.object({ kind: z.literal(['member-joined', 'member-updated', 'member-left']), member }),
  z.object({ kind: z.literal('message'), from: word, data: z.unknown() }),
  z.object({ kind: z.literal(['dial-in-ready', 'dial-in-failed', 'dial-out-answered', 'dial-out-failed']) }),
  z.object({ kind: z.literal(['dial-in-stopped', 'dial-out-stopped']), sessionId: word }),
  z.object({ kind: z.literal('key'), from: word, tone: z.string().regex(/^[0-9*#A-D]$/) }),
  z.object({ kind: z.literal('transfer-refused') }),
  z.object({ kind: z.literal('message-refused') }),
  z.object({ kind: z.literal('over'), stage: z.literal(['load', 'join', 'call']), type: word }),
  z.object({
    kind: z.literal('repaired'),
    what: z.literal([
      'element-failed',
      'element-paused',
      'silent-zeros',
      'context-suspended',
      'worklet-failed',
      'bot-was-muted',
      'not-subscribed',
    ]),
  }),
  z.object({ kind: z.literal('pong'), n: z.number(), audible: z.boolean() }),
]);

/**
 * Undefined for what is not JSON or no message of this protocol. A page is not trusted: it runs Daily's code, and hears
 * from whoever is in the room.
 */
export function parseFromPage(text: string): FromPage | undefined {
  try {
    return fromPage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
