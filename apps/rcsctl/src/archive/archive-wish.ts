import { readFileSync } from 'node:fs';
import { CertificateError, parseCertificatePem } from '#certificates';
import { ConfigurationError, readOptionFile } from '#platform';

/** Options of `rcsctl archive create` that say which recordings. */
export interface SelectionOptions {
  readonly recording?: readonly string[];
  readonly list?: string;
  readonly from?: string;
  readonly until?: string;
  readonly caller?: string;
  readonly dialed?: string;
  readonly agent?: string;
  readonly olderThanDays?: number;
  readonly newerThanDays?: number;
}

/** The part of the request that says which recordings. @throws ConfigurationError unless it is said in one way */
export function selectionOf(options: SelectionOptions): object {
  const recordings = [...(options.recording ?? []), ...(options.list === undefined ? [] : idsInFile(options.list))];
  const search = withoutUndefined({
    startTime: options.from,
    endTime: options.until,
    callerPhoneNumber: options.caller,
    dialedPhoneNumber: options.dialed,
    userName: options.agent,
  });
  const age = withoutUndefined({ minimumDays: options.olderThanDays, maximumDays: options.newerThanDays });
  const ways = [
    ...(recordings.length > 0 ? [{ recordings }] : []),
    ...(Object.keys(search).length > 0 ? [{ search }] : []),
    ...(Object.keys(age).length > 0 ? [{ age }] : []),
  ];
  const [way] = ways;
  if (way !== undefined && ways.length === 1) return way;
  throw new ConfigurationError(
    'say which recordings in one way: --recording or --list, or --from, --until, --caller, --dialed and --agent, or --older-than-days and --newer-than-days',
  );
}

/** Options of `rcsctl archive create` and `daily` that say whom the media are for. */
export interface RecipientOptions {
  readonly encryptPlainFor?: string;
  /** File of a certificate, PEM. */
  readonly recipient?: string;
  readonly plainMedia?: string;
}

/** The part of the request that says whom the media are for. @throws ConfigurationError for what says two things */
export function recipientsOf({ encryptPlainFor, recipient, plainMedia }: RecipientOptions): object {
  if (recipient === undefined) {
    if (plainMedia !== undefined) throw new ConfigurationError('--plain-media is for archives with --recipient');
    return withoutUndefined({ encryptPlainFor });
  }
  if (encryptPlainFor !== undefined)
    throw new ConfigurationError('give --recipient or --encrypt-plain-for; with --recipient, --plain-media encrypt');
  return withoutUndefined({ recipientCertificate: certificateIn(recipient), plainMedia });
}

/** Of what may be in the file besides, as a private key, nothing is sent. */
function certificateIn(file: string): string {
  const pem = readOptionFile('--recipient', file).toString('utf8');
  try {
    return parseCertificatePem(pem)[0].pem;
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new ConfigurationError(`option --recipient: ${file}: ${error.message}`);
  }
}

/** One id a line. */
export const idsInFile = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'));

const withoutUndefined = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const dayMs = 24 * 60 * 60_000;

/** The days from one to the other, both included, in UTC: `yyyy-MM-dd`. @throws ConfigurationError for what is no day */
export function daysBetween(first: string, last: string): string[] {
  const [from, to] = [first, last].map(day => {
    const time = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
    if (Number.isNaN(time)) throw new ConfigurationError(`${JSON.stringify(day)} is no day: write it like 2026-11-28`);
    return time;
  }) as [number, number];
  const days: string[] = [];
  for (let time = from; time <= to; time += dayMs) days.push(new Date(time).toISOString().slice(0, 10));
  return days;
}

/** All recordings that began on this day, UTC. */
export const searchOfDay = (day: string): object => ({
  search: {
    startTime: `${day}T00:00:00Z`,
    endTime: new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString(),
  },
});
