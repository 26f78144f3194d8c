import { z } from 'zod';
import { requireKey } from '../auth';
import type { HttpDependencies } from '../dependencies';
import { checkBody, readJson } from '../json-body';
import { limitStarts } from '../rate-limit';
import type { Routes } from '../route';
import { PHONE_CALLS_KEY } from '../../../contract/phone-variables';
import { BotError } from '../../errors';
import { recordRefusals } from '../start';

const MAX_BODY_BYTES = 8 * 1024;

const callBody = z.strictObject({
  to: z.string().max(32),
  from: z.string().max(32).optional(),
  agent: z.string().max(64).optional(),
  variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{8,64}$/;

/** Has the bot call somebody. Off without a key of its own. */
export function outgoingCallRoutes({ config, telemetry, phone, dialOut }: HttpDependencies): Routes {
  const outgoing = phone?.outgoing ?? dialOut;
  if (outgoing === undefined) return {};
  const guards = [
    limitStarts(config.access.startsPerMinute),
    requireKey((config.phone?.outbound ?? config.dialOut)?.key, PHONE_CALLS_KEY, 'closed'),
    ...readJson(MAX_BODY_BYTES),
  ];
  return {
    '/phone/calls': {
      POST: [
        ...guards,
        async (req, res) => {
          const key = req.get('idempotency-key');
          if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
            throw new BotError('bad_request', 'Idempotency-Key: 8 to 64 visible ASCII characters without a space.');
          }
          res.status(201).json(await outgoing.call(checkBody(callBody, req.body ?? {}), key));
        },
      ],
      onError: { POST: [recordRefusals(telemetry)] },
    },
  };
}
