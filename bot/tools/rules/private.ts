/**
 * A result, JSON text, without what stands under `paths`, such as `patient.phone`: in a list, under those of each item.
 * Of what is not an object itself, and so wrapped as `{"result": …}`, they begin inside.
 */
export function withoutPaths(json: string, paths: readonly string[]): string {
  if (paths.length === 0) return json;
  const result = JSON.parse(json) as { readonly result?: unknown };
  for (const path of paths) {
    remove(result, path.split('.'));
    remove(result.result, path.split('.'));
  }
  return JSON.stringify(result);
}

function remove(from: unknown, [key, ...rest]: readonly string[]): void {
  if (Array.isArray(from)) {
    for (const item of from) remove(item, key === undefined ? [] : [key, ...rest]);
    return;
  }
  if (typeof from !== 'object' || from === null || key === undefined || !Object.hasOwn(from, key)) return;
  if (rest.length === 0) Reflect.deleteProperty(from, key);
  else remove((from as Record<string, unknown>)[key], rest);
}
