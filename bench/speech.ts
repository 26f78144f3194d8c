/** Text that the sandbox's tone voice needs at least `ms` to say: 60 ms a character, in sentences. */
export function textLasting(ms: number): string {
  const sentence = 'This sentence is here to be spoken for a while. ';
  return `Say exactly: "${sentence.repeat(Math.ceil(ms / (sentence.length * 60))).trim()}"`;
}
