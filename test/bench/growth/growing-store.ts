import { join } from 'node:path';
import { createHash, generateKeyPairSync, webcrypto } from 'node:crypto';
import Database from 'better-sqlite3';
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';
import type { Recording, RecordingCertificate } from '#store';
import { parseCertificatePem } from '../../../libs/certificates/src/certificate/parse-certificate.js';
import { recordingWrites } from '../../../libs/store/src/sqlite/writing/recording-writes.js';
import { namesUnder, summaryOfPem } from '../../../apps/playback-gateway/src/envelopes/certificate-summary.js';

const atOnce = 5000;
const start = Date.parse('2026-01-01T00:00:00Z');

/**
 * The store of a running cluster, which grows beside it: by the statements of the store's own writer, so that nothing has
 * to be recorded. What is put in has been inspected already, or the indexer would be busy with it while it is measured.
 */
export class GrowingStore {
  private readonly database: Database.Database;
  private recordings = 0;
  private certificates = 0;
  private contactCenters = 0;
  private readonly recipients: string[][] = [];

  constructor(
    dataDirectory: string,
    private readonly contactCenter: string,
    private readonly ofOneCertificate: boolean,
  ) {
    this.database = new Database(join(dataDirectory, 'store/store.sqlite'));
    this.database.pragma('busy_timeout = 30000');
  }

  end(): void {
    this.database.close();
  }

  /** Up to so many, for the certificates that were put in, in turn, or all for the first. */
  async growRecordings(count: number): Promise<void> {
    const { insertRecording } = recordingWrites(this.database);
    const insertAll = this.database.transaction((numbers: readonly number[]) => {
      for (const number of numbers) insertRecording(this.recording(number));
    });
    await this.inSteps(this.recordings, count, insertAll);
    this.recordings = Math.max(this.recordings, count);
  }

  /** Up to so many, each with a key of its own name; the private keys of a few are enough to sign them all. */
  async growCertificates(count: number): Promise<void> {
    const insert = this.database.prepare(
      'INSERT INTO recording_certificate (contact_center, alias, fingerprint, document) VALUES (?, ?, ?, ?)',
    );
    const insertAll = this.database.transaction((rows: readonly RecordingCertificate[]) => {
      for (const row of rows) insert.run(row.contactCenter, row.alias, row.fingerprint, JSON.stringify(row));
    });
    const keys = await signingKeys();
    for (let first = this.certificates; first < count; first += atOnce) {
      const rows: RecordingCertificate[] = [];
      for (let number = first; number < Math.min(count, first + atOnce); number++) {
        const pem = await certificatePem(keys, number);
        const row = storedCertificate(this.contactCenter, `grown-${number}`, pem);
        this.recipients.push(namesUnder(summaryOfPem(pem), row.alias).filter(name => name.startsWith('issued:')));
        rows.push(row);
      }
      insertAll.immediate(rows);
    }
    this.certificates = Math.max(this.certificates, count);
  }

  async growContactCenters(count: number): Promise<void> {
    const insert = this.database.prepare('INSERT INTO contact_center (id, document) VALUES (?, ?)');
    const insertAll = this.database.transaction((numbers: readonly number[]) => {
      for (const number of numbers) {
        const id = `grown-contact-center-${number}`;
        insert.run(id, JSON.stringify({ id, name: `Contact center ${number}` }));
      }
    });
    await this.inSteps(this.contactCenters, count, insertAll);
    this.contactCenters = Math.max(this.contactCenters, count);
  }

  private async inSteps(
    first: number,
    end: number,
    insert: Database.Transaction<(numbers: readonly number[]) => void>,
  ): Promise<void> {
    for (let from = first; from < end; from += atOnce) {
      insert.immediate(Array.from({ length: Math.min(atOnce, end - from) }, (_, index) => from + index));
      // The gateway has its turn to write.
      await new Promise(resolve => setImmediate(resolve));
    }
  }

  private recording(number: number) {
    const mediaId = `${number}.mp3`;
    const recording: Recording = {
      id: `grown-${number}`,
      contactCenter: this.contactCenter,
      region: 'default',
      callerPhoneNumber: `+49 30 ${String((number * 7919) % 100_000).padStart(6, '0')}`,
      dialedPhoneNumber: String(5000 + (number % 50)),
      startTime: new Date(start + number * 1000).toISOString().replace('Z', '+0000'),
      mediaFiles: [
        {
          mediaId,
          leaf: mediaId,
          type: 'audio/mp3',
          mediaDescriptor: { storage: 'webDAV', path: mediaId },
          parameters: { agentId: `agent-${number % 500}` },
        },
      ],
    };
    const certificates = this.ofOneCertificate ? 1 : Math.max(1, this.recipients.length);
    const recipients = this.recipients[number % certificates] ?? [];
    const digest = createHash('sha256').update(mediaId).digest('hex');
    const pin = {
      layout: 'detached',
      envelopeDigest: digest,
      contentRoot: digest,
      contentRootFrom: 'indexer',
      leavesKept: true,
      length: 100_000,
      inspectedAt: '2026-01-01T00:00:00.000Z',
      source: 'indexer',
    } as const;
    return { recording, findings: [{ mediaId, pin, recipients }] };
  }
}

/** The generator knows the keys of the Web Cryptography API alone. */
async function signingKeys(): Promise<webcrypto.CryptoKeyPair> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const [pkcs8, spki] = [
    privateKey.export({ type: 'pkcs8', format: 'der' }),
    publicKey.export({ type: 'spki', format: 'der' }),
  ];
  return {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}

async function certificatePem(keys: webcrypto.CryptoKeyPair, number: number): Promise<string> {
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: (number + 1).toString(16).padStart(8, '0'),
      name: `CN=Grown ${number}, O=Growth`,
      notBefore: new Date(start),
      notAfter: new Date(start + 10 * 365 * 86_400_000),
      signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      keys,
    },
    webcrypto,
  );
  return certificate.toString('pem');
}

function storedCertificate(contactCenter: string, alias: string, pem: string): RecordingCertificate {
  const [{ fingerprint, keyIdentifier }] = parseCertificatePem(pem);
  return {
    contactCenter,
    alias,
    certificate: pem,
    chain: '',
    fingerprint,
    keyIdentifier: keyIdentifier.toString('hex'),
    keyFormat: 'PKCS#8',
    decryptOnly: false,
    state: 'active',
    createdAt: '2026-01-01T00:00:00.000Z',
    createdBy: 'growth',
  };
}
