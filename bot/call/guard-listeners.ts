/**
 * The same listeners, but what one of them throws goes to `onThrown` and not to whoever calls it: an exception in one
 * call ends that call and no other.
 */
export function guardListeners<T extends object>(
  listeners: T,
  onThrown: (error: unknown, listener: string) => void,
): T {
  const guarded = Object.entries(listeners).map(([name, listener]: [string, (...args: unknown[]) => void]) => [
    name,
    (...args: unknown[]): void => {
      try {
        listener(...args);
      } catch (error) {
        onThrown(error, name);
      }
    },
  ]);
  return Object.fromEntries(guarded) as T;
}
