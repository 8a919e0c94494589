import { configurationSchema } from './configuration.schema.js';

const identity = { certificateFile: 'worker.pem', keyFile: 'worker.key' };
const vaultAddresses = ['key-vault:7443'];
const problems = (decryptWorker: object | undefined, delivery: string): string[] =>
  (configurationSchema().safeParse({ serverSettings: { delivery }, decryptWorker }).error?.issues ?? []).map(
    ({ path }) => path.join('.'),
  );

describe('serverSettings.delivery', () => {
  it('leaves workers apart unless told', () => {
    expect(configurationSchema().parse({}).serverSettings.delivery).toBe('workers');
    expect(problems({ vaultAddresses }, 'workers')).toEqual([]);
  });

  it('needs the identity of a worker for one in the process of the gateway, and names what is missing', () => {
    expect(problems({ vaultAddresses, ...identity }, 'in-process')).toEqual([]);
    expect(problems(undefined, 'in-process')).toEqual(['decryptWorker.certificateFile']);
    expect(problems({ vaultAddresses }, 'in-process')).toEqual(['decryptWorker.certificateFile']);
    expect(problems({ vaultAddresses, certificateFile: 'worker.pem' }, 'in-process')).toEqual([
      'decryptWorker.keyFile',
    ]);
  });

  it('is no other word', () => {
    expect(problems(undefined, 'inprocess')).toEqual(['serverSettings.delivery']);
  });
});
