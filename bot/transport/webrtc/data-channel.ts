import { RTVI_LABEL } from '../../rtvi/messages';

/** The largest message taken from a client; also what our SDP allows it to send. Clients send a few hundred bytes. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
/** As many messages as Pipecat's own transport keeps for a channel that is not open yet. */
export const MAX_QUEUED_MESSAGES = 50;
/** A client that reads nothing must not make the process buffer without end. */
export const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

/** What a frame of the "chat" channel says. Source: small-webrtc-transport 1.10.8. */
export type Frame =
  | { readonly kind: 'ping' }
  /** The client muted (enabled false) or unmuted its microphone (0), camera (1) or screen (2). */
  | { readonly kind: 'track-status'; readonly receiverIndex: number; readonly enabled: boolean }
  /** An RTVI message, or at least an object that claims to be one. */
  | { readonly kind: 'message'; readonly message: unknown }
  | { readonly kind: 'refused'; readonly reason: string };

/** Signalling the bot sends. `renegotiate` makes the client offer anew, `peerLeft` makes it disconnect. */
export type SignallingType = 'renegotiate' | 'peerLeft';

export function signallingFrame(type: SignallingType): string {
  return JSON.stringify({ type: 'signalling', message: { type } });
}

/** Reads one frame. Never throws. */
export function parseFrame(data: string | Buffer | ArrayBuffer): Frame {
  if (typeof data !== 'string') return { kind: 'refused', reason: 'binary frame' };
  if (data.length > MAX_MESSAGE_BYTES || Buffer.byteLength(data) > MAX_MESSAGE_BYTES) {
    return { kind: 'refused', reason: 'frame too big' };
  }
  // Keep-alive is plain text, `ping: <epoch ms>`, hence looked for before anything is parsed.
  if (data.startsWith('ping')) return { kind: 'ping' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    return { kind: 'refused', reason: 'not JSON' };
  }
  if (isRecord(parsed) && parsed['type'] === 'signalling' && parsed['label'] !== RTVI_LABEL) return signalling(parsed);
  return { kind: 'message', message: parsed };
}

function signalling(parsed: Record<string, unknown>): Frame {
  const message = parsed['message'];
  if (!isRecord(message) || message['type'] !== 'trackStatus') return { kind: 'refused', reason: 'unknown signalling' };
  const { receiver_index: receiverIndex, enabled } = message;
  if (typeof receiverIndex !== 'number' || typeof enabled !== 'boolean') {
    return { kind: 'refused', reason: 'trackStatus not as documented' };
  }
  return { kind: 'track-status', receiverIndex, enabled };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
