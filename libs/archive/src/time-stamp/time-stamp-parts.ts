import { ContentInfo, SignerInfo } from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';
import { PKIStatus, TimeStampResp, TSTInfo } from '@peculiar/asn1-tsp';
import { readDerElements, type DerElement } from '#asn1';
import { TimeStampRefused } from './time-stamp-refused.js';

const signedDataOid = '1.2.840.113549.1.7.2';
/** id-ct-TSTInfo, encoded. */
export const encodedTstInfo = Buffer.from('060b2a864886f70d0109100104', 'hex');
const tags = { octetString: 0x04, sequence: 0x30, set: 0x31, context0: 0xa0 } as const;

/** What an answer of a time-stamping authority is made of. */
export interface TimeStampParts {
  /** What the authority vouches for, as it signed it, and as it reads. */
  readonly content: Buffer;
  readonly info: TSTInfo;
  readonly signer: SignerInfo;
  /** What the signature is over: the attributes, with the tag SET OF (RFC 5652, 5.4). */
  readonly signedAttributes: Buffer;
  /** DER, as they stand there. */
  readonly certificates: readonly Buffer[];
}

/**
 * Takes a TimeStampResp (RFC 3161, 2.4.2) apart. The library reads what it says; what is signed is taken as it stands.
 * @throws TimeStampRefused for an answer without a stamp, and for what is none
 */
export function timeStampParts(response: Buffer): TimeStampParts {
  const [status, token, ...more] = within(only(readDerElements(response)), tags.sequence);
  const answer = AsnConvert.parse(response, TimeStampResp);
  if (answer.status.status !== PKIStatus.granted && answer.status.status !== PKIStatus.grantedWithMods)
    throw new TimeStampRefused(`the authority gave none: ${reasonOf(answer)}`);
  if (status === undefined || token === undefined || more.length > 0)
    throw new TimeStampRefused('the answer has no time stamp');
  const contentInfo = AsnConvert.parse(token.encoded, ContentInfo);
  if (contentInfo.contentType !== signedDataOid) throw new TimeStampRefused('it is no SignedData');
  const elements = within(only(within(within(token, tags.sequence)[1], tags.context0)), tags.sequence);
  const [type, encapsulated] = within(elements[2], tags.sequence);
  if (!type?.encoded.equals(encodedTstInfo)) throw new TimeStampRefused('what is signed is no time stamp');
  const octets = only(within(encapsulated, tags.context0));
  if (octets.tag !== tags.octetString) throw new TimeStampRefused('what is signed is no time stamp');
  const { content } = octets;
  only(readDerElements(content));
  const signer = only(within(elements.at(-1), tags.set));
  const attributes = within(signer, tags.sequence).find(({ tag }) => tag === tags.context0);
  if (attributes === undefined) throw new TimeStampRefused('its signature has no attributes');
  const signedAttributes = Buffer.from(attributes.encoded);
  signedAttributes[0] = tags.set;
  const certificates = elements.find(({ tag }) => tag === tags.context0);
  return {
    content,
    info: AsnConvert.parse(content, TSTInfo),
    signer: AsnConvert.parse(signer.encoded, SignerInfo),
    signedAttributes,
    certificates:
      certificates === undefined
        ? []
        : readDerElements(certificates.content).flatMap(({ tag, encoded }) => (tag === tags.sequence ? [encoded] : [])),
  };
}

function reasonOf({ status: { status, statusString } }: TimeStampResp): string {
  const text = [...(statusString ?? [])].join(' ').slice(0, 200);
  return `status ${status}${text === '' ? '' : `, ${JSON.stringify(text)}`}`;
}

function within(element: DerElement | undefined, tag: number): DerElement[] {
  if (element?.tag !== tag) throw new TimeStampRefused('it is not in the form of a time stamp');
  return readDerElements(element.content);
}

function only(elements: readonly DerElement[]): DerElement {
  const [first] = elements;
  if (first === undefined || elements.length > 1) throw new TimeStampRefused('it is not in the form of a time stamp');
  return first;
}
