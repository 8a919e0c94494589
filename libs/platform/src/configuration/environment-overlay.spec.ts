import { z } from 'zod';
import { ConfigurationError } from './configuration-error.js';
import { configurationSchema } from './configuration.schema.js';
import { overlayEnvironment } from './environment-overlay.js';

const overlay = (values: unknown, environment: Record<string, string | undefined>) =>
  overlayEnvironment(values, environment, configurationSchema());

describe(overlayEnvironment.name, () => {
  it('sets an option of the document', () => {
    expect(overlay({ crRegion: 'east' }, { RCS_CR_REGION: 'west' })).toEqual({ crRegion: 'west' });
  });

  it('sets a nested option and leaves its neighbours alone', () => {
    const values = { keyVault: { listen: { host: '0.0.0.0', port: 1 }, token: { uri: 'pkcs11:token=a' } } };
    expect(overlay(values, { RCS_KEY_VAULT__LISTEN__PORT: '7443' })).toEqual({
      keyVault: { listen: { host: '0.0.0.0', port: 7443 }, token: { uri: 'pkcs11:token=a' } },
    });
    expect(values.keyVault.listen.port).toBe(1);
  });

  it('makes sections that the document does not have', () => {
    expect(overlay({}, { RCS_REDIS__URL: 'redis://a' })).toEqual({ redis: { url: 'redis://a' } });
    expect(overlay(undefined, { RCS_LOGGING__LEVEL: 'debug' })).toEqual({ logging: { level: 'debug' } });
  });

  it.each(['RCS_SERVER_SETTINGS__ENABLE_SSL', 'RCS_SERVERSETTINGS__ENABLESSL', 'RCS_server_settings__enableSsl'])(
    'finds serverSettings.enableSsl under the name %s',
    name => {
      expect(overlay({}, { [name]: 'true' })).toEqual({ serverSettings: { enableSsl: true } });
    },
  );

  it('finds names with digits and abbreviations', () => {
    expect(overlay({}, { RCS_REDIS__REDIS_TRUSTED_CA: '/ca.pem' })).toEqual({ redis: { redisTrustedCA: '/ca.pem' } });
  });

  it.each([
    ['east', 'east'],
    ['"42"', '42'],
    ['', ''],
    ['[a, b]', ['a', 'b']],
    ['{ file: /run/secrets/pin }', { file: '/run/secrets/pin' }],
  ])('reads the value %s as YAML', (text, expected) => {
    expect(overlay({}, { RCS_CR_REGION: text })).toEqual({ crRegion: expected });
  });

  it.each(['42', '007', 'true', '1e3'])('leaves %s a text where the option is one, as a PIN', text => {
    expect(overlay({}, { RCS_CR_REGION: text })).toEqual({ crRegion: text });
    expect(overlay({}, { RCS_KEY_VAULT__TOKEN__PIN: text })).toEqual({ keyVault: { token: { pin: text } } });
  });

  it('takes numbers and booleans where the option is one', () => {
    expect(overlay({}, { RCS_KEY_VAULT__TOKEN__SESSIONS: '8' })).toEqual({ keyVault: { token: { sessions: 8 } } });
    expect(overlay({}, { RCS_KEY_VAULT__TOKEN__SESSIONS: 'many' })).toEqual({
      keyVault: { token: { sessions: 'many' } },
    });
  });

  it('takes a whole list', () => {
    const environment = { RCS_MEDIA_STORAGES: '[{ url: "http://a/", password: { file: /p } }]' };
    expect(overlay({}, environment)).toEqual({ mediaStorages: [{ url: 'http://a/', password: { file: '/p' } }] });
  });

  it.each([
    ['RCS_CR_REGIN', 'CR_REGIN'],
    ['RCS_KEY_VAULT__LISTEN__PROT', 'keyVault.listen.PROT'],
    ['RCS_KEY_VAULT_LISTEN_PORT', 'KEY_VAULT_LISTEN_PORT'],
    ['RCS_CR_REGION__NAME', 'crRegion.NAME'],
    ['RCS_MEDIA_STORAGES__0__URL', 'mediaStorages.0'],
    ['RCS_', '""'],
    ['RCS___PROTO____POLLUTED', '""'],
    ['RCS_CONSTRUCTOR__PROTOTYPE', 'CONSTRUCTOR'],
  ])('refuses %s, naming the variable and the option it would be', (name, option) => {
    const attempt = () => overlay({}, { [name]: 'x' });
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow(name);
    expect(attempt).toThrow(option);
  });

  it.each(['*secret', '{unclosed', '"unclosed', 'a: b: c', '%secret'])(
    'refuses the value %s, naming the variable but never showing the value',
    value => {
      const attempt = () => overlay({}, { RCS_REDIS__PASSWORD: value });
      expect(attempt).toThrow(ConfigurationError);
      expect(attempt).toThrow('RCS_REDIS__PASSWORD');
      expect(attempt).not.toThrow(/secret|unclosed|a: b/);
    },
  );

  it('leaves variables of others, unset ones and the name of the file alone', () => {
    const environment = { PATH: '/bin', rcs_cr_region: 'x', RCS: 'x', RCS_CR_REGION: undefined, RCS_CONFIG: '/a.yaml' };
    expect(overlay({ crRegion: 'east' }, environment)).toEqual({ crRegion: 'east' });
  });

  it('looks through optional, default and prefault wrappers', () => {
    const section = z.strictObject({ size: z.int().default(1) });
    const schema = z.strictObject({ a: section.optional(), b: section.prefault({}), c: section.default({ size: 2 }) });
    const environment = { RCS_A__SIZE: '1', RCS_B__SIZE: '2', RCS_C__SIZE: '3' };
    expect(overlayEnvironment({}, environment, schema)).toEqual({ a: { size: 1 }, b: { size: 2 }, c: { size: 3 } });
  });
});
