import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller, UseFilters } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  keyVaultService,
  type CheckKeyReply,
  type CheckKeyRequest,
  type ListKeyBackupsReply,
  type ReadKeyBackupReply,
  type ReadKeyBackupRequest,
} from '#contracts';
import { KeyUseAudit } from '../audit/key-use-audit.js';
import { KeyBackups } from '../key-backup/key-backups.js';
import { KeyCheckService } from '../key-check/key-check.service.js';
import { CallRunner } from './call-runner.js';
import { RpcErrorFilter } from './rpc-error.filter.js';

type Call = ServerUnaryCall<unknown, unknown>;

/** How an administrator makes sure that no key is lost. */
@Controller()
@UseFilters(RpcErrorFilter)
export class KeySafetyController {
  constructor(
    private readonly runner: CallRunner,
    private readonly audit: KeyUseAudit,
    private readonly checks: KeyCheckService,
    private readonly backups: KeyBackups,
  ) {}

  @GrpcMethod(keyVaultService, 'CheckKey')
  checkKey(request: CheckKeyRequest, metadata: Metadata, call: Call): Promise<CheckKeyReply> {
    return this.runner.run('CheckKey', metadata, call, context =>
      this.audit.of('check', context, async use => {
        const reply = await this.checks.check(request, context);
        use.key = { purpose: 'RECORDING', alias: reply.alias, ...request.key };
        return reply;
      }),
    );
  }

  @GrpcMethod(keyVaultService, 'ListKeyBackups')
  listKeyBackups(_request: unknown, metadata: Metadata, call: Call): Promise<ListKeyBackupsReply> {
    return this.runner.run('ListKeyBackups', metadata, call, async () => ({
      enabled: this.backups.enabled,
      backups: await this.backups.list(),
    }));
  }

  @GrpcMethod(keyVaultService, 'ReadKeyBackup')
  readKeyBackup(request: ReadKeyBackupRequest, metadata: Metadata, call: Call): Promise<ReadKeyBackupReply> {
    return this.runner.run('ReadKeyBackup', metadata, call, async () => ({
      content: await this.backups.read(request.name),
    }));
  }
}
