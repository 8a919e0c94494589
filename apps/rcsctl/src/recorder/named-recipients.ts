import { readFileSync } from 'node:fs';
import type { GatewayClient } from '../gateway-client/gateway-client.js';
import type { RecordingLayout } from './encrypt-recording.js';

/** Options that say whom a recording is encrypted for. */
export interface RecipientOptions {
  readonly certificate: readonly string[];
  readonly ivrProfile?: string;
  readonly ivrProfileDbid?: string;
  readonly screenRecording?: boolean;
  readonly layout: RecordingLayout;
}

/** Those that are named, and those that are assigned to the profile: the gateway answers none unless all are valid. */
export async function recipientsNamed(
  gateway: GatewayClient,
  contactCenter: string,
  options: RecipientOptions,
): Promise<{ alias: string; pem: string }[]> {
  const named = options.certificate.map(certificateOf);
  if (!isAssigned(options)) return named;
  const query = recipientQuery(options);
  const path = `/rcs/contact-centers/${encodeURIComponent(contactCenter)}/recipients?${query}`;
  const { certificates } = (await gateway.call('GET', path)) as {
    certificates: { alias: string; certificate: string }[];
  };
  if (certificates.length === 0 && named.length === 0 && options.layout !== 'plain') {
    throw new Error(`nothing is assigned to ${nameOf(options)}: record unencrypted with --layout plain`);
  }
  return [...named, ...certificates.map(({ alias, certificate }) => ({ alias, pem: certificate }))];
}

function certificateOf(text: string): { alias: string; pem: string } {
  const equals = text.indexOf('=');
  if (equals < 1) throw new Error(`--certificate ${text}: write alias=file`);
  return { alias: text.slice(0, equals), pem: readFileSync(text.slice(equals + 1), 'utf8') };
}

type Target = Pick<RecipientOptions, 'ivrProfile' | 'ivrProfileDbid' | 'screenRecording'>;

export const isAssigned = (options: Target): boolean => targetsOf(options).length > 0;

/** How a gateway is asked whom to encrypt for. @throws Error where several are named. */
export function recipientQuery(options: Target): string {
  const [query, ...others] = targetsOf(options);
  if (query !== undefined && others.length === 0) return query;
  throw new Error('name the one that is encrypted for: --ivr-profile, --ivr-profile-dbid or --screen-recording');
}

const targetsOf = ({ ivrProfile, ivrProfileDbid, screenRecording }: Target): string[] => [
  ...(ivrProfile === undefined ? [] : [`ivrProfile=${encodeURIComponent(ivrProfile)}`]),
  ...(ivrProfileDbid === undefined ? [] : [`ivrProfileDbid=${encodeURIComponent(ivrProfileDbid)}`]),
  ...(screenRecording === true ? ['screenRecording=true'] : []),
];

const nameOf = ({ ivrProfile, ivrProfileDbid }: Target): string =>
  ivrProfile ?? (ivrProfileDbid === undefined ? 'screen recordings' : `the IVR profile ${ivrProfileDbid}`);
