import { fromBER, type BaseBlock, BitString, Integer, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { KeyFileProblem } from './key-file-problem.js';

/** Reads DER as what it must be. @throws KeyFileProblem for anything else */
export const der = {
  parse(bytes: Uint8Array): BaseBlock {
    const { result, offset } = fromBER(bytes);
    if (offset === -1) throw new KeyFileProblem('damaged');
    return result;
  },
  sequence: (block: BaseBlock | undefined): readonly BaseBlock[] => {
    if (!(block instanceof Sequence)) throw new KeyFileProblem('damaged');
    return block.valueBlock.value;
  },
  /** The name of an algorithm: its object identifier in the first place of a sequence. */
  identifier: (block: BaseBlock | undefined): string => {
    if (!(block instanceof ObjectIdentifier)) throw new KeyFileProblem('damaged');
    return block.valueBlock.toString();
  },
  octets: (block: BaseBlock | undefined): Uint8Array<ArrayBuffer> => {
    if (!(block instanceof OctetString)) throw new KeyFileProblem('damaged');
    return Uint8Array.from(block.valueBlock.valueHexView);
  },
  bits: (block: BaseBlock | undefined): Uint8Array<ArrayBuffer> => {
    if (!(block instanceof BitString)) throw new KeyFileProblem('damaged');
    return Uint8Array.from(block.valueBlock.valueHexView);
  },
  /** A positive number, without leading zeros. */
  unsigned: (block: BaseBlock | undefined): Uint8Array<ArrayBuffer> => {
    if (!(block instanceof Integer)) throw new KeyFileProblem('damaged');
    const bytes = Uint8Array.from(block.valueBlock.valueHexView);
    const first = bytes.findIndex(byte => byte !== 0);
    return first === -1 ? new Uint8Array() : bytes.slice(first);
  },
};

/** PrivateKeyInfo (RFC 5208) around an RSAPrivateKey (RFC 8017). */
export function privateKeyInfo(rsaPrivateKey: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const algorithm = der.parse(
    // SEQUENCE { rsaEncryption, NULL }
    Uint8Array.of(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00),
  );
  const value = [new Integer({ value: 0 }), algorithm, new OctetString({ valueHex: rsaPrivateKey })];
  return new Uint8Array(new Sequence({ value }).toBER());
}
