/** What a look at a step finds. */
export type Looked =
  | { readonly is: 'done'; readonly text: string }
  /**
   * `text`: what is to be done, as the end of a sentence that begins with "would". `hasOlder`: something that was made
   * before stands there meanwhile, so that the steps after it can look.
   */
  | { readonly is: 'needed'; readonly text: string; readonly hasOlder?: boolean };

/** What doing a step came to. */
export interface Did {
  /** Whether anything is other than before. */
  readonly changed: boolean;
  readonly text: string;
}

/** A part of a deployment that can be repeated: what is done is asked of AWS and of the plan, and kept nowhere else. */
export interface Step<Id extends string = string> {
  readonly id: Id;
  /** The steps without which there is nothing to look at. */
  readonly after: readonly Id[];
  /** What it will do, where it cannot look yet. */
  readonly expects: string;
  /** Changes nothing. @throws OpsError; Interrupted */
  look(): Promise<Looked>;
  /** Only after a look that found it needed. @throws OpsError; Interrupted */
  act(): Promise<Did>;
}
