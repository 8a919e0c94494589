export * from './trusted-authorities.js';
export * from './key-store-identity.js';
export * from './server-tls.js';
export * from './outgoing-tls.js';
export * from './trusted-ca-files.js';
export * from './cassandra-tls.js';
