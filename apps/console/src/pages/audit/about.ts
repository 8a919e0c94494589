import type { AuditRecord } from './audit-queries.js';

/** What a record is about, for people: a query stands in it as JSON. */
export function aboutOf({ recording, certificateAlias, detail = '' }: AuditRecord): string {
  return recording ?? certificateAlias ?? plainly(detail);
}

function plainly(detail: string): string {
  try {
    const parsed: unknown = JSON.parse(detail);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return detail;
    return Object.entries(parsed)
      .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', ');
  } catch {
    return detail;
  }
}
