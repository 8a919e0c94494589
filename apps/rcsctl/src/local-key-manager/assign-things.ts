import type { GatewayClient } from '../gateway-client/gateway-client.js';

/** A credential or a key pair as the gateway lists it. */
interface Owned {
  readonly id: string;
  /** Absent for one that belongs to none. */
  readonly contactCenter?: string;
}

export interface ListedThings {
  readonly credentials: readonly Owned[];
  readonly keyPairs: readonly Owned[];
}

interface Ids {
  readonly credentials: readonly string[];
  readonly keyPairs: readonly string[];
}

type Outcome = Ids & { readonly refused: Ids };

const base = '/rcs/local-key-manager';

/** What the local key manager has, as far as the user may see it. */
export async function listedThings(gateway: GatewayClient): Promise<ListedThings> {
  const { credentials } = (await gateway.call('GET', `${base}/credentials`)) as Pick<ListedThings, 'credentials'>;
  const { keyPairs } = (await gateway.call('GET', `${base}/key-pairs`)) as Pick<ListedThings, 'keyPairs'>;
  return { credentials, keyPairs };
}

/** Whose everything is, for people. */
export function ownersText({ credentials, keyPairs }: ListedThings): string {
  const line =
    (what: string) =>
    ({ id, contactCenter }: Owned): string =>
      `${what} ${id}: ${contactCenter ?? 'of no contact center'}`;
  return [...credentials.map(line('credential')), ...keyPairs.map(line('key pair'))].join('\n') || 'nothing';
}

/** Gives a contact center what belongs to none. `complete`: nothing that was named is left. */
export async function assignThings(
  gateway: GatewayClient,
  job: {
    readonly contactCenter: string;
    readonly credentials: readonly string[] | undefined;
    readonly keyPairs: readonly string[] | undefined;
  },
): Promise<{ readonly outcome: Outcome; readonly text: string; readonly complete: boolean }> {
  const outcome = (await gateway.call('POST', `${base}/assignments`, job)) as Outcome;
  const { refused } = outcome;
  const lines = (ids: Ids, text: string): string[] => [
    ...ids.credentials.map(id => `credential ${id}: ${text}`),
    ...ids.keyPairs.map(id => `key pair ${id}: ${text}`),
  ];
  const text = [
    ...lines(outcome, `belongs to ${job.contactCenter} now`),
    ...lines(
      refused,
      `left as it was: it is not among what belongs to none, or ${job.contactCenter} has the id already`,
    ),
  ].join('\n');
  return {
    outcome,
    text: text === '' ? 'everything belongs to a contact center already' : text,
    complete: refused.credentials.length + refused.keyPairs.length === 0,
  };
}
