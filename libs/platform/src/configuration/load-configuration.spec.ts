import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from './configuration-error.js';
import { loadConfiguration, requireSections } from './load-configuration.js';
import { encryptSecret } from './secrets/encrypted-secret.js';

describe(loadConfiguration.name, () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-configuration-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function write(name: string, content: string): string {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  }

  function refusal(yaml: string, environment: Record<string, string> = {}): string {
    const path = write('application.yaml', yaml);
    try {
      loadConfiguration(path, environment);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      return (error as Error).message;
    }
    throw new Error('the configuration was accepted');
  }

  it('has a default for everything that is optional', () => {
    const configuration = loadConfiguration(undefined, {});
    expect(configuration).toMatchObject({
      crRegion: 'default',
      mediaStorages: [],
      logging: { level: 'info' },
      serverSettings: { listen: { host: '127.0.0.1', port: 8090 }, enableSsl: false },
    });
    expect(configuration.keyVault).toBeUndefined();
  });

  it('reads the file that RCS_CONFIG names, and the environment over it', () => {
    const path = write('application.yaml', 'crRegion: east\nserverSettings: { listen: { port: 9000 } }\n');
    const configuration = loadConfiguration(undefined, { RCS_CONFIG: path, RCS_CR_REGION: 'west' });
    expect(configuration).toMatchObject({ crRegion: 'west', serverSettings: { listen: { port: 9000 } } });
  });

  it.each([
    ['of sentinels', 'kind: sentinel, sentinel: { name: rcs, addresses: ["s1:26379", "[::1]:26379"] }'],
    ['of a cluster', 'kind: cluster, clusterNodes: ["n1:6379"], url: "redis://was-here-before"'],
  ])('takes a Redis %s, over TLS unless told otherwise', (_, yaml) => {
    const { redis } = loadConfiguration(write('application.yaml', `redis: { ${yaml} }\n`), {});
    expect(redis).toMatchObject({ enableSsl: true, redisTrustedCA: true });
  });

  it('takes an empty file as no options', () => {
    expect(loadConfiguration(write('application.yaml', '# nothing\n'), {}).crRegion).toBe('default');
  });

  it('cannot be changed afterwards', () => {
    const configuration = loadConfiguration(undefined, {});
    expect(() => Object.assign(configuration.serverSettings.listen, { port: 1 })).toThrow(TypeError);
    expect(() => (configuration.mediaStorages as unknown[]).push({})).toThrow(TypeError);
  });

  it.each([
    ['an unknown option', 'crRegin: east', 'crRegin'],
    ['an unknown nested option', 'redis: { url: "redis://a", urll: x }', /option redis:.*urll/],
    ['a wrong type', 'serverSettings: { listen: { port: high } }', 'option serverSettings.listen.port'],
    ['a port out of range', 'serverSettings: { listen: { port: 65536 } }', 'option serverSettings.listen.port'],
    ['a missing required option', 'redis: {}', 'option redis.url'],
    ['sentinels that nobody names', 'redis: { kind: sentinel }', 'option redis.sentinel: name the sentinels'],
    ['a cluster without nodes', 'redis: { kind: cluster, url: "redis://a" }', 'option redis.clusterNodes'],
    ['nodes that would not be read', 'redis: { url: "redis://a", clusterNodes: ["a:1"] }', 'redis.kind: cluster'],
    [
      'sentinels that would not be read',
      'redis: { sentinel: { name: a, addresses: ["a:1"] } }',
      'redis.kind: sentinel',
    ],
    [
      'a sentinel that is a URL',
      'redis: { kind: sentinel, sentinel: { name: a, addresses: ["redis://a:1"] } }',
      'addresses.0',
    ],
    [
      'a sentinel without what it watches',
      'redis: { kind: sentinel, sentinel: { addresses: ["a:1"] } }',
      'redis.sentinel.name',
    ],
    ['a wrong scheme', 'redis: { url: "http://a" }', 'must start with redis:// or rediss://'],
    ['a wrong element of a list', 'mediaStorages: [{ url: "http://a/" }, { url: b }]', 'option mediaStorages.1.url'],
    ['a vault address that is a URL', 'decryptWorker: { vaultAddresses: ["https://a:1"] }', 'vaultAddresses.0'],
    [
      'an advertised URL without TLS',
      'decryptWorker: { vaultAddresses: ["a:1"], advertisedUrl: "http://a" }',
      'advertisedUrl',
    ],
    ['no mapping at all', '- a', 'the document'],
    ['a key that occurs twice', 'crRegion: a\ncrRegion: b', /unique/i],
    ['broken YAML', 'crRegion: "unclosed', 'application.yaml'],
  ])('refuses %s, naming it and the file in one line', (_, yaml, named) => {
    const message = refusal(yaml);
    expect(message).toMatch(named);
    expect(message).toContain(join(directory, 'application.yaml'));
    expect(message).not.toContain('\n');
  });

  it('names the file that cannot be read', () => {
    const path = join(directory, 'missing.yaml');
    expect(() => loadConfiguration(path, {})).toThrow(ConfigurationError);
    expect(() => loadConfiguration(path, {})).toThrow(path);
    expect(() => loadConfiguration(directory, {})).toThrow(ConfigurationError);
  });

  describe('with secrets', () => {
    it.each([
      ['s3cret', 's3cret'],
      ['s3cret\n', 's3cret'],
      ['s3cret\r\n', 's3cret'],
      ['two\nlines\n\n', 'two\nlines\n'],
      ['  spaced ', '  spaced '],
    ])('takes the content of a file %p without its last line end', (content, expected) => {
      const file = write('secret', content);
      const yaml = `serverSettings: { opsUserPassword: { file: ${file} } }`;
      expect(loadConfiguration(write('application.yaml', yaml), {}).serverSettings.opsUserPassword).toBe(expected);
    });

    it('takes the name of the file from the environment', () => {
      const file = write('secret', 'pass word');
      const environment = { RCS_REDIS__URL: 'redis://a', RCS_REDIS__PASSWORD: `{ file: ${file} }` };
      expect(loadConfiguration(undefined, environment).redis?.password).toBe('pass word');
    });

    it('names option and path of a secret file that cannot be read', () => {
      const message = refusal('serverSettings: { opsUserPassword: { file: /nowhere/secret } }');
      expect(message).toContain('option serverSettings.opsUserPassword');
      expect(message).toContain('/nowhere/secret');
    });

    it('does not show a secret that has the wrong form', () => {
      expect(refusal('serverSettings: { opsUserPassword: 20261121 }')).not.toContain('20261121');
    });
  });
});

