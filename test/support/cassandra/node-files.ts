import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keytool } from '../keystores/keytool.js';

const version = '4.1.10';

/** Where the jars are, fetched by Maven once for all runs. */
export function jars(repository: string): string {
  const directory = join(repository, '.cache/cassandra', version);
  if (existsSync(directory)) return directory;
  const work = `${directory}-${process.pid}`;
  mkdirSync(work, { recursive: true });
  writeFileSync(
    join(work, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
     <groupId>local</groupId><artifactId>node</artifactId><version>1</version><packaging>pom</packaging><dependencies>
     <dependency><groupId>org.apache.cassandra</groupId><artifactId>cassandra-all</artifactId><version>${version}</version></dependency>
     </dependencies></project>`,
  );
  const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${join(work, 'lib')}`, '-DincludeScope=runtime'];
  execFileSync('mvn', ['-q', '-B', '-f', join(work, 'pom.xml'), ...copy], { timeout: 600_000 });
  // Whole or not at all; two who fetch them at the same time have the same.
  if (!existsSync(directory)) renameSync(join(work, 'lib'), directory);
  return directory;
}

/** Keystore of the node and trust store of its clients, by the commands of the security guide, with 2048 bits and names. */
export async function makeKeystores(directory: string, name = 'localhost', bits = 2048): Promise<void> {
  const file = (leaf: string): string => join(directory, leaf);
  const store = (leaf: string): string[] => ['-alias', 'cassandra', '-keystore', file(leaf), '-storepass', 'password'];
  const subject = `CN=${name}, OU=Test, O=Test Ltd, C=US`;
  const key = ['-keyalg', 'RSA', '-keysize', `${bits}`, '-dname', subject, '-keypass', 'password', '-validity', '365'];
  await keytool('-genkeypair', ...store('server.jks'), ...key);
  await keytool('-exportcert', '-rfc', '-file', file('client.pem'), ...store('server.jks'));
  await keytool('-importcert', '-noprompt', '-file', file('client.pem'), ...store('client.jks'));
  await keytool('-importcert', '-noprompt', '-file', file('client.pem'), ...store('old.jks'), '-storetype', 'JKS');
}

export interface NodePorts {
  readonly native: number;
  readonly internode: number;
}

/** cassandra.yaml and the log's settings: TLS and passwords for clients, everything on the loopback interface. */
export function writeNodeConfiguration(directory: string, { native, internode }: NodePorts, tls: boolean): void {
  const data = (leaf: string): string => JSON.stringify(join(directory, 'data', leaf));
  const stores = `keystore: ${join(directory, 'server.jks')}, keystore_password: password, truststore: ${join(directory, 'client.jks')}, truststore_password: password`;
  mkdirSync(join(directory, 'conf'), { recursive: true });
  writeFileSync(
    join(directory, 'conf/cassandra.yaml'),
    `cluster_name: rcs-test
num_tokens: 1
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: SimpleSnitch
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [{ seeds: "127.0.0.1:${internode}" }]
listen_address: 127.0.0.1
storage_port: ${internode}
ssl_storage_port: ${internode}
start_native_transport: true
rpc_address: 127.0.0.1
native_transport_port: ${native}
data_file_directories: [${data('data')}]
commitlog_directory: ${data('commitlog')}
saved_caches_directory: ${data('saved_caches')}
hints_directory: ${data('hints')}
cdc_raw_directory: ${data('cdc_raw')}
commitlog_sync: batch
commitlog_segment_size: 8MiB
commitlog_total_space: 64MiB
disk_access_mode: standard
memtable_heap_space: 64MiB
memtable_offheap_space: 64MiB
memtable_allocation_type: heap_buffers
key_cache_size: 4MiB
counter_cache_size: 0MiB
file_cache_enabled: false
concurrent_reads: 8
concurrent_writes: 8
concurrent_counter_writes: 2
concurrent_compactors: 1
auto_snapshot: false
incremental_backups: false
authenticator: PasswordAuthenticator
authorizer: CassandraAuthorizer
role_manager: CassandraRoleManager
client_encryption_options: { enabled: ${tls}, optional: false, require_client_auth: false, ${stores} }
`,
  );
  writeFileSync(
    join(directory, 'conf/logback.xml'),
    `<configuration><appender name="OUT" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%-5level %msg%n</pattern></encoder></appender>
<root level="INFO"><appender-ref ref="OUT"/></root></configuration>`,
  );
  writeFileSync(join(directory, 'jvm.options'), [...javaOptions, ...systemProperties(directory)].join('\n'));
}

/** The agent that Cassandra measures its objects with. */
export function agentIn(directory: string): string {
  const [agent] = readdirSync(directory).filter(name => name.startsWith('jamm-'));
  if (agent === undefined) throw new Error(`no jamm in ${directory}: remove the folder, and run again`);
  return join(directory, agent);
}

/** The last three save a minute of waiting for neighbours that there are not. */
const systemProperties = (directory: string): string[] => [
  `-Dcassandra.storagedir=${join(directory, 'data')}`,
  `-Dcassandra.config=file://${join(directory, 'conf/cassandra.yaml')}`,
  '-Dcassandra-foreground=yes',
  '-Djdk.attach.allowAttachSelf=true',
  '-Dio.netty.tryReflectionSetAccessible=true',
  '-Dcassandra.ring_delay_ms=1',
  '-Dcassandra.skip_wait_for_gossip_to_settle=0',
  '-Dcassandra.superuser_setup_delay_ms=0',
];

const exported = `java.base/jdk.internal.misc java.base/java.lang.ref java.management.rmi/com.sun.jmx.remote.internal.rmi
  java.rmi/sun.rmi.registry java.rmi/sun.rmi.server java.sql/java.sql jdk.unsupported/sun.misc
  jdk.compiler/com.sun.tools.javac.file jdk.attach/sun.tools.attach`;
const opened = `java.lang java.lang.module java.lang.reflect java.lang.invoke java.lang.ref java.util java.util.concurrent
  java.util.concurrent.atomic java.util.concurrent.locks java.util.function java.util.regex java.util.stream java.io java.net
  java.nio java.math java.time sun.nio.ch sun.nio.fs sun.security.util jdk.internal.loader jdk.internal.ref
  jdk.internal.reflect jdk.internal.math jdk.internal.module jdk.internal.misc jdk.internal.util.jar`;
const openedElsewhere = `jdk.management/com.sun.management.internal java.management/sun.management
  jdk.compiler/com.sun.tools.javac`;
const words = (text: string): string[] => text.split(/\s+/);

const javaOptions: readonly string[] = [
  ...words('-Xms128m -Xmx256m -XX:MaxDirectMemorySize=128m -XX:+UseSerialGC -Xss512k -XX:TieredStopAtLevel=1'),
  '-XX:+ExitOnOutOfMemoryError',
  ...words(exported).map(name => `--add-exports=${name}=ALL-UNNAMED`),
  ...words(opened).map(name => `--add-opens=java.base/${name}=ALL-UNNAMED`),
  ...words(openedElsewhere).map(name => `--add-opens=${name}=ALL-UNNAMED`),
];
