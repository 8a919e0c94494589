import { TokenError } from '../errors/token-error.js';

/** Which token of which module; every attribute that is given must match. */
export interface TokenLocation {
  /** The module as the dynamic loader takes it, best an absolute path. */
  readonly modulePath: string;
  /** CK_TOKEN_INFO label, manufacturer, model and serial number, without trailing blanks. */
  readonly token: string | undefined;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly serial: string | undefined;
  /** Slots are renumbered by many modules (SoftHSM among them); prefer label or serial number. */
  readonly slotId: number | undefined;
  /** CK_SLOT_INFO: for readers whose tokens bear the same label. */
  readonly slotDescription?: string | undefined;
  readonly slotManufacturer?: string | undefined;
  /** CK_INFO, version as `major` or `major.minor`: another module at this path is refused. */
  readonly libraryDescription?: string | undefined;
  readonly libraryManufacturer?: string | undefined;
  readonly libraryVersion?: string | undefined;
  /** A file with the PIN, as `file:` URI or path; the configuration reader opens it. */
  readonly pinSource: string | undefined;
}

/** Attributes of RFC 7512 that select a token. */
const pathAttributes = [
  'token',
  'manufacturer',
  'model',
  'serial',
  'slot-id',
  'slot-description',
  'slot-manufacturer',
  'library-description',
  'library-manufacturer',
  'library-version',
];
const queryAttributes = ['module-path', 'pin-source', 'pin-value'];

const leaveOut = 'leave it out: the URI names a token, and its keys are found by what recordings name';
/** What to write instead of attributes that RFC 7512 knows and that mean nothing here. */
const instead: Readonly<Record<string, string>> = {
  object: leaveOut,
  type: leaveOut,
  id: leaveOut,
  'module-name': 'give the file of the module instead, as module-path',
};

/**
 * Reads a PKCS#11 URI (RFC 7512) such as `pkcs11:token=recordings?module-path=/usr/lib/softhsm/libsofthsm2.so`.
 * @throws TokenError naming the attribute that is missing or must not be there (a PIN does not belong into a URI).
 */
export function parsePkcs11Uri(uri: string): TokenLocation {
  const match = /^pkcs11:([^?]*)(?:\?(.*))?$/s.exec(uri);
  if (match === null) throw refused('it must begin with "pkcs11:" (RFC 7512)');
  const path = readAttributes(match[1] ?? '', ';', pathAttributes);
  const query = readAttributes(match[2] ?? '', '&', queryAttributes);
  if (query.has('pin-value')) throw refused('pin-value is not taken, because URIs end in logs: give the PIN as a file');
  const modulePath = query.get('module-path');
  if (modulePath === undefined || modulePath === '') throw refused('add module-path, the library of the token');
  const [token, serial] = [path.get('token'), path.get('serial')];
  const slotId = readSlotId(path.get('slot-id'));
  if (token === undefined && serial === undefined && slotId === undefined) {
    throw refused('it names no token: add token, serial or slot-id');
  }
  return {
    modulePath,
    token,
    manufacturer: path.get('manufacturer'),
    model: path.get('model'),
    serial,
    slotId,
    slotDescription: path.get('slot-description'),
    slotManufacturer: path.get('slot-manufacturer'),
    libraryDescription: path.get('library-description'),
    libraryManufacturer: path.get('library-manufacturer'),
    libraryVersion: path.get('library-version'),
    pinSource: query.get('pin-source'),
  };
}

function readSlotId(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const slotId = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(slotId)) throw refused('slot-id must be a decimal number');
  return slotId;
}

function readAttributes(text: string, separator: string, known: readonly string[]): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const part of text.split(separator)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    // The value is never repeated in a message: it may be a PIN.
    if (equals < 1 || !/^[a-z0-9-]+$/i.test(name)) throw refused('one of its parts is no name=value');
    if (!known.includes(name)) throw refused(`the attribute ${name} is not used here: ${adviceOn(name)}`);
    if (attributes.has(name)) throw refused(`the attribute ${name} is there twice`);
    attributes.set(name, decodeValue(name, part.slice(equals + 1)));
  }
  return attributes;
}

function adviceOn(name: string): string {
  if (queryAttributes.includes(name)) return 'write it after the question mark';
  if (pathAttributes.includes(name)) return 'write it before the question mark';
  return instead[name] ?? 'leave it out';
}

function decodeValue(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw refused(`the value of ${name} is not percent-encoded UTF-8`);
  }
}

const refused = (reason: string): TokenError => new TokenError('refused', `the PKCS#11 URI cannot be used: ${reason}`);
