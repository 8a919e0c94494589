/** Columns as wide as their widest cell, two spaces between them. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map(cells => cells.map(visible));
  const widths = header.map((_, column) => Math.max(...lines.map(cells => (cells[column] ?? '').length)));
  return lines
    .map(cells =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names out of files may hold what a terminal would obey. */
function visible(cell: string): string {
  return cell.replace(/\p{C}/gu, '?');
}
