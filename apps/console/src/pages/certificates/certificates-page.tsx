import { useState } from 'react';
import { useNavigate } from 'react-router';
import { Button } from '../../components/button.js';
import { Checkbox } from '../../components/checkbox.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { Page } from '../../components/page.js';
import { rights } from '../../session/rights.js';
import { useSession } from '../../session/session.js';
import { useTexts } from '../../texts/use-texts.js';
import { CertificateTable, type CertificateColumn } from './certificate-table.js';
import { useCertificates, useLiveCertificates } from './certificate-queries.js';
import { GenerateKeyDialog } from './generate-key-dialog.js';
import { RewrapRuns } from './rewrap-runs.js';
import { UploadDialog } from './upload-dialog.js';
import { WaitingKeys } from './waiting-keys.js';

const seen: readonly CertificateColumn[] = ['subjectName', 'serialNumber', 'issuedBy', 'expires', 'deployedCount'];
const administered: readonly CertificateColumn[] = [...seen, 'recordings', 'status', 'alias'];

/** The list of recording certificates, and what can be done with it. */
export function Component() {
  const t = useTexts();
  const { me } = useSession();
  const isAdministrator = rights.administerCertificates(me);
  const navigate = useNavigate();
  const [isUploading, setUploading] = useState(false);
  const [isGenerating, setGenerating] = useState(false);
  const [showsDeleted, setShowsDeleted] = useState(false);
  useLiveCertificates();
  const { data, error, isPending, refetch } = useCertificates(showsDeleted);

  return (
    <Page
      title={t('nav.certificates')}
      actions={
        <>
          <Button onPress={() => void refetch()}>{t('app.refresh')}</Button>
          {isAdministrator && (
            <>
              <Button onPress={() => setGenerating(true)}>{t('certificates.generate')}</Button>
              <Button kind="primary" onPress={() => setUploading(true)}>
                {t('certificates.upload')}
              </Button>
            </>
          )}
        </>
      }
    >
      {isPending ? (
        <Loading />
      ) : error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <CertificateTable
          label={t('nav.certificates')}
          columns={isAdministrator ? administered : [...seen, 'status', 'alias']}
          certificates={data}
          emptyText={t('certificates.empty')}
          onOpen={alias => void navigate(encodeURIComponent(alias))}
        />
      )}
      {isAdministrator && (
        <>
          <Checkbox isSelected={showsDeleted} onChange={setShowsDeleted}>
            {t('certificates.showDeleted')}
          </Checkbox>
          <WaitingKeys />
          <RewrapRuns />
        </>
      )}
      {isUploading && <UploadDialog onClose={() => setUploading(false)} />}
      {isGenerating && <GenerateKeyDialog onClose={() => setGenerating(false)} />}
    </Page>
  );
}