describe('a configuration with CRYPT: values', () => {
  const masterKey = randomBytes(32);
  let directory = '';
  let keyFile = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-configuration-'));
    keyFile = write('master-key', `${masterKey.toString('base64')}\n`);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function write(name: string, content: string): string {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  }
  const crypt = (secret: string): string => encryptSecret(secret, masterKey);
  const yaml = (): string =>
    write(
      'application.yaml',
      `
serverSettings: { opsUserPassword: '${crypt('ops')}' }
redis: { url: 'redis://a', password: { file: ${write('redis', crypt('from a file'))} } }
mediaStorages:
  - { url: 'http://a/', userName: plain, password: '${crypt('in a list')}' }
  - { url: 'http://b/', password: 'CRYPTO:plain' }
`,
    );

  it('reads them wherever a secret may stand, with the key of the file', () => {
    const { serverSettings, redis, mediaStorages } = loadConfiguration(yaml(), { RCS_MASTER_KEY_FILE: keyFile });
    expect(serverSettings.opsUserPassword).toBe('ops');
    expect(redis?.password).toBe('from a file');
    expect(mediaStorages.map(({ password }) => password)).toEqual(['in a list', 'CRYPTO:plain']);
  });

  it.each(['base64', 'base64url', 'hex'] as const)('takes the key from the environment as %s', encoding => {
    const environment = { RCS_MASTER_KEY: masterKey.toString(encoding) };
    expect(loadConfiguration(yaml(), environment).serverSettings.opsUserPassword).toBe('ops');
  });

  it('takes a value from the environment', () => {
    const environment = { RCS_MASTER_KEY_FILE: keyFile, RCS_SERVER_SETTINGS__OPS_USER_PASSWORD: crypt('ops') };
    expect(loadConfiguration(undefined, environment).serverSettings.opsUserPassword).toBe('ops');
  });

  const refusal = (environment: Record<string, string>): string => {
    const file = yaml();
    try {
      loadConfiguration(file, environment);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      const { message } = error as Error;
      expect(message).not.toContain(masterKey.toString('base64'));
      return message;
    }
    throw new Error('the configuration was accepted');
  };

  it('names the option and the file when there is no key', () => {
    const message = refusal({});
    expect(message).toMatch(/option \S+ is encrypted.*masterKeyFile/);
    expect(message).toContain(join(directory, 'application.yaml'));
  });

  it('names the option and where the key came from when it is another one', () => {
    const other = write('other-key', randomBytes(32).toString('base64'));
    expect(refusal({ RCS_MASTER_KEY_FILE: other })).toMatch(/option \S+: the value was encrypted with another/);
    expect(refusal({ RCS_MASTER_KEY_FILE: other })).toContain(other);
    expect(refusal({ RCS_MASTER_KEY: randomBytes(32).toString('base64') })).toContain('RCS_MASTER_KEY');
  });

  it('names the option and the path of a key file that is missing or holds no key', () => {
    expect(refusal({ RCS_MASTER_KEY_FILE: '/nowhere/key' })).toMatch(/option masterKeyFile.*\/nowhere\/key/);
    const short = write('short', 'c2hvcnQ=');
    expect(refusal({ RCS_MASTER_KEY_FILE: short })).toContain(`option masterKeyFile: ${short} holds no master key`);
    expect(refusal({ RCS_MASTER_KEY: 'short' })).toContain('RCS_MASTER_KEY holds no master key');
  });
});

describe(requireSections.name, () => {
  it('gives the configuration when every section is there', () => {
    const configuration = loadConfiguration(undefined, { RCS_STORE__DIRECTORY: '/data' });
    expect(requireSections(configuration, 'store', 'serverSettings').store.directory).toBe('/data');
  });

  it('names the first section that is missing', () => {
    const configuration = loadConfiguration(undefined, { RCS_STORE__DIRECTORY: '/data' });
    const attempt = () => requireSections(configuration, 'store', 'redis', 'internalTls');
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow(/option redis is missing.*RCS_CONFIG.*--config/);
  });
});
