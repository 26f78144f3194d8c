import { mulaw } from 'alawmulaw';

/** One 20 ms frame of a line at 8 kHz, in samples and in bytes of µ-law. */
export const FRAME_SAMPLES = 160;
export const LINE_HZ = 8_000;

/** By alawmulaw, which is not ours: what the bot's own tables are judged by. */
export const toMulaw = (pcm: Int16Array): Uint8Array => mulaw.encode(pcm);
export const fromMulaw = (bytes: Uint8Array): Int16Array => mulaw.decode(bytes);
