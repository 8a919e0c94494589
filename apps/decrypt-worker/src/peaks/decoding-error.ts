/** Why audio has no wave form. */
export class DecodingError extends Error {
  override readonly name = 'DecodingError';

  constructor(
    /** Whether the form is one that nothing here decodes, or the file is broken or too long. */
    readonly reason: 'unsupported' | 'undecodable',
    message: string,
  ) {
    super(message);
  }
}
