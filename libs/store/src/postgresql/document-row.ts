import type { Sql, SqlValue } from './sql.js';

interface DocumentRow {
  readonly document: string;
}

/** The document that a statement finds. */
export async function documentIn<T>(sql: Sql, text: string, values: readonly SqlValue[]): Promise<T | undefined> {
  const row = await sql.first<DocumentRow>(text, values);
  return row === undefined ? undefined : (JSON.parse(row.document) as T);
}

/** The documents that a statement finds, in its order. */
export async function documentsIn<T>(sql: Sql, text: string, values: readonly SqlValue[] = []): Promise<readonly T[]> {
  return (await sql.all<DocumentRow>(text, values)).map(({ document }) => JSON.parse(document) as T);
}
