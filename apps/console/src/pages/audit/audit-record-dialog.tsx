import { useMutation } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Facts } from '../../components/facts.js';
import { Failure } from '../../components/failure.js';
import { Notice } from '../../components/notice.js';
import { saveFile } from '../../components/save-file.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import type { AuditRecord } from './audit-queries.js';
import { checkProof } from './check-proof.js';

/** A record in full, and the proof that it is what was written. */
export function AuditRecordDialog({ record, onClose }: { readonly record: AuditRecord; readonly onClose: () => void }) {
  const t = useTexts();
  const { time } = useFormats();
  const { writer, sequence } = record;
  const proof = useMutation({
    mutationFn: async () => {
      const answer = await answerOf(api.GET('/rcs/audit/proof', { params: { query: { writer, sequence } } }));
      return { answer, findings: await checkProof(answer) };
    },
  });
  return (
    <Dialog name="audit-record" title={record.event} isOpen onClose={onClose} isWide>
      <Facts
        facts={[
          [t('audit.time'), time(record.time)],
          [t('audit.outcome'), t(`audit.outcome.${record.outcome}`)],
          [t('audit.user'), record.user],
          [t('audit.address'), record.address],
          [t('audit.recording'), record.recording],
          [t('audit.mediaFile'), record.mediaFile],
          [t('audit.range'), record.contentRange ?? record.range],
          [t('audit.certificate'), record.certificateAlias],
          [t('audit.detail'), record.detail],
          [t('audit.request'), record.requestId && <code>{record.requestId}</code>],
          [t('audit.writer'), <code key="writer">{`${writer} ${String(sequence)}`}</code>],
          [t('audit.hash'), <code key="hash">{record.hash}</code>],
        ]}
      />
      {proof.error !== null && <Failure error={proof.error} />}
      {proof.data !== undefined && <Findings {...proof.data.findings} />}
      <div className="dialog-actions">
        {proof.data !== undefined && (
          <Button
            onPress={() =>
              saveFile(`proof-${String(sequence)}.json`, JSON.stringify(proof.data.answer, null, 2), 'application/json')
            }
          >
            {t('audit.saveProof')}
          </Button>
        )}
        <Button isPending={proof.isPending} onPress={() => proof.mutate()}>
          {t('audit.verify')}
        </Button>
        <Button kind="primary" onPress={onClose}>
          {t('app.close')}
        </Button>
      </div>
    </Dialog>
  );
}

function Findings({ isRecordWhole, isInTree }: { readonly isRecordWhole: boolean; readonly isInTree: boolean }) {
  const t = useTexts();
  return (
    <Notice kind={isRecordWhole && isInTree ? 'good' : 'danger'}>
      <p>{isRecordWhole ? t('audit.whole') : t('audit.notWhole')}</p>
      <p>{isInTree ? t('audit.inTree') : t('audit.notInTree')}</p>
      <p>{t('audit.signature')}</p>
    </Notice>
  );
}
