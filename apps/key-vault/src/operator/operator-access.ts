import type { OperatorJournalEntry } from '#contracts';
import { OperatorGrantVerifier, type Authorities, type VerifiedKeyApproval, type VerifiedOperatorGrant } from '#grants';
import {
  describeError,
  onlyCertificateIn,
  RcsError,
  readOptionFile,
  type Current,
  type KeyVaultConfiguration,
  type Logger,
} from '#platform';
import type { CallContext } from '../callers/call-context.js';
import type { KeyApprovals } from '../key-removal/key-approvals.js';
import type { UnwrapAuthority, UnwrapPermit } from '../session-keys/unwrap-authority.js';
import { VaultJournal } from '../journal/vault-journal.js';

const journalDeadlineMs = 10_000;

interface OperatorSettings extends Pick<KeyVaultConfiguration, 'acceptUnboundGrants'> {
  readonly allowOperatorUnwrap: NonNullable<KeyVaultConfiguration['allowOperatorUnwrap']>;
}

/** Lets the operators whom the configuration names open envelopes and approve of ends of keys, and writes it all down. */
export class OperatorAccess implements UnwrapAuthority, KeyApprovals {
  private constructor(
    private readonly grants: OperatorGrantVerifier,
    private readonly journalFile: VaultJournal,
    private readonly logger: Logger,
  ) {}

  /** @throws ConfigurationError naming the file that cannot be used. */
  static async open(
    { allowOperatorUnwrap: { certificateFiles, journalFile: file }, acceptUnboundGrants }: OperatorSettings,
    authorities: Current<Authorities>,
    { logger, instance }: { readonly logger: Logger; readonly instance: string },
  ): Promise<OperatorAccess> {
    const certificates = certificateFiles.map((path, index) => {
      const option = `keyVault.allowOperatorUnwrap.certificateFiles.${index}`;
      return onlyCertificateIn(readOptionFile(option, path), option, path);
    });
    const settings = { file, deadlineMs: journalDeadlineMs };
    const journal = await VaultJournal.open(settings, instance, 'keyVault.allowOperatorUnwrap.journalFile');
    const verifier = new OperatorGrantVerifier(authorities, certificates, { acceptUnbound: acceptUnboundGrants });
    return new OperatorAccess(verifier, journal, logger);
  }

  async permit(jws: string, { requestId }: Pick<CallContext, 'requestId'>): Promise<UnwrapPermit> {
    let verified: VerifiedOperatorGrant;
    try {
      verified = this.grants.verify(jws);
    } catch (error) {
      await this.note({ event: 'operator-unwrap', outcome: 'refused', requestId, detail: describeError(error) });
      throw error;
    }
    const { grant, operator } = verified;
    const { purpose, file, envelopeDigest, contactCenter } = grant;
    const known = { event: 'operator-unwrap', operator, user: grant.sub, purpose, file, envelopeDigest } as const;
    return {
      subject: `file ${JSON.stringify(file)} of operator ${operator}`,
      facts: {
        grantId: grant.jti,
        operator,
        user: grant.sub,
        purpose,
        file,
        ...(contactCenter === undefined ? {} : { contactCenter }),
      },
      contactCenter,
      envelopeDigest,
      opening: key =>
        this.note({
          ...known,
          outcome: 'allowed',
          contactCenter: key.contactCenter,
          certificateAlias: key.alias,
          requestId,
        }),
      refused: error => this.note({ ...known, outcome: 'refused', requestId, detail: describeError(error) }),
    };
  }

  verify(approvals: readonly string[]): readonly VerifiedKeyApproval[] {
    return approvals.map((approval, index) => {
      try {
        return this.grants.verifyApproval(approval);
      } catch (error) {
        if (!(error instanceof RcsError)) throw error;
        const publicDetail = `approval ${index + 1} is no good: ${error.message}`;
        throw new RcsError('RCS_APPROVAL_REQUIRED', publicDetail, { publicDetail, cause: error });
      }
    });
  }

  async journal(entry: OperatorJournalEntry): Promise<void> {
    this.logger.warn({ audit: entry }, 'end of a key');
    await this.journalFile.append(entry);
  }

  close(): Promise<void> {
    return this.journalFile.close();
  }

  private async note(entry: OperatorJournalEntry): Promise<void> {
    this.logger.warn({ audit: entry }, 'operator unwrap');
    await this.journalFile.append(entry);
  }
}

/** Where the configuration names no operator. */
export const noOperators: UnwrapAuthority = {
  permit: () =>
    Promise.reject(
      new RcsError('RCS_OPERATOR_NOT_ALLOWED', 'an operator asked, but keyVault.allowOperatorUnwrap names nobody'),
    ),
};
