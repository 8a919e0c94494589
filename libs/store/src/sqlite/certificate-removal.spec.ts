import Database from 'better-sqlite3';
import { join } from 'node:path';
import { exampleCertificate } from '../testing/certificate-store.contract.js';
import { contactCenters, knownRecipients, numbersFrom, runRecipientHistory } from '../testing/recipient-history.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';
import type { RemovalRequest, UseQuestion } from '../certificates/certificate-store.js';
import { certificateUseAtLength } from './certificate-use.js';
import { certificateWrites } from './writing/certificate-writes.js';

const [contactCenter] = contactCenters;
const origin = { by: 'admin', at: '2026-11-21T08:00:00.000Z' };
const asked = { contactCenter, alias: 'a', origin, force: false };

describe('the removal of a certificate', () => {
  const directory = new SqliteTestDirectory();
  const opened = (): Database.Database => {
    const database = new Database(join(directory.path, 'store.sqlite'));
    database.pragma('foreign_keys = ON');
    return database;
  };

  /** Whoever writes while it counts: all recordings are for another certificate as well. */
  it('keeps nobody waiting who writes meanwhile', async () => {
    const store = await directory.open();
    await store.certificates.add(exampleCertificate('a', { contactCenter }));
    const database = opened();
    fill(database, 2300);
    const settled: string[] = [];
    const request: RemovalRequest = { ...asked, recipients: ['issued:0'], otherRecipients: ['issued:1'] };
    const removal = store.certificates.remove(request).then(({ outcome }) => settled.push(outcome));
    const write = store.contactCenters.put({ id: contactCenter, name: 'Sales' }).then(() => settled.push('written'));
    await Promise.all([removal, write]);
    expect(settled).toEqual(['written', 'removed']);
    expect(database.prepare('SELECT * FROM need_count').all()).toEqual([]);
    database.close();
  });

  it('reads in its transaction no recordings but those that have changed', async () => {
    await (await directory.open()).certificates.add(exampleCertificate('a', { contactCenter }));
    const database = opened();
    const prepare = database.prepare.bind(database) as (text: string) => Database.Statement;
    const texts: string[] = [];
    jest.spyOn(database, 'prepare').mockImplementation(text => {
      texts.push(text);
      return prepare(text);
    });
    const { beginNeedCount, removeCertificate } = certificateWrites(database);
    beginNeedCount({ id: 'count', contactCenter });
    const request: RemovalRequest = { ...asked, recipients: ['issued:0'], otherRecipients: ['issued:1'] };
    expect(removeCertificate({ request, countId: 'count', recordings: 0 }).outcome).toBe('removed');
    const plans = texts
      .filter(text => text.includes('media_recipient'))
      .map(text => prepare(`EXPLAIN QUERY PLAN ${text}`).all(...text.split('?').slice(1)) as { detail: string }[]);
    expect(plans.flatMap(plan => plan.map(({ detail }) => detail)).filter(detail => detail.startsWith('S'))).toEqual([
      'SEARCH changed USING PRIMARY KEY (contact_center=?)',
      'SEARCH own USING COVERING INDEX media_recipient_by_recording (recording_id=?)',
      'SEARCH other USING COVERING INDEX media_recipient_by_recording (recording_id=? AND media_id=?)',
    ]);
    database.close();
  });

  it.each([41, 42, 43, 44])('finds what has come to need it since it was counted (%i)', async seed => {
    const store = await directory.open();
    await store.certificates.add(exampleCertificate('a', { contactCenter }));
    await runRecipientHistory(store, seed, 60);
    const database = opened();
    const writes = certificateWrites(database);
    writes.beginNeedCount({ id: 'count', contactCenter });
    const questions = questionsOf(numbersFrom(seed));
    const none: UseQuestion[] = [];
    const before = await Promise.all(questions.map(question => certificateUseAtLength(database, question)));
    for (const [index, { recordings }] of before.entries()) if (recordings === 0) none.push(questions[index]!);
    await runRecipientHistory(store, seed + 100, 80);
    // Recordings of before lose some of their recipients.
    database.exec(
      'DELETE FROM media_recipient WHERE (unicode(substr(recipient, -1)) + unicode(substr(recording_id, -1))) % 3 = 0',
    );
    // What is not inspected refuses every removal.
    database.exec('DELETE FROM unindexed_media');
    const outcomes = new Set<string>();
    for (const question of none) {
      database.exec('BEGIN');
      const request = { ...question, origin, force: false };
      const { outcome, recordings } = writes.removeCertificate({ request, countId: 'count', recordings: 0 });
      database.exec('ROLLBACK');
      const { recordings: now } = await certificateUseAtLength(database, question);
      expect({ question, outcome, recordings }).toEqual({
        ...{ question, recordings: now },
        outcome: now > 0 ? 'in-use' : 'removed',
      });
      outcomes.add(outcome);
    }
    expect([...outcomes].sort()).toEqual(['in-use', 'removed']);
    database.close();
  });

  it('refuses, even if forced, what nobody knows of recordings that came since it was counted', async () => {
    const store = await directory.open();
    await store.certificates.add(exampleCertificate('a', { contactCenter }));
    const database = opened();
    const { beginNeedCount, removeCertificate } = certificateWrites(database);
    beginNeedCount({ id: 'count', contactCenter });
    await runRecipientHistory(store, 51, 20);
    const request: RemovalRequest = { ...asked, force: true, recipients: ['nobody'], otherRecipients: [] };
    const { outcome, unknown } = removeCertificate({ request, countId: 'count', recordings: 0 });
    expect({ outcome, unknown }).toEqual({
      outcome: 'unknown',
      unknown: await store.mediaIndex.countUnknown(contactCenter),
    });
    expect((await store.certificates.find(contactCenter, 'a'))?.state).toBe('active');
    database.close();
  });

  it('does not rely on a count that took too long, of which nothing is noted any more', async () => {
    const store = await directory.open();
    await store.certificates.add(exampleCertificate('a', { contactCenter }));
    const database = opened();
    const { beginNeedCount, endNeedCount, removeCertificate } = certificateWrites(database);
    const noted = (): unknown => database.prepare('SELECT COUNT(*) FROM changed_need').pluck().get();
    beginNeedCount({ id: 'count', contactCenter });
    beginNeedCount({ id: 'of a process that ended', contactCenter });
    fill(database, 1);
    expect(noted()).toBe(1);
    database.exec('UPDATE need_count SET expires = unixepoch() - 1');
    fill(database, 2);
    expect(noted()).toBe(0);
    const request: RemovalRequest = { ...asked, recipients: ['issued:0'], otherRecipients: [] };
    expect(() => removeCertificate({ request, countId: 'count', recordings: 0 })).toThrow(/try again/);

    beginNeedCount({ id: 'first', contactCenter });
    beginNeedCount({ id: 'second', contactCenter });
    database.exec('DELETE FROM recording');
    endNeedCount('first');
    expect(noted()).toBe(2);
    endNeedCount('second');
    expect(noted()).toBe(0);
    database.close();
  });
});

/** Recordings for two certificates. */
function fill(database: Database.Database, recordings: number): void {
  database.exec('BEGIN');
  const insert = database.prepare(
    `INSERT INTO recording (id, contact_center, region, document) VALUES (?, '${contactCenter}', 'r', '{"mediaFiles":[]}')
     ON CONFLICT DO NOTHING`,
  );
  const address = database.prepare(
    `INSERT INTO media_recipient VALUES ('${contactCenter}', ?, ?, 'media') ON CONFLICT DO NOTHING`,
  );
  for (let number = 0; number < recordings; number++) {
    insert.run(`filled-${number}`);
    for (const recipient of ['issued:0', 'issued:1']) address.run(recipient, `filled-${number}`);
  }
  database.exec('COMMIT');
}

/** Certificates of one recipient, of which most others, few or none open recordings as well. */
const questionsOf = (below: (bound: number) => number): UseQuestion[] =>
  knownRecipients.flatMap(own =>
    Array.from({ length: 20 }, (_, round) => ({
      ...{ contactCenter, alias: 'a', recipients: [own] },
      otherRecipients: knownRecipients.filter(other => other !== own && below(20) >= round),
    })),
  );
