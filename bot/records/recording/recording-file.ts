import { MODEL_INPUT_HZ, MODEL_OUTPUT_HZ, OggWriter, OPUS_HZ, opusHeaders, rms } from '../../audio';
import { FRAME_MS, SideEncoder } from './side-encoder';
import { twoStreams } from './two-streams';

const PACKET_SAMPLES = (FRAME_MS * OPUS_HZ) / 1000;
/** A page a second: so much of a file is missing whose writer was killed. */
const PACKETS_A_PAGE = 1000 / FRAME_MS;
/** One stream a file, so that any number will do. */
const SERIAL = 1;

/** Both sides together never take more than 30 kbit/s: 14 MB an hour. Who speaks alone has most of it. */
const ALONE = 24_000;
const TOGETHER = 15_000;
/** Of a caller's room, while the bot speaks. */
const BACKGROUND = 6_000;
const BACKGROUND_RMS = 0.01;

/** One side of the call. */
interface Side {
  /** The next frame. Returns whether there is any sound in it. */
  take(frame: Int16Array): boolean;
}

/**
 * One Ogg Opus file (RFC 7845) in pieces: the caller left and the bot right, each a stream of its own. What has been given
 * out is a file that plays. What it costs is in docs/performance.md.
 */
export class RecordingFile {
  /** What the file begins with. */
  readonly head: Buffer;
  readonly #caller: SideEncoder;
  readonly #bot: SideEncoder;
  readonly #caller16k: Int16Array;
  readonly #bot24k: Int16Array;
  readonly #ogg: OggWriter;
  readonly #preSkip: number;
  #packets = 0;

  private constructor(caller: SideEncoder, bot: SideEncoder) {
    this.#caller = caller;
    this.#bot = bot;
    this.#caller16k = new Int16Array(caller.frameSamples);
    this.#bot24k = new Int16Array(bot.frameSamples);
    this.#preSkip = (bot.lookaheadMs * OPUS_HZ) / 1000;
    const headers = opusHeaders({ channels: 2, isSeparate: true, preSkip: this.#preSkip, rateHz: MODEL_OUTPUT_HZ });
    this.#ogg = new OggWriter(SERIAL, headers, PACKETS_A_PAGE);
    this.head = this.#ogg.head;
  }

  /** @throws when there is no encoder to be had */
  static async begin(): Promise<RecordingFile> {
    return new RecordingFile(await SideEncoder.create(MODEL_INPUT_HZ), await SideEncoder.create(MODEL_OUTPUT_HZ));
  }

  /** Takes the next 20 ms of both sides. Returns what the file goes on with: a page, or mostly nothing. */
  frame(caller: Side, bot: Side): Buffer {
    const isCaller = caller.take(this.#caller16k);
    const isBot = bot.take(this.#bot24k);
    this.#packets += 1;
    return this.#push(isCaller, isBot, this.#packets * PACKET_SAMPLES);
  }

  /** The end of the file; to be called once, and nothing after it. */
  end(): Buffer {
    this.#caller16k.fill(0);
    this.#bot24k.fill(0);
    // What the encoders still hold comes with one more frame, most of which is not to be heard.
    const page = this.#push(false, false, this.#packets * PACKET_SAMPLES + this.#preSkip);
    this.#caller.free();
    this.#bot.free();
    return Buffer.concat([page, this.#ogg.end()]);
  }

  #push(isCaller: boolean, isBot: boolean, samples: number): Buffer {
    const isTalk = isCaller && isBot && rms(this.#caller16k) >= BACKGROUND_RMS;
    const callerRate = isTalk ? TOGETHER : isBot ? BACKGROUND : ALONE;
    const left = isCaller
      ? this.#caller.encode(this.#caller16k, callerRate)
      : this.#caller.encodeSilence(this.#caller16k);
    const right = isBot
      ? this.#bot.encode(this.#bot24k, isTalk ? TOGETHER : ALONE)
      : this.#bot.encodeSilence(this.#bot24k);
    return this.#ogg.push({ bytes: twoStreams(left, right), samples });
  }
}
