/** How many bits of proof are asked for before bytes count as what they look like. */
export const enoughEvidenceBits = 32;

/** What the first bytes of a file say of it. */
export interface MediaSignature {
  /** Short name of the format, such as mp3. */
  readonly format: string;
  /** Random bytes look like this with a probability of 2 to the power of minus this. */
  readonly bits: number;
}
