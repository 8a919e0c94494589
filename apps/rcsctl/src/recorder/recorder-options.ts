import type { Command } from 'commander';

/** `RecorderGatewayOptions`: whom a command inserts recordings at, and as. */
export const withRecorderGateway = (command: Command): Command => withContactCenter(withRecorder(command));

/** Of `RecorderGatewayOptions` all but the contact center. */
export const withRecorder = (command: Command): Command =>
  command
    .option('--gateway <url>', 'gateway; rcsctl.gateway of the configuration when absent')
    .option('--ca <file>', "authority of the gateway's certificate, PEM")
    .option('--ops-user <name>', 'the recorder; serverSettings.opsUsername when absent')
    .option('--ops-password-file <file>', 'file with its password; serverSettings.opsUserPassword when absent');

export const withContactCenter = (command: Command): Command =>
  command.option('--contact-center <id>', 'contact center; serverSettings.defaultContactCenter when absent');

/** Of `RecorderOptions` those that name the storage. */
export const withWebDav = (command: Command): Command =>
  command
    .option('--webdav <url>', 'base URL of the storage; the first of mediaStorages when absent')
    .option('--webdav-user <name>', 'user of the storage; that of mediaStorages when absent, if it has that URL')
    .option('--webdav-password-file <file>', 'file with its password; that of mediaStorages when absent, likewise')
    .option('--webdav-ca <file>', "authorities of the storage's certificate, PEM; the system's when absent")
    .option(
      '--storage-url <url>',
      "the storage's URL in mediaStorages of the servers, where they reach it by another than --webdav; the first of the contact center when absent",
    );
