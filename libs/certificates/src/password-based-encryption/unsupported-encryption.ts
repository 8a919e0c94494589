/** An algorithm nobody here knows; readers turn it into an error that says of what. */
export class UnsupportedEncryption extends Error {
  override readonly name = 'UnsupportedEncryption';

  /** @param algorithm dotted object identifier, or a name. */
  constructor(readonly algorithm: string) {
    super(`unknown algorithm ${algorithm}`);
  }
}
