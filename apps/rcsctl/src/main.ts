#!/usr/bin/env node
import { Command } from 'commander';
import { encryptedPassword, productVersion } from '#platform';
import { describeFailure } from './terminal/file-failure.js';

/** A command reads its own modules only: most of the time in which a short command runs, it starts. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  quickstart: async () => (await import('./commands/quickstart.command.js')).quickstartCommand,
  record: async () => (await import('./commands/record.command.js')).recordCommand,
  insert: async () => (await import('./commands/insert.command.js')).insertCommand,
  play: async () => (await import('./commands/play.command.js')).playCommand,
  'internal-tls': async () => (await import('./commands/internal-tls.command.js')).internalTlsCommand,
  'import-key': async () => (await import('./commands/import-key.command.js')).importKeyCommand,
  inspect: async () => (await import('./commands/inspect.command.js')).inspectCommand,
  decrypt: async () => (await import('./commands/decrypt.command.js')).decryptCommand,
  verify: async () => (await import('./commands/verify.command.js')).verifyCommand,
  'import-keystore': async () => (await import('./commands/import-keystore.command.js')).importKeystoreCommand,
  keys: async () => (await import('./commands/keys.command.js')).keysCommand,
  vault: async () => (await import('./commands/vault.command.js')).vaultCommand,
  'encrypt-password': async () => (await import('./commands/encrypt-password.command.js')).encryptPasswordCommand,
  'contact-centers': async () => (await import('./commands/contact-centers.command.js')).contactCentersCommand,
  users: async () => (await import('./commands/users.command.js')).usersCommand,
  hawk: async () => (await import('./commands/hawk.command.js')).hawkCommand,
  lkm: async () => (await import('./commands/lkm.command.js')).lkmCommand,
  certificates: async () => (await import('./commands/certificates.command.js')).certificatesCommand,
  'hand-overs': async () => (await import('./commands/hand-overs.command.js')).handOversCommand,
  removals: async () => (await import('./commands/removals.command.js')).removalsCommand,
  recordings: async () => (await import('./commands/recordings.command.js')).recordingsCommand,
  archive: async () => (await import('./commands/archive.command.js')).archiveCommand,
  custody: async () => (await import('./commands/custody.command.js')).custodyCommand,
  store: async () => (await import('./commands/store.command.js')).storeCommand,
  audit: async () => (await import('./commands/audit.command.js')).auditCommand,
  config: async () => (await import('./commands/config.command.js')).configCommand,
  docs: async () => (await import('./commands/docs.command.js')).docsCommand,
};

async function main(): Promise<void> {
  // eslint-disable-next-line no-restricted-properties -- the master key may stand there
  const encrypted = encryptedPassword(process.argv.slice(2), process.env);
  if (encrypted !== undefined) {
    process.stdout.write(`${encrypted}\n`);
    return;
  }
  const program = new Command('rcsctl')
    .description('the command line of the Recording Crypto Server')
    .version(productVersion());
  const asked = Object.entries(commands).filter(([name]) => name === process.argv[2]);
  // Help, and the answer to a command that there is not, know all of them.
  const known = asked.length > 0 ? asked : Object.entries(commands);
  for (const [, load] of known) (await load())(program);
  await program.parseAsync();
}

// What is only told to people may be lost with the terminal that showed it.
process.stderr.on('error', () => undefined);

main().catch((error: unknown) => {
  // Not by itself: a connection that is still being made would keep the process for as long as the other side likes.
  const lines = describeFailure(error, process.argv.slice(2)).split('\n');
  process.stderr.write(lines.map(line => `rcsctl: ${line}\n`).join(''), () => process.exit(1));
});
