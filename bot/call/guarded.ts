/** The same listeners, but an exception in one of them is told with its name instead of reaching whoever calls it. */
export function guarded<T extends object>(onError: (error: unknown, listener: string) => void, listeners: T): T {
  const entries = Object.entries(listeners).map(([name, listener]: [string, (...args: unknown[]) => void]) => [
    name,
    (...args: unknown[]): void => {
      try {
        listener(...args);
      } catch (error) {
        onError(error, name);
      }
    },
  ]);
  return Object.fromEntries(entries) as T;
}
