import type Database from 'better-sqlite3';
import type { Recording } from '../../recordings/recording.js';
import { RecipientTable } from './recipient-table.js';
import type { DocumentWrites, WriteHandlers } from './write-operation.js';

export function recipientWrites(database: Database.Database): Pick<WriteHandlers<DocumentWrites>, 'indexRecipients'> {
  const table = new RecipientTable(database);
  const find = database.prepare<[string], { readonly document: string }>('SELECT document FROM recording WHERE id = ?');
  const update = database.prepare<[string, string]>('UPDATE recording SET document = ? WHERE id = ?');
  return {
    indexRecipients({ recordingId, recipients }) {
      const row = find.get(recordingId);
      if (row === undefined) return null;
      const stored = JSON.parse(row.document) as Recording;
      const mediaFiles = stored.mediaFiles.map((file, index) => ({ ...file, recipients: recipients[index] ?? [] }));
      const recording: Recording = { ...stored, mediaFiles };
      update.run(JSON.stringify(recording), recordingId);
      table.replaceAll(recording);
      return null;
    },
  };
}
