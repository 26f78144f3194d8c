import { z } from 'zod';

/*
 * What the ECS agent answers about task protection, as its handlers write it
 * (github.com/aws/amazon-ecs-agent, ecs-agent/tmds/handlers/taskprotection/v1): a state, a refusal of ECS with HTTP 200,
 * or an error with another status.
 */
const state = z.object({
  protection: z.object({
    ProtectionEnabled: z.boolean(),
    ExpirationDate: z.string().nullish(),
    TaskArn: z.string(),
  }),
});
const failure = z.object({ failure: z.object({ Reason: z.string(), Detail: z.string().nullish() }) });
const error = z.object({ error: z.object({ Code: z.string(), Message: z.string().nullish() }) });

/** `why` is a reason of ECS's (`DEPLOYMENT_BLOCKED`, `ThrottlingException`, …) or a word of ours. */
export type ProtectionReply =
  { readonly kind: 'state'; readonly protected: boolean } | { readonly kind: 'refused'; readonly why: string };

/** A reason fit for a label: anything else the agent says could be a sentence. */
const WORD = /^[A-Za-z_]{1,64}$/;

export function readProtectionReply(status: number, body: unknown): ProtectionReply {
  const told = state.safeParse(body).data;
  if (status === 200 && told !== undefined) return { kind: 'state', protected: told.protection.ProtectionEnabled };
  const reason = failure.safeParse(body).data?.failure.Reason ?? error.safeParse(body).data?.error.Code;
  if (reason === undefined) return { kind: 'refused', why: status === 200 ? 'unreadable' : `http_${status}` };
  return { kind: 'refused', why: WORD.test(reason) ? reason : 'other' };
}
