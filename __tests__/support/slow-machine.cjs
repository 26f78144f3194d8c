/** Of a test's time, for which a thread that does nothing was kept waiting: calls in real time cannot stand more. */
const TOO_MUCH = 0.1;

/** Adds to a test's error that this machine was too slow, where it was: a fault is not what was found then. */
function remarkOn(error, stalledMs, lastedMs) {
  if (stalledMs < lastedMs * TOO_MUCH || typeof error?.stack !== 'string') return;
  const [stalled, lasted] = [stalledMs, lastedMs].map((ms) => (ms / 1_000).toFixed(1));
  const remark = `This machine was too slow: it kept a thread that does nothing waiting for ${stalled} s of ${lasted} s.`;
  const { stack, message } = error;
  error.message = `${message}\n${remark}`;
  error.stack = stack.replace(message, () => error.message);
}

module.exports = { remarkOn };
