import { closeSync, openSync, readSync } from 'node:fs';

/** e_machine of the ELF header (System V ABI), for those that servers have. */
const machines: Readonly<Record<number, string>> = {
  3: 'i386',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x86-64',
  183: 'aarch64',
  243: 'riscv',
};
const headerBytes = 20;

/**
 * Says that a library is made for another machine than this process: the dynamic loader calls such a file missing.
 * Undefined for all others, and for what is no ELF file.
 */
export function madeForAnotherMachine(path: string): string | undefined {
  const [theirs, ours] = [machineOf(path), machineOf('/proc/self/exe')];
  if (theirs === undefined || ours === undefined || theirs === ours) return undefined;
  return `it is made for ${nameOf(theirs)}, this process for ${nameOf(ours)}`;
}

const nameOf = (machine: number): string => machines[machine] ?? `machine ${machine}`;

function machineOf(path: string): number | undefined {
  const header = firstBytes(path);
  if (header?.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const [bigEndian, offset] = [header[5] === 2, 18];
  return bigEndian ? header.readUInt16BE(offset) : header.readUInt16LE(offset);
}

function firstBytes(path: string): Buffer | undefined {
  const header = Buffer.alloc(headerBytes);
  try {
    const file = openSync(path, 'r');
    try {
      return readSync(file, header) === headerBytes ? header : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    // Then it is not its machine that the loader complains of.
    return undefined;
  }
}
