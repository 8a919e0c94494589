import { X509Certificate } from 'node:crypto';
import type { Answer } from '../world/answer.js';
import type { Message } from '../world/caller.js';
import type { Attack } from './attack.js';
import { keyManagerSecret } from './picture.js';
import type { Side } from './side.js';

/** Whatever of A's an answer may show: names by their beginning, everything else letter by letter. */
export class Markers {
  private readonly names: RegExp;
  private readonly texts: readonly string[];
  private readonly sent = new Set<string>();
  private readonly shared: ReadonlySet<string>;

  constructor({ a: side, collisions }: Attack) {
    this.shared = new Set(sharedNames(side, collisions).map(name => name.toLowerCase()));
    this.names = new RegExp(`${side.prefix}[\\w.-]*`, 'gi');
    this.texts = [
      side.hawk.authKey,
      side.keyPair.id,
      side.keyPair.publicKey.slice(40, 100),
      side.session,
      side.rewrap,
      side.archiveJob,
      side.keptArchive,
      Buffer.from(keyManagerSecret(side.prefix)).toString('base64'),
      ...side.certificates.flatMap(({ certificate: { der, keyIdentifier, serialNumber } }) => [
        der.subarray(240, 288).toString('base64').slice(4, 60),
        keyIdentifier.toString('hex'),
        serialNumber.toString('hex'),
        BigInt(`0x${serialNumber.toString('hex')}`).toString(),
      ]),
      ...[...side.recordings, ...side.seldomPlayed].map(({ leaf }) => leaf),
    ];
  }

  /** B has said this itself: where B reads of its own acts, it finds it again. */
  remember(asked: Message): void {
    for (const text of this.found(`${decodeURIComponent(asked.path)} ${JSON.stringify(asked.json ?? '')}`))
      this.sent.add(text.toLowerCase());
  }

  /** What the answer says of A that neither the question said already, nor things of B's own that are called alike. */
  in({ headers, body }: Pick<Answer, 'headers' | 'body'>, asked: Message): string[] {
    const question = `${decodeURIComponent(asked.path)}\n${JSON.stringify(asked.json ?? '')}`.toLowerCase();
    const ownActs = /^\/rcs\/(?:audit|archive-jobs)|\/request-log/.test(asked.path);
    return this.found(`${JSON.stringify(headers)}\n${body.toString('latin1')}`).filter(text => {
      const name = text.toLowerCase().replace(/[.-]+$/, '');
      return !question.includes(name) && !this.shared.has(name) && !(ownActs && this.sent.has(name));
    });
  }

  private found(text: string): string[] {
    return [...new Set([...(text.match(this.names) ?? []), ...this.texts.filter(marker => text.includes(marker))])];
  }
}

/** The day, in UTC. */
const beginOf = ({ certificate: { pem } }: Side['certificates'][number]): string =>
  new Date(new X509Certificate(pem).validFrom).toISOString().slice(0, 10);

/** What B calls as A does, as it may: whoever makes a certificate chooses its names. */
function sharedNames({ certificates, generatedKey, profile, hawk }: Side, collisions: Attack['collisions']): string[] {
  const [first, second] = certificates.map(({ certificate }) => certificate);
  const serials = [first!, second!].flatMap(({ serialNumber }) => {
    const digits = serialNumber.toString('hex');
    return [digits, BigInt(`0x${digits}`).toString()];
  });
  const aliases = collisions.map(({ body }) => (body as { alias: string }).alias);
  const issuers = certificates.slice(0, 2).map((_, index) => `wallA-issuer-${index + 1}`);
  const suggested = issuers.map((issuer, index) => `${issuer.toLowerCase()}-${beginOf(certificates[index]!)}`);
  return [
    ...aliases,
    ...issuers,
    ...suggested,
    ...serials,
    second!.keyIdentifier.toString('hex'),
    generatedKey,
    profile,
    hawk.id,
  ];
}
