/**
 * How far the chains of the audit were sent elsewhere, and which process sends: one at a time. It is no secret and no proof;
 * whoever changes it has records sent twice, or not at all, and changes none.
 */
export interface ExportPosition {
  /** Takes or prolongs the right to send, milliseconds from now. @returns false while another process has it. */
  claim(forMs: number): Promise<boolean>;

  /** Lets another process send at once. */
  release(): Promise<void>;

  /** How many records of each chain were sent, by writer. */
  sizes(): Promise<ReadonlyMap<string, number>>;

  /** Notes that the first `size` records of a chain were sent; durable when it resolves. */
  advance(writer: string, size: number): Promise<void>;

  close(): Promise<void>;
}
