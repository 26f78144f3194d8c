import { z } from 'zod';
import type { TransportName } from '../contract/transports';
import { matching } from './setting-values';

/* How callers of the page come in; a part of stacks/settings.ts. */

const DEPLOYED = ['daily', 'webrtc'] as const satisfies readonly TransportName[];

export const transport = z
  .enum(DEPLOYED)
  .default('daily')
  .describe(
    "How callers' audio comes in. `daily`: through Daily's rooms, from anywhere, for any number of tasks; it needs Daily's key. `webrtc`: straight from the page to one task with a public address, without Daily: trials.",
  );

export const webrtc = z.strictObject({
  stunServer: matching(/^stun:[a-z0-9.-]+:\d{1,5}$/, 'must be a STUN server such as "stun:stun.example.com:3478"')
    .default('stun:stun.l.google.com:19302')
    .describe('With transport "webrtc": who tells a task its public address.'),
});
