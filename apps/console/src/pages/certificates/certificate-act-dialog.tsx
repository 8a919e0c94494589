import type { CertificateAct } from './certificate-acts.js';
import { AssignDialog } from './assign-dialog.js';
import type { CertificateDetails } from './certificate-queries.js';
import { DeleteDialog, RemoveKeyDialog, RestoreKeyDialog } from './removal-dialogs.js';
import { RenewDialog, RewrapDialog } from './renewal-dialogs.js';

export type { CertificateAct } from './certificate-acts.js';

export interface ActDialogProperties {
  readonly certificate: CertificateDetails;
  readonly onClose: () => void;
}

const dialogs = {
  assign: AssignDialog,
  renew: RenewDialog,
  rewrap: RewrapDialog,
  delete: DeleteDialog,
  removeKey: RemoveKeyDialog,
  restoreKey: RestoreKeyDialog,
} as const satisfies Readonly<Record<CertificateAct, (properties: ActDialogProperties) => React.ReactNode>>;

/** The dialog of an act on a certificate. */
export function CertificateActDialog({ act, ...properties }: ActDialogProperties & { readonly act: CertificateAct }) {
  const ActDialog = dialogs[act];
  return <ActDialog {...properties} />;
}
