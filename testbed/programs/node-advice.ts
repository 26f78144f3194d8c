/** The oldest Node that its makers and AWS still look after. Source: https://github.com/nodejs/release#release-schedule */
const ADVISED_MAJOR = 22;

/** A line for whoever runs an older Node than is looked after; undefined for everybody else. */
export function nodeAdvice(version: string = process.versions.node): string | undefined {
  const major = Number(version.split('.')[0]);
  if (major >= ADVISED_MAJOR) return undefined;
  return `Advice: Node ${major} gets no more fixes; this works on it, and Node ${ADVISED_MAJOR} or newer is better.`;
}
