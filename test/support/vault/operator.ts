import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyEntry } from '#contracts';
import { GrantSigner, keyApprovals, type KeyApproval, type KeyApprovalContent } from '#grants';
import type { InternalIdentity } from '#platform';
import type { VaultTestBed } from './vault-test-bed.js';

/** Somebody with a certificate of their own who approves of what happens to keys. */
export class Operator {
  private constructor(
    readonly identity: InternalIdentity,
    /** As the configuration of a vault names it. */
    readonly certificateFile: string,
    private readonly signer: GrantSigner<KeyApproval>,
  ) {}

  static async of(testBed: VaultTestBed, name: string): Promise<Operator> {
    const identity = await testBed.authority.issue('operator', { commonName: name });
    const file = join(testBed.directory, `${name}.pem`);
    writeFileSync(file, identity.certificatePem);
    return new Operator(identity, file, new GrantSigner({ current: identity }, keyApprovals));
  }

  approve(
    purpose: KeyApprovalContent['purpose'],
    { contactCenter, keyIdentifier, alias, disabledAt, unlistableSources }: KeyEntry,
    changes: Partial<KeyApprovalContent> = {},
  ): string {
    return this.signer.sign({
      sub: 'somebody@somewhere',
      purpose,
      contactCenter,
      keyIdentifier,
      alias,
      ...(purpose === 'destroy' && disabledAt !== undefined && disabledAt !== '' ? { disabledAt } : {}),
      unlistableSources: [...(unlistableSources ?? [])],
      ...changes,
    });
  }
}
