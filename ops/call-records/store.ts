/** What came of removing things. */
export interface Removal {
  /** Objects, each version of one counted. */
  readonly removed: number;
  /** What could not be removed, and why. */
  readonly refused: readonly { readonly key: string; readonly why: string }[];
}

/** Where records of calls are kept. Keys are those of contract/call-record. */
export interface RecordStore {
  /** As an operator knows it. */
  readonly name: string;
  /** Every key that begins so, in order, what only old versions are left of included. @throws OpsError */
  keys(prefix: string): Promise<readonly string[]>;
  /** Undefined where there is no such object. @throws OpsError */
  read(key: string): Promise<Buffer | undefined>;
  /** Removes every version of each. @throws OpsError where nothing can be asked */
  remove(keys: readonly string[]): Promise<Removal>;
}
