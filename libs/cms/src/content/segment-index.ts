import type { OpenString, Segment } from './segment-stripper.js';

/** How much ciphertext lies between two entries at first. */
const initialSpacing = 32 * 1024;
/** 4 GiB at the initial spacing; beyond, the spacing doubles, so that the index stays below 4 MiB. */
const maximumEntries = 128 * 1024;
const fields = 3;

/** What the index keeps of a segment. */
export type IndexedSegment = Pick<Segment, 'contentOffset' | 'length' | 'ciphertextOffset' | 'within'>;

/** A bounded list of places in an irregularly segmented content. */
export class SegmentIndex {
  private entries = new Float64Array(64 * fields);
  private count = 0;
  private spacing = initialSpacing;
  private readonly nested = new Map<number, OpenString>();
  /** Known when the content was passed. */
  ciphertextLength = 0;
  trailerOffset = 0;

  constructor(readonly whole: OpenString) {}

  /** Notes a segment if the last one noted is far enough away. Segments come in their order. */
  add(segment: Segment): void {
    if (segment.length === 0) return;
    const last = this.count === 0 ? undefined : this.at(this.count - 1);
    const gap = last === undefined ? Infinity : segment.ciphertextOffset - (last.ciphertextOffset + last.length);
    if (gap < this.spacing && segment.length < this.spacing) return;
    if (this.count === maximumEntries) this.thinOut();
    this.put(segment);
  }

  /** The last entry that begins at or before byte `position` of the ciphertext. */
  before(position: number): IndexedSegment | undefined {
    const number = this.firstAfter(position);
    return number === 0 ? undefined : this.at(number - 1);
  }

  /** The first entry that begins behind byte `position` of the ciphertext. */
  after(position: number): IndexedSegment | undefined {
    const number = this.firstAfter(position);
    return number === this.count ? undefined : this.at(number);
  }

  private firstAfter(position: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.entries[middle * fields + 2] ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private at(number: number): IndexedSegment {
    const [contentOffset = 0, length = 0, ciphertextOffset = 0] = this.entries.subarray(number * fields);
    return { contentOffset, length, ciphertextOffset, within: this.nested.get(contentOffset) ?? this.whole };
  }

  private put(segment: IndexedSegment): void {
    if (this.entries.length === this.count * fields) {
      const larger = new Float64Array(this.entries.length * 2);
      larger.set(this.entries);
      this.entries = larger;
    }
    this.entries.set([segment.contentOffset, segment.length, segment.ciphertextOffset], this.count * fields);
    if (segment.within !== this.whole) this.nested.set(segment.contentOffset, segment.within);
    this.count++;
  }

  private thinOut(): void {
    const { count } = this;
    this.count = 0;
    for (let number = 0; number < count; number++) {
      const entry = this.at(number);
      if (number % 2 === 0) this.put(entry);
      else this.nested.delete(entry.contentOffset);
    }
    this.spacing *= 2;
  }
}
