/** A Markdown table; the first row is its head. Cells are escaped, alignment is the formatter's business. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll(/[|*]/g, '\\$&')));
  const [head = [], ...body] = escaped;
  return line(head) + line(head.map(() => '---')) + body.map(line).join('');
}
