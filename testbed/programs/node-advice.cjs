/* A line for whoever runs an older Node than is looked after: plain JavaScript, for what runs before anything is built. */

/** The oldest Node that is tested in full. Source of what gets fixes: https://github.com/nodejs/release#release-schedule */
const ADVISED = [22, 14];

/** The line; undefined for everybody else. */
function nodeAdvice(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > ADVISED[0] || (major === ADVISED[0] && minor >= ADVISED[1])) return undefined;
  return `Advice: Node ${major}.${minor} gets no more fixes; this works on it, and Node ${ADVISED.join('.')} or newer is better.`;
}

module.exports = { nodeAdvice };
