#!/usr/bin/env node
import { Command } from 'commander';
import { describeError, productVersion } from '#platform';
import { auditCommand } from './commands/audit.command.js';
import { certificatesCommand } from './commands/certificates.command.js';
import { configCommand } from './commands/config.command.js';
import { contactCentersCommand } from './commands/contact-centers.command.js';
import { decryptCommand } from './commands/decrypt.command.js';
import { docsCommand } from './commands/docs.command.js';
import { encryptPasswordCommand } from './commands/encrypt-password.command.js';
import { hawkCommand } from './commands/hawk.command.js';
import { importKeyCommand } from './commands/import-key.command.js';
import { inspectCommand } from './commands/inspect.command.js';
import { importKeystoreCommand } from './commands/import-keystore.command.js';
import { internalTlsCommand } from './commands/internal-tls.command.js';
import { lkmCommand } from './commands/lkm.command.js';
import { playCommand } from './commands/play.command.js';
import { keysCommand } from './commands/keys.command.js';
import { quickstartCommand } from './commands/quickstart.command.js';
import { recordCommand } from './commands/record.command.js';
import { recordingsCommand } from './commands/recordings.command.js';
import { usersCommand } from './commands/users.command.js';
import { vaultCommand } from './commands/vault.command.js';
import { verifyCommand } from './commands/verify.command.js';

const program = new Command('rcsctl')
  .description('the command line of the Recording Crypto Server')
  .version(productVersion());
for (const add of [
  quickstartCommand,
  recordCommand,
  playCommand,
  internalTlsCommand,
  importKeyCommand,
  inspectCommand,
  decryptCommand,
  verifyCommand,
  importKeystoreCommand,
  keysCommand,
  vaultCommand,
  encryptPasswordCommand,
  contactCentersCommand,
  usersCommand,
  hawkCommand,
  lkmCommand,
  certificatesCommand,
  recordingsCommand,
  auditCommand,
  configCommand,
  docsCommand,
])
  add(program);

// What is only told to people may be lost with the terminal that showed it.
process.stderr.on('error', () => undefined);

program.parseAsync().catch((error: unknown) => {
  // Not by itself: a connection that is still being made would keep the process for as long as the other side likes.
  process.stderr.write(`rcsctl: ${describeError(error)}\n`, () => process.exit(1));
});
