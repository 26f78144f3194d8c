/** The language of a BCP 47 tag without script and region: `en` of `en-GB`. */
export const primaryLanguage = (tag: string): string => tag.split('-')[0]?.toLowerCase() ?? '';
