/** Frame lengths by configuration number (RFC 6716, 3.1): SILK, hybrid, CELT. */
const SILK_FRAME_MS = [10, 20, 40, 60];
const HYBRID_FRAME_MS = [10, 20];
const CELT_FRAME_MS = [2.5, 5, 10, 20];
const FIRST_HYBRID = 12;
const FIRST_CELT = 16;
/** No packet is longer (RFC 6716, 3.2.5). */
const MAX_PACKET_MS = 120;

/** How much sound an Opus packet says it holds, in ms, 120 at most; 0 for none. Only its first bytes are looked at. */
export function opusPacketMs(payload: Uint8Array): number {
  const toc = payload[0];
  if (toc === undefined) return 0;
  return Math.min(MAX_PACKET_MS, frameMs(toc >> 3) * frameCount(toc & 3, payload[1] ?? 0));
}

function frameMs(config: number): number {
  if (config < FIRST_HYBRID) return SILK_FRAME_MS[config & 3] ?? 0;
  if (config < FIRST_CELT) return HYBRID_FRAME_MS[config & 1] ?? 0;
  return CELT_FRAME_MS[config & 3] ?? 0;
}

/** Codes 0 to 2 are one frame, two alike and two of their own sizes; with 3 the next byte holds the number. */
function frameCount(code: number, next: number): number {
  if (code === 3) return next & 0x3f;
  return code === 0 ? 1 : 2;
}
