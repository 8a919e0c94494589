import type { RcsError } from '#platform';

/** The error body of the key-management API. */
export interface KeyManagementError {
  readonly message: string;
  readonly status: number;
}

export function keyManagementError({ definition, publicDetail }: RcsError): KeyManagementError {
  return { message: publicDetail ?? definition.title, status: definition.http };
}
