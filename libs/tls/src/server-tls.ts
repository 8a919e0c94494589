import { checkKeyFits, ConfigurationError, readCertificates, readOptionFile, type ServerSettings } from '#platform';
import { checkStrength, keyStoreIdentity, type TlsIdentity } from './key-store-identity.js';
import { serverCiphers } from './weak-keys.js';

/** TLS 1.3, and of TLS 1.2 what has forward secrecy and authenticated encryption (RFC 9325 section 4.2). */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

export interface ServerTls extends TlsIdentity {
  readonly minVersion: 'TLSv1.2';
  readonly ciphers: string;
  readonly honorCipherOrder: true;
}

/**
 * The TLS of the public server: `ssl.keyStorePath` with `ssl.keyStorePassword` as in Genesys RCS, or a certificate and a
 * key in two PEM files.
 * @throws ConfigurationError naming the option whose file is missing, not whole, or does not fit.
 */
export function serverTls({ ssl }: Pick<ServerSettings, 'ssl'>): ServerTls {
  if (ssl === undefined) {
    throw new ConfigurationError('option serverSettings.ssl is missing although enableSsl is true');
  }
  return {
    ...identityOf(ssl),
    minVersion: 'TLSv1.2',
    ciphers: serverCiphers(ciphers, ssl.allowWeakKeys),
    honorCipherOrder: true,
  };
}

function identityOf(ssl: NonNullable<ServerSettings['ssl']>): TlsIdentity {
  const { keyStorePath: path, keyStorePassword: password, keyStoreAlias: alias, certificateFile, keyFile } = ssl;
  const rule = { allowWeakKeys: ssl.allowWeakKeys, allowOption: 'serverSettings.ssl.allowWeakKeys' };
  if (path !== undefined)
    return keyStoreIdentity({ option: 'serverSettings.ssl.keyStorePath', path, password, alias, rule });
  if (certificateFile === undefined || keyFile === undefined) {
    throw new ConfigurationError('option serverSettings.ssl: name keyStorePath, or certificateFile and keyFile');
  }
  const cert = readCertificates('serverSettings.ssl.certificateFile', certificateFile);
  const key = readOptionFile('serverSettings.ssl.keyFile', keyFile);
  checkKeyFits('serverSettings.ssl.keyFile', keyFile, key, cert);
  const identity = { cert: cert.toString('utf8'), key: key.toString('utf8') };
  try {
    checkStrength(identity, rule);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`option serverSettings.ssl.certificateFile: ${certificateFile}: ${reason}`, {
      cause: error,
    });
  }
  return identity;
}
