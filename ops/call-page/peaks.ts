/** The loudest sample, from 0 to 1, in each of `columns` equal parts. */
export function peaks(line: Int16Array, columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * line.length) / columns);
    const to = Math.floor(((column + 1) * line.length) / columns);
    let peak = 0;
    for (let i = from; i < to; i += 1) peak = Math.max(peak, Math.abs(line[i] ?? 0));
    return peak / 32_768;
  });
}
