/**
 * Arithmetic on bytes without branches: 1 and 0 stand for true and false, all operands are small non-negative integers.
 * Whether padding was right must not show in which instructions run.
 */

/** 1 when value is 0, for 0 <= value < 2^31. */
export const isZero = (value: number): number => ((value - 1) >>> 31) & 1 & ~(value >>> 31);

/** 1 when the bytes are equal. */
export const isEqual = (left: number, right: number): number => isZero(left ^ right);

/** `yes` when condition is 1, `no` when it is 0. */
export const select = (condition: number, yes: number, no: number): number => no ^ (-condition & (yes ^ no));

/** Byte by byte `yes` when condition is 1, else `no`. Both have the same length. */
export function selectBytes(condition: number, yes: Buffer, no: Buffer): Buffer {
  const result = Buffer.allocUnsafe(no.length);
  for (let index = 0; index < no.length; index++) {
    result[index] = select(condition, yes[index] ?? 0, no[index] ?? 0);
  }
  return result;
}
