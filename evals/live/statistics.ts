/** A share, and between what it lies by 95 %. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Standard normal quantile of 97.5 %. */
const Z = 1.959964;

/** Wilson's score interval (E. B. Wilson, 1927): it holds for few runs and for all or none, too. */
export function wilson(passed: number, runs: number): Share {
  if (runs === 0) return { share: 0, low: 0, high: 1 };
  const share = passed / runs;
  const z2 = Z * Z;
  const centre = (share + z2 / (2 * runs)) / (1 + z2 / runs);
  const half = (Z * Math.sqrt((share * (1 - share)) / runs + z2 / (4 * runs * runs))) / (1 + z2 / runs);
  return { share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** pass^k, how likely all of k runs pass: C(passed, k) / C(runs, k), as in τ-bench. Undefined where there were fewer than k. */
export function passHatK(passed: number, runs: number, k: number): number | undefined {
  if (runs < k) return undefined;
  let product = 1;
  for (let i = 0; i < k; i += 1) product *= Math.max(0, passed - i) / (runs - i);
  return product;
}
