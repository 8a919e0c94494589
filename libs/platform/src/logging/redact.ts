/**
 * Names under which a secret could slip into a log line: any name that contains one of these, whatever its case and
 * separators (`opsUserPassword`, `password_hash`, `Set-Cookie`).
 */
const secretParts =
  /password|passwd|passphrase|secret|authorization|authorisation|cookie|credential|privatekey|sessionkey|masterkey|apikey|pkcs8|bearer|csrftoken|accesstoken|idtoken|refreshtoken/;
/** Names that are secret as a whole; inside a longer word these letters mean nothing. */
const secretNames = new Set(['pin', 'grant', 'jwe', 'playticket', 'hawkkey']);
/** Ends of names in camel case, where the separator is a capital letter. */
const secretEnds = /(?:[a-z0-9]Pin|[-_.]pin)$/;

const censored = '[redacted]';
/** Deeper than any line of ours; what lies below could not be checked. */
const deepest = 8;

/** Verdicts on names that came before: nearly all of them stand in our own code. */
const verdicts = new Map<string, boolean>();
const rememberedVerdicts = 1000;

export function isSecretName(name: string): boolean {
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  const verdict = judgeName(name);
  if (verdicts.size < rememberedVerdicts) verdicts.set(name, verdict);
  return verdict;
}

function judgeName(name: string): boolean {
  const normalised = name.replace(/[-_.\s]/g, '').toLowerCase();
  return secretParts.test(normalised) || secretNames.has(normalised) || secretEnds.test(name);
}

/** The fields of a log line without the values of secret names, at every level. */
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0);
}

function redactObject(fields: object, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = (fields as Readonly<Record<string, unknown>>)[name];
    put(result, name, value !== undefined && isSecretName(name) ? censored : redactValue(value, depth + 1));
  }
  return result;
}

function put(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value;
  // Assigned, it would not be a field but what the object inherits from.
  else Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) return '[too deep]';
  if (Array.isArray(value)) return value.map(item => redactValue(item, depth + 1));
  return hasOwnText(value) ? value : redactObject(value, depth);
}

/** Dates, buffers, URLs and the like say themselves what they look like; errors are left to their serializer. */
function hasOwnText(value: object): boolean {
  return value instanceof Error || typeof (value as { readonly toJSON?: unknown }).toJSON === 'function';
}
