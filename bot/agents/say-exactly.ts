/** An order: Nova answers anything else instead of saying it. @param words one sentence or more, as they are to be heard */
export const sayExactly = (words: string): string =>
  `Say exactly: "${words.replaceAll('"', "'")}" Then wait for the caller.`;
