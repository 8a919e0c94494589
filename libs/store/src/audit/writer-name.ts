import { ConfigurationError } from '#platform';

/** @throws ConfigurationError for a name that no writer of the audit may have. */
export function checkWriterName(auditWriter: string): void {
  if (/^[\x21-\x7e]{1,128}$/.test(auditWriter)) return;
  throw new ConfigurationError('auditWriter must be 1 to 128 visible ASCII characters');
}
