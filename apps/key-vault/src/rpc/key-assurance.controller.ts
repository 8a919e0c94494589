import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import {
  keyVaultService,
  type CheckKeyReply,
  type CheckKeyRequest,
  type ListKeyBackupsReply,
  type ReadKeyBackupReply,
  type ReadKeyBackupRequest,
} from '#contracts';
import type { CallContext } from '../callers/call-context.js';
import { KeyUseAudit } from '../callers/key-use-audit.js';
import { KeyBackups } from '../keys/key-backups.js';
import { KeyCheckService } from '../keys/key-check.service.js';
import { CurrentCall } from './current-call.js';

/** How an administrator makes sure that no key is lost. */
@Controller()
export class KeyAssuranceController {
  constructor(
    private readonly audit: KeyUseAudit,
    private readonly checks: KeyCheckService,
    private readonly backups: KeyBackups,
  ) {}

  @GrpcMethod(keyVaultService, 'CheckKey')
  checkKey(@Payload() request: CheckKeyRequest, @CurrentCall() context: CallContext): Promise<CheckKeyReply> {
    return this.audit.of('check', context, use => {
      use.key = { purpose: 'RECORDING', alias: '', ...request.key };
      return this.checks.check(request, context, use);
    });
  }

  @GrpcMethod(keyVaultService, 'ListKeyBackups')
  async listKeyBackups(): Promise<ListKeyBackupsReply> {
    return { enabled: this.backups.enabled, backups: await this.backups.list() };
  }

  @GrpcMethod(keyVaultService, 'ReadKeyBackup')
  async readKeyBackup(@Payload() request: ReadKeyBackupRequest): Promise<ReadKeyBackupReply> {
    return { content: await this.backups.read(request.name) };
  }
}
