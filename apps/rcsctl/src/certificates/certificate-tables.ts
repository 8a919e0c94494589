import { fieldText } from '../terminal/field-text.js';
import { textTable } from '../terminal/text-table.js';

/** The parts of the gateway's answers that tables show. */
export interface CertificateLine {
  readonly alias: string;
  readonly issuedTo: string;
  readonly issuedBy: string;
  readonly serialNumber: string;
  readonly expires: string;
  readonly deployedCount: number;
  /** Administrators see it. */
  readonly recordings?: number;
  readonly statusText: string;
  readonly keyDetails: { readonly size: number; readonly format?: string };
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
  return textTable(
    ['Alias', 'Issued To', 'Issued By', 'Serial No.', 'Expires', 'Key', 'Deployed', 'Recordings', 'Status'],
    certificates.map(one => [
      one.alias,
      one.issuedTo,
      one.issuedBy,
      one.serialNumber,
      one.expires.slice(0, 10),
      `RSA ${one.keyDetails.size}`,
      String(one.deployedCount),
      String(one.recordings ?? ''),
      one.statusText,
    ]),
  );
}

/** What is assigned to an IVR profile or to screens: the certificates as in the list of all. */
export function assignmentText({ certificates, ...rest }: Readonly<Record<string, unknown>>): string {
  const table = Array.isArray(certificates) ? certificateTable(certificates as CertificateLine[]) : '';
  return `${fieldText(rest)}\n\n${table}`.trimEnd();
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
