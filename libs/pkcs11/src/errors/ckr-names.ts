import { isNativeError } from 'node:util/types';
import * as constants from 'pkcs11js';

/** Return values of PKCS#11 3.0 and 3.1 that the binding does not list. */
const newer: readonly (readonly [number, string])[] = [
  [0x1b, 'CKR_ACTION_PROHIBITED'],
  [0x42, 'CKR_AEAD_DECRYPT_FAILED'],
  [0x64, 'CKR_KEY_EXHAUSTED'],
  [0x140, 'CKR_CURVE_NOT_SUPPORTED'],
  [0x1b9, 'CKR_PUBLIC_KEY_INVALID'],
  [0x200, 'CKR_FUNCTION_REJECTED'],
  [0x201, 'CKR_TOKEN_RESOURCE_EXCEEDED'],
  [0x202, 'CKR_OPERATION_CANCEL_FAILED'],
];

const names = new Map<number, string>([
  ...Object.entries(constants).flatMap(([name, value]) =>
    name.startsWith('CKR_') && typeof value === 'number' ? [[value, name] as const] : [],
  ),
  ...newer,
]);

/** The name of a PKCS#11 return value, or its number for a vendor's own. */
export function ckrName(value: number): string {
  return names.get(value) ?? `CKR_0x${value.toString(16).padStart(8, '0')}`;
}

/**
 * The return value inside an error of the binding; undefined for any other error. Most calls put the number into `code`,
 * a few leave it in the message as `CKR_GENERAL_ERROR:5`.
 */
export function ckrOf(error: unknown): string | undefined {
  // The binding's errors may be of another realm, where `instanceof` does not know them.
  if (!isNativeError(error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === 'number' && code !== 0) return ckrName(code);
  const inMessage = /\bCKR_\w+:(\d+)/.exec(error.message)?.[1];
  return inMessage === undefined ? undefined : ckrName(Number(inMessage));
}
