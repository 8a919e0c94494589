import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { ConfigurationError } from '../configuration/configuration-error.js';
import { internalTlsOptions, loadInternalIdentity, serverMustBe, type InternalIdentity } from './internal-identity.js';
import type { ServiceRole } from './service-role.js';

describe(loadInternalIdentity.name, () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-identity-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function filesOf(identity: InternalIdentity) {
    const write = (name: string, content: Buffer): string => {
      writeFileSync(join(directory, name), content);
      return join(directory, name);
    };
    return {
      caFile: write('ca.pem', identity.caPem),
      certificateFile: write('certificate.pem', identity.certificatePem),
      keyFile: write('key.pem', identity.keyPem),
    };
  }

  it('knows its own role', async () => {
    const identity = await (await InternalAuthority.create()).issue('key-vault');
    expect(loadInternalIdentity(filesOf(identity))).toEqual(identity);
  });

  it.each(['caFile', 'certificateFile', 'keyFile'])('names %s when it is missing', async option => {
    const files = filesOf(await (await InternalAuthority.create()).issue('key-vault'));
    const attempt = () => loadInternalIdentity({ ...files, [option]: '/nowhere.pem' });
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow(new RegExp(`internalTls\\.${option}.*/nowhere\\.pem`));
  });

  it('refuses a certificate without a role and a file that is no certificate', async () => {
    const files = filesOf(await (await InternalAuthority.create()).issue('key-vault', { names: [] }));
    expect(() => loadInternalIdentity(files)).toThrow(/certificateFile.*names no role/);
    expect(() => loadInternalIdentity({ ...files, certificateFile: files.keyFile })).toThrow(ConfigurationError);
  });

  it('reads the chain of its certificate, also where a line end is missing', async () => {
    const authority = await InternalAuthority.create();
    const identity = await authority.issue('key-vault');
    const { certificateFile, ...files } = filesOf(identity);
    writeFileSync(certificateFile, `${identity.certificatePem.toString().trimEnd()}${authority.caPem.toString()}`);
    const { certificatePem } = loadInternalIdentity({ ...files, certificateFile });
    expect(certificatePem.toString()).toBe(`${identity.certificatePem.toString()}${authority.caPem.toString()}`);
    expect(() => createSecureContext({ cert: certificatePem, key: identity.keyPem })).not.toThrow();
  });

  it.each<readonly [string, (own: string, chain: string) => string, RegExp]>([
    ['empty', () => '', /certificateFile: .* holds no PEM certificate/],
    ['cut off in the first', own => own.slice(0, 200), /certificateFile: certificate 1 of .* cannot be read/],
    ['cut off in the second', (own, chain) => own + chain.slice(0, 200), /certificateFile: certificate 2 of/],
    ['cut off where the second begins', own => `${own}-----BEGIN CERTIFI`, /certificateFile: certificate 2 of/],
  ])('refuses a certificate file that is %s before anything is put into force', async (_, cut, message) => {
    const authority = await InternalAuthority.create();
    const identity = await authority.issue('key-vault');
    const files = filesOf(identity);
    writeFileSync(files.certificateFile, cut(identity.certificatePem.toString(), authority.caPem.toString()));
    expect(() => loadInternalIdentity(files)).toThrow(ConfigurationError);
    expect(() => loadInternalIdentity(files)).toThrow(message);
  });
});

describe('internalTls.caFile', () => {
  let directory = '';
  let files = { caFile: '', certificateFile: '', keyFile: '' };
  let [ours, other]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-authorities-'));
    const identity = await (await InternalAuthority.create()).issue('key-vault');
    [ours, other] = [identity.caPem, (await InternalAuthority.create()).caPem];
    const path = (name: string): string => join(directory, name);
    files = { caFile: path('ca.pem'), certificateFile: path('tls.crt'), keyFile: path('tls.key') };
    writeFileSync(files.certificateFile, identity.certificatePem);
    writeFileSync(files.keyFile, identity.keyPem);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function read(...parts: readonly (string | Buffer)[]): string {
    writeFileSync(files.caFile, Buffer.concat(parts.map(part => Buffer.from(part))));
    return loadInternalIdentity(files).caPem.toString();
  }
  const withoutLineEnd = (pem: Buffer): string => pem.toString().trimEnd();

  it.each([
    ['one behind the other', () => [ours, other]],
    ['the first without a line end', () => [withoutLineEnd(ours), withoutLineEnd(other)]],
    ['with remarks, and lines of Windows', () => ['old\r\n', ours.toString().replaceAll('\n', '\r\n'), 'new\n', other]],
    ['as OpenSSL spells them, too', () => [ours.toString().replaceAll(' CERT', ' X509 CERT'), other]],
  ])('may hold an old and a new authority: %s', (_, parts) => {
    expect(read(...parts())).toBe(`${ours.toString()}${other.toString()}`);
  });

  it.each([
    ['empty', () => [], /internalTls\.caFile: .*ca\.pem holds no PEM certificate/],
    ['something else', () => ['no certificate'], /holds no PEM certificate/],
    ['cut off in the first', () => [ours.subarray(0, 200)], /certificate 1 of .*ca\.pem cannot be read/],
    ['cut off in the second', () => [ours, other.subarray(0, 200)], /certificate 2 of .*ca\.pem cannot be read/],
    ['cut off where a certificate begins', () => [ours, '-----BEGIN CERTIFI'], /ca\.pem cannot be read/],
  ])('is refused when it is %s', (_, parts, message) => {
    expect(() => read(...parts())).toThrow(ConfigurationError);
    expect(() => read(...parts())).toThrow(message);
  });
});

describe(serverMustBe.name, () => {
  async function connect(server: InternalIdentity, client: InternalIdentity, expected: ServiceRole): Promise<number> {
    const listener = createServer({ ...internalTlsOptions(server), requestCert: true }, (_, response) =>
      response.end(),
    );
    await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = listener.address() as AddressInfo;
      const options = {
        ...internalTlsOptions(client),
        checkServerIdentity: serverMustBe(expected),
        agent: false as const,
      };
      return await new Promise((resolve, reject) => {
        get(`https://127.0.0.1:${port}/`, options, response => {
          response.resume();
          resolve(response.statusCode ?? 0);
        }).on('error', reject);
      });
    } finally {
      await new Promise(resolve => listener.close(resolve));
    }
  }

  it('lets a connection to the right service through', async () => {
    const authority = await InternalAuthority.create();
    const [server, client] = [await authority.issue('decrypt-worker'), await authority.issue('playback-gateway')];
    expect(await connect(server, client, 'decrypt-worker')).toBe(200);
  });

  it('refuses a service of our own authority that poses as another', async () => {
    const authority = await InternalAuthority.create();
    const [server, client] = [await authority.issue('playback-gateway'), await authority.issue('playback-gateway')];
    await expect(connect(server, client, 'decrypt-worker')).rejects.toThrow(
      'has the role playback-gateway, not decrypt-worker',
    );
  });

  it('refuses a service of another authority', async () => {
    const server = await (await InternalAuthority.create()).issue('decrypt-worker');
    const client = await (await InternalAuthority.create()).issue('playback-gateway');
    await expect(connect(server, client, 'decrypt-worker')).rejects.toThrow(/certificate|signature/);
  });

  it('refuses the right role at another host', () => {
    const error = serverMustBe('decrypt-worker')('worker.example.org', {
      subject: { CN: 'worker' },
      subjectaltname: 'DNS:other.example.org, URI:urn:recording-crypto-server:role:decrypt-worker',
    } as never);
    expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });
});
