import type * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { TokenError } from '../errors/token-error.js';
import { paddedText } from '../location/padded-text.js';
import type { TokenLocation } from '../location/pkcs11-uri.js';

export interface TokenSlot {
  readonly slot: pkcs11.Handle;
  readonly info: pkcs11.TokenInfo;
}

/**
 * The slot in which the token is now: tokens change slots when they are taken out and put in.
 * @throws TokenError unavailable when none holds it, refused when several do.
 */
export function findSlot(library: pkcs11.PKCS11, location: TokenLocation): TokenSlot {
  requireLibrary(library, location);
  const found: TokenSlot[] = [];
  for (const slot of library.C_GetSlotList(true)) {
    const info = tokenInfo(library, slot);
    if (info !== undefined && matches(slot, info, location) && isInSlot(library, slot, location))
      found.push({ slot, info });
  }
  const [first, second] = found;
  if (first === undefined)
    throw new TokenError('unavailable', `no slot holds the token ${nameOf(location)}: ${inOtherSlots}`);
  if (second !== undefined) {
    throw new TokenError('refused', `several tokens match ${nameOf(location)}: add the serial number to the URI`);
  }
  return first;
}

/** What lies in a slot. */
export interface SlotContent {
  readonly slotId: number;
  /** Undefined where the token does not say it. */
  readonly label: string | undefined;
  readonly serialNumber: string | undefined;
}

/** Every slot of the module that holds a token. */
export function listSlots(library: pkcs11.PKCS11): SlotContent[] {
  return library.C_GetSlotList(true).map(slot => {
    const info = tokenInfo(library, slot);
    return { slotId: slotIdOf(slot), ...(info === undefined ? unknown : described(info)) };
  });
}

const unknown = { label: undefined, serialNumber: undefined };
const described = ({ label, serialNumber }: pkcs11.TokenInfo) => ({
  label: paddedText(label),
  serialNumber: paddedText(serialNumber),
});

/** Another token may be broken or half taken out; that is no reason not to find ours. */
function tokenInfo(library: pkcs11.PKCS11, slot: pkcs11.Handle): pkcs11.TokenInfo | undefined {
  try {
    return library.C_GetTokenInfo(slot);
  } catch (error) {
    if (ckrOf(error) === undefined) throw error;
    return undefined;
  }
}

function matches(slot: pkcs11.Handle, info: pkcs11.TokenInfo, location: TokenLocation): boolean {
  const pairs = [
    [location.token, info.label],
    [location.manufacturer, info.manufacturerID],
    [location.model, info.model],
    [location.serial, info.serialNumber],
  ] as const;
  return (
    pairs.every(([wanted, actual]) => agree(wanted, actual)) &&
    (location.slotId === undefined || location.slotId === slotIdOf(slot))
  );
}

const agree = (wanted: string | undefined, actual: string): boolean =>
  wanted === undefined || paddedText(wanted) === paddedText(actual);

/** Asks the slot only where the URI says something of it. */
function isInSlot(library: pkcs11.PKCS11, slot: pkcs11.Handle, location: TokenLocation): boolean {
  const { slotDescription, slotManufacturer } = location;
  if (slotDescription === undefined && slotManufacturer === undefined) return true;
  const info = library.C_GetSlotInfo(slot);
  return agree(slotDescription, info.slotDescription) && agree(slotManufacturer, info.manufacturerID);
}

/** @throws TokenError refused when the module is another than the one that the URI names */
function requireLibrary(library: pkcs11.PKCS11, location: TokenLocation): void {
  const { libraryDescription, libraryManufacturer, libraryVersion } = location;
  const wanted = [libraryDescription, libraryManufacturer, libraryVersion];
  if (wanted.every(one => one === undefined)) return;
  const info = library.C_GetInfo();
  const { major, minor } = info.libraryVersion;
  const version = libraryVersion?.includes('.') === true ? `${major}.${minor}` : String(major);
  if (
    agree(libraryDescription, info.libraryDescription) &&
    agree(libraryManufacturer, info.manufacturerID) &&
    agree(libraryVersion, version)
  ) {
    return;
  }
  const is = `${paddedText(info.manufacturerID)}, ${paddedText(info.libraryDescription)}, ${major}.${minor}`;
  throw new TokenError('refused', `the module at module-path is another than library-... of the URI names: ${is}`);
}

const inOtherSlots = 'check token, serial and slot-id of the URI; rcsctl vault doctor lists what the slots hold';

const slotIdOf = (slot: pkcs11.Handle): number => slot.readUIntLE(0, Math.min(6, slot.length));

/** What the URI calls the token, in quotes. */
export const nameOf = ({ token, serial, slotId }: TokenLocation): string =>
  `"${token ?? serial ?? `slot ${slotId ?? 'unknown'}`}"`;
