/** The value below which `share` (0–1) of the values lie, or undefined when there is none. */
export function percentile(values: readonly number[], share: number): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];
}

export function median(values: readonly number[]): number | undefined {
  return percentile(values, 0.5);
}

export function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}
