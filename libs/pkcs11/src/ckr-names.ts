import * as constants from 'pkcs11js';

const names = new Map<number, string>(
  Object.entries(constants).flatMap(([name, value]) =>
    name.startsWith('CKR_') && typeof value === 'number' ? [[value, name] as const] : [],
  ),
);

/** The name of a PKCS#11 return value, or its number for a vendor's own. */
export function ckrName(value: number): string {
  return names.get(value) ?? `CKR_0x${value.toString(16).padStart(8, '0')}`;
}

/** The return value inside an error of the binding; undefined for any other error. */
export function ckrOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof Error && typeof code === 'number' ? ckrName(code) : undefined;
}
