import { z } from 'zod';

/** How the bytes of media reach the gateway. */
export const delivery = z
  .enum(['workers', 'in-process'])
  .default('workers')
  .describe(
    'in-process: the gateway has a worker in its own process, as `decryptWorker` says, and asks it first. That is cheaper; session keys and media are then in the memory of the process that players reach.',
  );

interface Chosen {
  readonly serverSettings: { readonly delivery: z.output<typeof delivery> };
  readonly decryptWorker?:
    { readonly certificateFile?: string | undefined; readonly keyFile?: string | undefined } | undefined;
}

/** Refuses a worker in the process of the gateway that vaults would not know. */
export function demandWorkerIdentity({ serverSettings, decryptWorker }: Chosen, context: z.RefinementCtx): void {
  if (serverSettings.delivery !== 'in-process') return;
  const missing = (['certificateFile', 'keyFile'] as const).find(name => decryptWorker?.[name] === undefined);
  if (missing === undefined) return;
  context.addIssue({
    code: 'custom',
    path: ['decryptWorker', missing],
    message: 'name it for serverSettings.delivery: in-process: vaults open for workers, not for gateways',
  });
}
