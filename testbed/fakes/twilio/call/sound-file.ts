import { decodeWav, resample } from '../../../speech';
import { RuleBroken } from '../errors';
import { fromMulaw, LINE_HZ } from '../line/mulaw';

const WAV_TYPES = ['audio/wav', 'audio/wave', 'audio/x-wav'];
const FORMAT_MULAW = 7;

/**
 * A sound file as `<Play>` takes it, as PCM16 at 8 kHz: WAV of PCM16 or µ-law, or bare µ-law as `audio/basic`. What Twilio
 * plays besides, compressed music, has no decoder here.
 * Source: https://www.twilio.com/docs/voice/twiml/play (supported audio file types)
 * @throws RuleBroken 12300
 */
export function readSound(type: string, bytes: Buffer): Int16Array {
  if (type === 'audio/basic') return fromMulaw(bytes);
  if (!WAV_TYPES.includes(type)) throw new RuleBroken(12300, `<Play> of ${type === '' ? 'no type' : type}`);
  try {
    const mulaw = mulawOf(bytes);
    if (mulaw !== undefined) return fromMulaw(mulaw);
    const { samples, rateHz } = decodeWav(bytes);
    return resample(samples, rateHz, LINE_HZ);
  } catch {
    throw new RuleBroken(12300, '<Play> of a WAV file that is neither PCM16 nor µ-law, mono');
  }
}

/** The samples of a WAV of µ-law at 8 kHz; undefined for any other. */
function mulawOf(bytes: Buffer): Buffer | undefined {
  let isMulaw = false;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (id === 'fmt ') isMulaw = bytes.readUInt16LE(at + 8) === FORMAT_MULAW && bytes.readUInt32LE(at + 12) === LINE_HZ;
    if (id === 'data' && isMulaw) return bytes.subarray(at + 8, at + 8 + size);
    at += 8 + size + (size % 2);
  }
  return undefined;
}
