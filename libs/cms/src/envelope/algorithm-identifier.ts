import type { BerReader } from '../asn1/ber-reader.js';
import { Tag } from '../asn1/element-header.js';

/**
 * Reads an AlgorithmIdentifier (RFC 5280, 4.1.1.2). `interpret` gets the content octets of the algorithm and stands before
 * the parameters; parameters it leaves are passed over.
 */
export function readAlgorithmIdentifier<Result>(
  reader: BerReader,
  name: string,
  interpret: (algorithm: Buffer, offset: number) => Result,
): Result {
  reader.enter(Tag.sequence, name);
  const { offset } = reader;
  const algorithm = reader.primitive(Tag.objectIdentifier, `the algorithm of ${name}`);
  const result = interpret(algorithm, offset);
  if (reader.peek() !== undefined) reader.skip(`the parameters of ${name}`);
  reader.leave();
  return result;
}
