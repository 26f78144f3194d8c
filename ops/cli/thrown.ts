/** The parts of a thrown value that are read. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  /** Node's and the operating system's name of the failure, such as `ENOENT`. */
  readonly code: string;
  readonly cause: unknown;
}

/**
 * Reads anything thrown. By its shape and not with `instanceof`, because errors of Node's own modules may be of another
 * realm than this code (as they are under jest, and in worker threads).
 */
export function readThrown(thrown: unknown): Thrown {
  const object: object = typeof thrown === 'object' && thrown !== null ? thrown : {};
  const text = (key: string): string => {
    const value: unknown = Reflect.get(object, key);
    return typeof value === 'string' ? value : '';
  };
  return { name: text('name'), message: text('message'), code: text('code'), cause: Reflect.get(object, 'cause') };
}
