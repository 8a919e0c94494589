import { canonicalJson } from '../canonical-json.js';
import { recordHash, sealRecord } from './audit-chain.js';
import { ChainVerifier } from './chain-verifier.js';
import { MalformedAuditRecord, parseStoredRecord, type StoredAuditRecord } from './stored-audit-record.js';

const time = '2026-03-02T09:15:30.250Z';
const entry = { event: 'playback', outcome: 'allowed', user: 'anthony', detail: 'x' } as const;

function ofBefore(): StoredAuditRecord {
  const place = { writer: 'gateway-1', sequence: 0, time, previousHash: '0'.repeat(64) };
  const text = canonicalJson({ ...entry, ...place, event: 'audit-chain-started' });
  const hash = recordHash(place.previousHash, text);
  return { writer: 'gateway-1', sequence: 0, time, user: 'anthony', recording: null, text, personal: null, hash };
}

function ofNow(): StoredAuditRecord {
  const { record, text, personal } = sealRecord('gateway-1', { sequence: 4, hash: '1'.repeat(64) }, entry, time);
  const { writer, sequence, hash } = record;
  return { writer, sequence, time, user: 'anthony', recording: null, text, personal, hash };
}

const kindOf = (stored: StoredAuditRecord): string => {
  try {
    parseStoredRecord(stored);
    return 'sound';
  } catch (error) {
    return error instanceof MalformedAuditRecord ? error.kind : String(error);
  }
};

describe(parseStoredRecord.name, () => {
  it('gives a record of now back as it was sealed', () => {
    const { record, text, personal } = sealRecord('w', { sequence: 4, hash: '1'.repeat(64) }, entry, time);
    const stored = {
      writer: 'w',
      sequence: 5,
      time,
      user: 'anthony',
      recording: null,
      text,
      personal,
      hash: record.hash,
    };
    expect(parseStoredRecord(stored)).toEqual(record);
    expect(text).not.toContain('anthony');
  });

  it('reads and verifies a record of before as it was', () => {
    expect(parseStoredRecord(ofBefore())).toMatchObject({ user: 'anthony', detail: 'x' });
    const verifier = new ChainVerifier();
    verifier.accept(ofBefore());
    expect(verifier.result().problems).toEqual([]);
  });

  it.each<[string, Partial<StoredAuditRecord>, string]>([
    ['of a later version', { text: ofNow().text.replace('"version":2', '"version":3') }, 'malformed'],
    ['with values that are no JSON', { personal: 'x' }, 'malformed'],
    ['with a value without salt', { personal: '{"salts":{},"values":{"user":"anthony"}}' }, 'malformed'],
    [
      'with a field that is not personal',
      { personal: '{"salts":{"event":"x"},"values":{"event":"x"}}' },
      'hash-mismatch',
    ],
    ['with something else beside it', { personal: '{"salts":{},"values":{},"more":1}' }, 'hash-mismatch'],
  ])('refuses one %s', (_what, change, kind) => {
    expect(kindOf({ ...ofNow(), ...change })).toBe(kind);
  });

  it('refuses values beside a record of before, which its hash does not cover', () => {
    expect(kindOf({ ...ofBefore(), personal: '{"salts":{},"values":{}}' })).toBe('hash-mismatch');
  });
});
