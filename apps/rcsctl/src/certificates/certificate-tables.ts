/** The parts of the gateway's answers that tables show. */
export interface CertificateLine {
  readonly alias: string;
  readonly issuedTo: string;
  readonly issuedBy: string;
  readonly serialNumber: string;
  readonly expires: string;
  readonly deployedCount: number;
  readonly recordings: number;
  readonly statusText: string;
  readonly keyDetails: { readonly size: number; readonly format: string };
}

export interface RewrapLine {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly mode: string;
  readonly state: string;
  readonly percent: number;
  readonly processed: number;
  readonly counts: Readonly<Record<'total' | 'rewrapped' | 'unchanged' | 'notRewrappable' | 'failed', number>>;
  readonly waiting?: string;
  readonly notes: readonly string[];
}

export function certificateTable(certificates: readonly CertificateLine[]): string {
  return table(
    ['Alias', 'Issued To', 'Issued By', 'Serial No.', 'Expires', 'Key', 'Deployed', 'Recordings', 'Status'],
    certificates.map(one => [
      one.alias,
      one.issuedTo,
      one.issuedBy,
      one.serialNumber,
      one.expires.slice(0, 10),
      `RSA ${one.keyDetails.size}`,
      String(one.deployedCount),
      String(one.recordings),
      one.statusText,
    ]),
  );
}

export function rewrapText(run: RewrapLine): string {
  const { total, rewrapped, unchanged, notRewrappable, failed } = run.counts;
  return [
    `${run.id}: ${run.from} -> ${run.to} (${run.mode}), ${run.state}, ${run.percent} %`,
    `  ${run.processed} of ${total}: ${rewrapped} rewrapped, ${unchanged} as wanted already, ` +
      `${notRewrappable} not rewrappable, ${failed} failed`,
    ...(run.waiting === undefined ? [] : [`  waits: ${run.waiting}`]),
    ...run.notes.map(note => `  ${note}`),
  ].join('\n');
}

/** Names and values, one to a line. */
export function fields(values: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${fieldText(value)}`).join('\n');
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return value.trimEnd();
  return JSON.stringify(value);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map(row => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)].join('\n');
}
