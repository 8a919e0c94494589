/**
 * Options of Genesys RCS and of Interaction Recording Web Services that this server does not have under their name, and
 * what became of each. A configuration with one of them is refused with these words.
 */
type FormerOptions = { readonly [name: string]: string | FormerOptions };

const movedTo = (option: string): string => `stands in ${option} here`;
const meaningless = (reason: string): string => `has no meaning here: ${reason}; take it out`;
const notYet = (what: string): string => `is not supported yet: ${what}; take it out`;

const thisIsRcs =
  'has no meaning here: this server is the Recording Crypto Server itself; whom it trusts as the RWS that it asks for ' +
  'recordings stands in recordingSources[].rwsTrustedCA and recordingSources[].rwsJksPassword';
const noConfigurationServer =
  'has no meaning here: there is no protocol of Configuration Server, SIP Server and Interaction Server; people and roles ' +
  'come over LDAP (configurationServers) or OpenID (openId)';
const standardOutput = meaningless('every request is a line of JSON on the standard output');

const ssl: FormerOptions = {
  port: movedTo('serverSettings.ssl.port'),
  securePort: movedTo('serverSettings.ssl.port'),
  keyStorePath: movedTo('serverSettings.ssl.keyStorePath'),
  keyStorePassword: movedTo('serverSettings.ssl.keyStorePassword'),
  keyManagerPassword: meaningless('the key of the public server has the password of its keystore'),
  trustStorePath: movedTo('the ...TrustedCA option of each connection'),
  trustStorePassword: movedTo('the ...JksPassword option of each connection'),
};

const jetty: FormerOptions = {
  host: movedTo('serverSettings.listen.host'),
  port: movedTo('serverSettings.listen.port'),
  idleTimeout: movedTo('serverSettings.clientIdleTimeoutMs'),
  soLingerTime: meaningless('connections linger as the system has it'),
  sessionMaxInactiveInterval: movedTo('serverSettings.sessionMaxInactiveInterval'),
  sessionCookieName: movedTo('serverSettings.cookie.name'),
  enableWorkerName: meaningless('sessions are in Redis, known to every gateway'),
  requestLog: standardOutput,
  enableSsl: movedTo('serverSettings.enableSsl'),
  ssl,
};

const recordingSettings: FormerOptions = {
  recordCryptoServerDecryptMaxConnection: movedTo(
    'serverSettings.recordingSettings.recordCryptoServerDecryptMaxConnection',
  ),
  recordCryptoServerDecryptMaxTotalConnection: movedTo(
    'serverSettings.recordingSettings.recordCryptoServerDecryptMaxTotalConnection',
  ),
  recordCryptoServerDecryptSocketTimeout: movedTo(
    'serverSettings.recordingSettings.recordCryptoServerDecryptSocketTimeout',
  ),
  webDAVMaxConnection: movedTo('mediaStorages[].webDAVMaxConnection'),
  webDAVMaxTotalConnection: meaningless('each storage has its own number, mediaStorages[].webDAVMaxConnection'),
};

/** Options that the original has at the top or in `serverSettings`, wherever they are found. */
const anywhere: FormerOptions = {
  ...recordingSettings,
  recordingSettings,
  jetty,
  enableSsl: movedTo('serverSettings.enableSsl'),
  ssl: movedTo('serverSettings.ssl'),
  rcsTrustedCA: thisIsRcs,
  rcsJksPassword: thisIsRcs,
  webDAVTrustedCA: movedTo('serverSettings.webDAVTrustedCA, or mediaStorages[].webDAVTrustedCA'),
  webDAVJksPassword: movedTo('serverSettings.webDAVJksPassword'),
  speechMinerTrustedCA: movedTo('serverSettings.speechMinerTrustedCA'),
  speechMinerJksPassword: movedTo('serverSettings.speechMinerJksPassword'),
  caCertificate: movedTo('serverSettings.caCertificate'),
  jksPassword: movedTo('serverSettings.jksPassword'),
  tlsEnabled: movedTo('configurationServers[].tlsEnabled'),
  onPremiseSettings: noConfigurationServer,
  cassandraCluster: movedTo('cassandraCluster at the top of the document'),
  createCallRecordingCF: meaningless('rcsctl store prepare-cassandra makes the tables'),
  undocumentedExternalApiUrl: movedTo('serverSettings.externalUrl'),
  externalApiUrl: movedTo('serverSettings.externalUrl'),
  internalApiUrl: meaningless('internal and public API have one address, serverSettings.externalUrl'),
  crClusterName: meaningless('there is no Elasticsearch; gateways of one store belong together'),
  crRegion: movedTo('crRegion at the top of the document'),
  cryptoSecurityKey: meaningless('secrets are encrypted with the key of masterKeyFile: openssl rand -base64 32'),
  nodePath: meaningless('services find each other over Redis'),
  multiPartResolverMaxUploadSize: movedTo('serverSettings.limits'),
  multiPartResolverMaxInMemorySize: movedTo('serverSettings.limits'),
  backgroundScheduledMediaOperationsSettings: notYet('nothing is archived, purged or exported on a schedule'),
  opsUserName: 'is written opsUsername, in serverSettings, here',
  opsUsername: movedTo('serverSettings.opsUsername'),
  opsUserPassword: movedTo('serverSettings.opsUserPassword'),
  sessionMaxInactiveInterval: movedTo('serverSettings.sessionMaxInactiveInterval'),
  enableCsrfProtection: movedTo('serverSettings.enableCsrfProtection'),
  crossOriginSettings: movedTo('serverSettings.crossOriginSettings'),
  corsFilterCacheTimeToLive: movedTo('serverSettings.crossOriginSettings'),
  // Sections of the Recording Crypto Server's own application object.
  rcs: { show_cert_with_upload_privilege: movedTo('recordingCertificates.showCertWithUploadPrivilege') },
  htcc: noConfigurationServer,
  cors: movedTo('serverSettings.crossOriginSettings'),
  http: movedTo('serverSettings'),
  metadata: meaningless('the metadata of recordings is in the store of this server'),
  archive: notYet('nothing is archived on a schedule'),
  keystore: meaningless('keys are in the HSM: move them with rcsctl import-keystore'),
  // Settings that the original keeps behind /api/v2/settings.
  storage: movedTo('mediaStorages'),
  'decrypt-uri-prefix': movedTo('serverSettings.externalUrl'),
  'local-decrypt-uri-prefix': movedTo('serverSettings.externalUrl'),
  'recording-crypto': movedTo('serverSettings.externalUrl'),
  'screen-recording': movedTo('mediaStorages'),
  'screen-recording-encryption': 'is set with rcsctl certificates assign, or PUT /rcs/screen-recording-certificates',
};

/** One option that nobody knows, and what can be said of it. */
export interface UnknownOption {
  readonly path: readonly string[];
  /** undefined where the original did not have it, either. */
  readonly answer: string | undefined;
}

/** What became of an option, or of all that stand in a section. @param value what was written for it */
export function unknownOptions(path: readonly string[], value: unknown): readonly UnknownOption[] {
  return answersIn(anywhere, path, value);
}

function answersIn(known: FormerOptions, path: readonly string[], value: unknown): readonly UnknownOption[] {
  const name = path.at(-1) ?? '';
  const answer = Object.hasOwn(known, name) ? known[name] : undefined;
  if (answer === undefined || typeof answer === 'string') return [{ path, answer }];
  const inside = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (inside.length === 0) return [{ path, answer: meaningless('the section is empty') }];
  return inside.flatMap(([child, childValue]) => answersIn(answer, [...path, child], childValue));
}
