declare module 'snowball-stemmers' {
  interface Stemmer {
    stem(word: string): string;
  }
  interface Stemmers {
    readonly newStemmer: (language: string) => Stemmer;
  }
  /** Where the loader takes a module of CommonJS for one object. */
  const whole: Stemmers | undefined;
  export default whole;
  /** Where it takes it apart. */
  export const newStemmer: Stemmers['newStemmer'] | undefined;
}
