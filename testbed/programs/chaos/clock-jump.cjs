/* Loaded into the bot before anything else: the wall clock jumps by two minutes with each SIGUSR2. */
const JUMP_MS = 120_000;
const RealDate = Date;
let offsetMs = 0;

class JumpingDate extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + offsetMs;
  }
}

globalThis.Date = JumpingDate;
process.on('SIGUSR2', () => (offsetMs += JUMP_MS));
