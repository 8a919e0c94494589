import { readFileSync, writeFileSync } from 'node:fs';
import { administering, showAnswer, type AddCommand, type Fields } from '../certificates/administration-call.js';
import { describeKeyFile, sealKeyFile } from '../certificates/key-pair-files.js';
import type { GatewayOptions } from '../gateway-client/gateway-options.js';
import { fieldText } from '../terminal/field-text.js';
import { namingPasswordOptions } from '../terminal/password-hints.js';
import { readPasswordFile } from '../terminal/password-source.js';
import { print } from '../terminal/print.js';

const sameNameHelp = 'although another key has a certificate of the same issuer and serial number, or key identifier';

interface PairOptions extends GatewayOptions {
  readonly certificate?: string;
  readonly key?: string;
  readonly keyPasswordFile?: string;
  readonly alias?: string;
  readonly decryptOnly?: boolean;
  readonly sameName?: boolean;
}

/** Of `rcsctl certificates`: keys and certificates that are brought in files, or made in the token. */
export function keyPairCommands(command: AddCommand): void {
  uploads(command);
  generatedKeys(command);
}

const keyPassword = { key: '--key-password-file' };

function uploads(command: AddCommand): void {
  const passwordFile = ['--key-password-file <file>', 'file with the password of the private key'] as const;
  command('inspect', 'what is in a certificate and a key file, and what an upload would say; keeps nothing')
    .option('--key <file>', 'private key, PEM')
    .option(...passwordFile)
    .option('--certificate <file>', 'certificate, PEM, one or a chain')
    .action((options: PairOptions) => inspect(options));
  command('upload', 'take in a certificate and its private key')
    .requiredOption('--key <file>', 'private key, PEM')
    .option(...passwordFile)
    .requiredOption('--certificate <file>', 'certificate, PEM, one or a chain')
    .option('--alias <alias>', 'name of the certificate; made from its subject when absent')
    .option('--decrypt-only', 'to open old recordings; encrypts nothing')
    .option('--assign [profile]', 'assign it to this IVR profile in the same act; "record" when none is named')
    .option('--same-name', sameNameHelp)
    .action((options: PairOptions & { certificate: string; key: string; assign?: string | true }) => upload(options));
}

function generatedKeys(command: AddCommand): void {
  const keyPath = (alias: string): string => `/rcs/keys/${encodeURIComponent(alias)}`;
  command('generate <alias>', 'make a key in the token')
    .option('--size <bits>', '2048, 3072 or 4096', '3072')
    .action((alias: string, options: GatewayOptions & { size: string }) =>
      showAnswer(options, 'POST', '/rcs/keys', { alias, size: Number(options.size) }),
    );
  command('csr <alias>', 'certificate request (PKCS#10) of a key that was made in the token')
    .requiredOption('--subject <name>', 'such as "CN=Genesys Recording,O=Genesys,C=US"')
    .option('--out <file>', 'where it is written; standard output when absent')
    .action((alias: string, options: GatewayOptions & { subject: string; out?: string }) =>
      administering(options, async gateway => {
        const { subject, out } = options;
        const path = `${keyPath(alias)}/certificate-signing-request`;
        const request = (await gateway.call('POST', path, { subject })) as string;
        if (out !== undefined) writeFileSync(out, request);
        print(options.json === true, { alias, request, ...(out === undefined ? {} : { file: out }) }, () =>
          out === undefined
            ? request.trimEnd()
            : `${out}: certificate request of ${alias}; have it signed, then: rcsctl certificates attach ${alias}`,
        );
      }),
    );
  command('attach <alias>', 'put the issued certificate beside the key it was requested for')
    .requiredOption('--certificate <file>', 'certificate, PEM, with its chain')
    .option('--same-name', sameNameHelp)
    .action((alias: string, options: PairOptions & { certificate: string }) =>
      showAnswer(options, 'POST', `${keyPath(alias)}/certificate`, {
        certificate: pem(options.certificate),
        ...(options.sameName === true ? { sameName: true } : {}),
      }),
    );
}

/** The gateway describes the certificate; the key is described here and goes nowhere. */
function inspect(options: PairOptions): Promise<void> {
  const { certificate, key } = options;
  return administering(options, async gateway => {
    const answer: Fields = {
      ...(certificate === undefined && key !== undefined
        ? {}
        : ((await gateway.call('POST', '/rcs/certificates/inspect', certificateOf(options))) as Fields)),
      ...(key === undefined
        ? {}
        : {
            key: await namingPasswordOptions(keyPassword, () => describeKeyFile(key, passwordOf(options), certificate)),
          }),
    };
    print(options.json === true, answer, () => fieldText(answer));
  });
}

/** The key leaves this process encrypted to the key vaults: the gateway never has it. */
function upload(
  options: PairOptions & { readonly certificate: string; readonly key: string; readonly assign?: string | true },
): Promise<void> {
  const { certificate, key, alias, assign, decryptOnly, sameName } = options;
  return administering(options, async gateway => {
    const answer = (await gateway.call('POST', '/rcs/certificates', {
      ...certificateOf(options),
      ...(await namingPasswordOptions(keyPassword, () => sealKeyFile(gateway, key, passwordOf(options), certificate))),
      ...(alias === undefined ? {} : { alias }),
      ...(decryptOnly === true ? { decryptOnly } : {}),
      ...(sameName === true ? { sameName } : {}),
      ...(assign === undefined ? {} : { assignTo: assign === true ? 'record' : assign }),
    })) as Fields;
    print(options.json === true, answer, () => fieldText(answer));
  });
}

const certificateOf = ({ certificate }: PairOptions): Fields =>
  certificate === undefined ? {} : { certificate: pem(certificate) };

const passwordOf = ({ keyPasswordFile }: PairOptions): string | undefined =>
  keyPasswordFile === undefined ? undefined : readPasswordFile(keyPasswordFile);

/** As it stands: what is no PEM is for the gateway to refuse, in the same words for everybody. */
const pem = (file: string): string => readFileSync(file, 'latin1');
