/** What a request says; what is undefined is left out. */
export type Body = string | number | boolean | undefined | readonly Body[] | { readonly [name: string]: Body };
