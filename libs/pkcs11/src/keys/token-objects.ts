import type * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { staleHandles, isOneOf } from '../errors/token-error.js';
import type { CallingSession } from '../sessions/calling-session.js';

const pageSize = 256;

/** The handles of all objects that match. */
export function findObjects({ library, handle }: CallingSession, template: pkcs11.Template): pkcs11.Handle[] {
  library.C_FindObjectsInit(handle, template);
  try {
    const found: pkcs11.Handle[] = [];
    for (;;) {
      const page = library.C_FindObjects(handle, pageSize);
      // Modules may bring fewer than they could: the end is a page without any (2.40, 5.7).
      if (page.length === 0) return found;
      found.push(...page);
    }
  } finally {
    library.C_FindObjectsFinal(handle);
  }
}

/**
 * Attributes of one object in the order asked for; undefined for those that it does not have or does not show.
 * Undefined as a whole when the object is gone.
 */
export function readAttributes(
  session: CallingSession,
  object: pkcs11.Handle,
  types: readonly number[],
): (Buffer | undefined)[] | undefined {
  try {
    return read(session, object, types);
  } catch (error) {
    const ckr = ckrOf(error);
    if (isOneOf(staleHandles, ckr)) return undefined;
    if (!isMissing(ckr)) throw error;
  }
  // One attribute that is missing spoils the answer for all of them.
  return types.map(type => {
    try {
      return read(session, object, [type])[0];
    } catch (error) {
      if (isMissing(ckrOf(error))) return undefined;
      throw error;
    }
  });
}

const isMissing = (ckr: string | undefined): boolean =>
  ckr === 'CKR_ATTRIBUTE_TYPE_INVALID' || ckr === 'CKR_ATTRIBUTE_SENSITIVE';

function read({ library, handle }: CallingSession, object: pkcs11.Handle, types: readonly number[]): Buffer[] {
  const template = types.map(type => ({ type }));
  return library.C_GetAttributeValue(handle, object, template).map(({ value }) => Buffer.from(value));
}
