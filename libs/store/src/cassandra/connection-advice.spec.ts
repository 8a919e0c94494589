import { errors } from 'cassandra-driver';
import type { CassandraOptions } from './cassandra-options.js';
import { isPassing } from './cassandra-problem.js';
import { connectionProblem } from './connection-advice.js';

const options: CassandraOptions = {
  ...{ hosts: ['cassandra-1'], port: 9042, keyspace: 'calls', userName: 'rcs', connectTimeoutMs: 1, deadlineMs: 1 },
};
const from = (error: Error): Error => new errors.NoHostAvailableError({ 'cassandra-1:9042': error }, 'none');

describe(connectionProblem.name, () => {
  it.each([
    ['Host requires authentication, but no authenticator found in the options', /give cassandraCluster\.userName/],
    ['Provided username rcs and/or password are incorrect', /check cassandraCluster\.userName \(rcs\)/],
    ['self-signed certificate', /cassandraCluster\.trustStore/],
    ['weak key: the certificate of the node has an RSA key of 1024 bits', /allowWeakKeys: true/],
    ["Hostname/IP does not match certificate's altnames", /write the node in cassandraCluster\.nodes/],
    ['connect ECONNREFUSED 127.0.0.1:9042', /nothing listens there/],
    ["Keyspace 'calls' does not exist", /there is no keyspace calls.*--replication/],
    ['table rcs_schema does not exist', /run rcsctl store prepare-cassandra$/],
    ['Connection timeout', /write cassandraCluster\.useSSL: true/],
  ])('says what to do about %p, and names the node', (words, advice) => {
    const said = connectionProblem(options, from(new Error(words)));
    expect(said).toMatch(advice);
    expect(said).toContain('cassandra-1:9042');
  });

  it('does not advise TLS where there is TLS', () => {
    const said = connectionProblem({ ...options, tls: {} }, from(new Error('Connection timeout')));
    expect(said).toMatch(/client_encryption_options/);
  });
});

describe(isPassing.name, () => {
  it('tells nodes that are away from what no other try makes better', () => {
    expect(isPassing(from(new Error('connect ECONNREFUSED')))).toBe(true);
    expect(isPassing(from(new errors.AuthenticationError('no')))).toBe(false);
    expect(isPassing(new errors.ResponseError(0x1100, 'write timeout'))).toBe(true);
    expect(isPassing(new errors.ResponseError(0x2200, 'invalid'))).toBe(false);
  });
});
