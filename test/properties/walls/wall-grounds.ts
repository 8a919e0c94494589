import { KeyPairs } from '../media/key-pairs.js';
import { makeCertificate, type CertificateWishes } from '../media/made-certificate.js';
import type { PropertyCluster } from '../world/property-cluster.js';
import type { Random } from '../world/random.js';
import type { Attack, Collision } from './attack.js';
import { Markers } from './markers.js';
import { Picture } from './picture.js';
import { buildSide, type Side } from './side.js';

/** Of A and of B. */
export const contactCenterIds = ['walla-contact-center', 'wallb-contact-center'] as const;

/** Two contact centers of one server, what B has to attack A with, and what A sees meanwhile. */
export class WallGrounds {
  private constructor(
    readonly attack: Attack,
    readonly picture: Picture,
    readonly markers: Markers,
  ) {}

  /** @param seldomPlayed recordings of A that no worker remembers */
  static async build(cluster: PropertyCluster, random: Random, seldomPlayed: number): Promise<WallGrounds> {
    const pairs = await KeyPairs.make(8);
    const [ofA, ofB] = await cluster.addContactCenters(contactCenterIds, id => id);
    const side = (prefix: string, contactCenter: typeof ofA, seldom: number): Promise<Side> =>
      buildSide({ prefix, cluster, contactCenter: contactCenter!, pairs, random: random.fork(), seldomPlayed: seldom });
    const [a, b] = await Promise.all([side('wallA', ofA, seldomPlayed), side('wallB', ofB, 0)]);
    const attack = { a, b, collisions: await collisions(a, b, pairs) };
    await a.contactCenter.indexed(a.admin);
    const picture = new Picture(a, random.fork(), Object.values(cluster.ready.management).flat());
    return new WallGrounds(attack, picture, new Markers(attack));
  }

  async close(): Promise<void> {
    await Promise.all([this.attack.a.genesys.close(), this.attack.b.genesys.close()]);
  }
}

/** Certificates of B's own making that are called like those of A: everybody sees these names in every envelope. */
async function collisions(a: Side, b: Side, pairs: KeyPairs): Promise<Collision[]> {
  const [first, second] = a.certificates.map(({ certificate }) => certificate);
  const { issuer, serialNumber } = first!;
  const { keyIdentifier } = second!;
  const own = (name: string, alias: string, wishes: Partial<CertificateWishes>) => ({ name, alias, wishes });
  const drafts = [
    own("A's issuer and serial number", 'wallB-same-issuer', { issuer, serialNumber }),
    own("A's key identifier", 'wallB-same-key-identifier', { keyIdentifier }),
    own("A's alias", a.certificates[0]!.alias, {}),
    own("all of A's names", a.certificates[1]!.alias, {
      issuer: second!.issuer,
      serialNumber: second!.serialNumber,
      keyIdentifier,
    }),
  ];
  const made = drafts.map(({ name, alias, wishes }) => {
    return { name, alias, certificate: makeCertificate({ pair: pairs.take(), name: 'wallB', ...wishes }) };
  });
  // The certificate of A itself, with a key of B's.
  made.push({ name: "A's certificate", alias: 'wallB-stolen', certificate: { ...first!, pair: pairs.take() } });
  return Promise.all(
    made.map(async ({ name, alias, certificate }) => ({
      name,
      certificate,
      body: await b.contactCenter.uploadBody(b.admin, alias, certificate),
    })),
  );
}
