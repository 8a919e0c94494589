import { der, oid, sequence, set } from '../media/der.js';
import type { KeyPair, KeyPairs } from '../media/key-pairs.js';
import { makeCertificate, trueKeyIdentifier, type MadeCertificate } from '../media/made-certificate.js';
import type { Recipient } from '../media/sealed-media.js';
import type { Random } from '../world/random.js';

/** A certificate in a contact center. */
export interface Bearer {
  readonly alias: string;
  readonly certificate: MadeCertificate;
  /** Every name under which an envelope may mean it, as a human would compare them. */
  readonly names: readonly string[];
}

const issuers = ['Recording CA', 'Call Center CA'] as const;

/**
 * Certificates as authorities without a plan issue them: two issuers, two serial numbers, identifiers copied from somebody
 * else's key, few aliases.
 */
export class Bearers {
  private readonly pairs: KeyPair[] = [];

  constructor(
    private readonly random: Random,
    private readonly fresh: KeyPairs,
  ) {}

  draw(alias: string): Bearer {
    const pair = this.fresh.take();
    this.pairs.push(pair);
    const name = this.random.pick(issuers);
    const serial = this.random.pick([1, 2]);
    const claimed = trueKeyIdentifier(this.random.chance(0.4) ? this.random.pick(this.pairs) : pair);
    const serialNumber = Buffer.from([serial]);
    const certificate = makeCertificate({ pair, name, serialNumber, keyIdentifier: claimed });
    const identifiers = [claimed, trueKeyIdentifier(pair)].map(identifier => identifier.toString('hex'));
    return { alias, certificate, names: [`${name} ${serial}`, ...new Set(identifiers)] };
  }

  unrivalled(alias: string): Bearer {
    const certificate = makeCertificate({ pair: this.fresh.take(), name: alias });
    return { alias, certificate, names: [alias] };
  }

  /** The very certificate and key of somebody else. */
  static copyOf({ certificate, names }: Bearer, alias: string): Bearer {
    return { alias, certificate, names };
  }

  /** A recipient for it, named in one of the ways in which recorders and archives do. */
  recipient({ certificate, names: [issuerAndSerial = ''] }: Bearer): Recipient {
    const by = this.random.pick(['issuer-and-serial', 'key-identifier'] as const);
    if (!this.random.chance(0.5)) return { certificate, by };
    const issuer = writtenAnew(issuerAndSerial.replace(/ \d+$/, ''));
    return { certificate: { ...certificate, issuer }, by };
  }
}

/** Certificates of the same contact center that envelopes cannot tell from this one, and that have another key. */
export const rivalsOf = (bearer: Bearer, others: readonly Bearer[]): Bearer[] =>
  others.filter(
    other =>
      other.certificate.pair !== bearer.certificate.pair && other.names.some(name => bearer.names.includes(name)),
  );

/** The Name as a library writes it that does not copy the bytes: other types of string, other case, another blank. */
function writtenAnew(commonName: string): Buffer {
  const attribute = (type: string, value: string): Buffer => set(sequence(oid(type), der(0x13, Buffer.from(value))));
  return sequence(
    attribute('2.5.4.6', 'us'),
    attribute('2.5.4.10', 'GENESYS'),
    attribute('2.5.4.3', ` ${commonName.toUpperCase().replace(' ', '  ')} `),
  );
}
