/**
 * Lines of columns two spaces apart, as wide as their widest cell; nothing pads the last one.
 * @param right - the columns, from 0, that are set flush right, as numbers are.
 * @param style - applied to a cell after it was padded, so that codes for colours do not count as width.
 */
export function alignedTable(
  rows: readonly (readonly string[])[],
  {
    right = [],
    style = (cell) => cell,
  }: { readonly right?: readonly number[]; readonly style?: (cell: string, column: number, row: number) => string } = {},
): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, width(cell));
  return rows.map((row, index) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - width(cell));
        const padded = right.includes(column) ? padding + cell : column === row.length - 1 ? cell : cell + padding;
        return style(padded, column, index);
      })
      .join('  '),
  );
}

/** In Unicode code points; wide characters are not measured. */
function width(text: string): number {
  return Array.from(text).length;
}
