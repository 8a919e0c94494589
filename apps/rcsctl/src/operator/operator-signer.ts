import { GrantSigner, type GrantFrame, type GrantKind } from '#grants';
import { checkKeyFits, ConfigurationError, readOptionFile, type Configuration } from '#platform';

/**
 * Signs what operators sign, for the vaults of the cluster that the configuration names.
 * @throws ConfigurationError naming the option that is missing or the file that cannot be read.
 */
export function operatorSigner<Grant extends GrantFrame>(
  { rcsctl, internalTls }: Pick<Configuration, 'rcsctl' | 'internalTls'>,
  kind: GrantKind<Grant>,
): GrantSigner<Grant> {
  if (rcsctl?.operator === undefined) {
    throw new ConfigurationError('option rcsctl.operator is missing: it names certificate and key of the operator');
  }
  const { certificateFile, keyFile } = rcsctl.operator;
  const certificatePem = readOptionFile('rcsctl.operator.certificateFile', certificateFile);
  const keyPem = readOptionFile('rcsctl.operator.keyFile', keyFile);
  checkKeyFits('rcsctl.operator.keyFile', keyFile, keyPem, certificatePem);
  const cluster = internalTls?.cluster === undefined ? {} : { cluster: internalTls.cluster };
  return new GrantSigner({ current: { certificatePem, keyPem, ...cluster } }, kind);
}
