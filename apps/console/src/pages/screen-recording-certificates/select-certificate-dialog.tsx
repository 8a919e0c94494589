import { useState } from 'react';
import { DialogActions } from '../../components/dialog-actions.js';
import { Dialog } from '../../components/dialog.js';
import { useTexts } from '../../texts/use-texts.js';
import { CertificateTable } from '../certificates/certificate-table.js';
import type { Certificate } from '../certificates/certificate-queries.js';

interface Properties {
  readonly certificates: readonly Certificate[];
  readonly onAdd: (aliases: readonly string[]) => void;
  readonly onClose: () => void;
}

/** The seed's window: check boxes beside the certificates that may be added. */
export function SelectCertificateDialog({ certificates, onAdd, onClose }: Properties) {
  const t = useTexts();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  return (
    <Dialog name="select-certificate" title={t('screens.select')} isOpen onClose={onClose} isWide>
      <CertificateTable
        label={t('screens.select')}
        columns={['subjectName', 'serialNumber', 'issuedBy', 'expires', 'alias']}
        certificates={certificates}
        emptyText={t('screens.noneToAdd')}
        selected={selected}
        onSelect={setSelected}
      />
      <DialogActions
        isDisabled={selected.size === 0}
        confirmText={t('app.add')}
        onPress={() => {
          onAdd([...selected]);
          onClose();
        }}
        onCancel={onClose}
      />
    </Dialog>
  );
}
