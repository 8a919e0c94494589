import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { Button } from '../../components/button.js';
import { Facts } from '../../components/facts.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { Page } from '../../components/page.js';
import { saveFile } from '../../components/save-file.js';
import { rights } from '../../session/rights.js';
import { useSession } from '../../session/session.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { CertificateActDialog, type CertificateAct } from './certificate-act-dialog.js';
import { actsFor } from './certificate-acts.js';
import { CertificateStatus } from './certificate-status.js';
import { useCertificate, useLiveCertificates, type CertificateDetails } from './certificate-queries.js';
import { RewrapRuns } from './rewrap-runs.js';

/** One certificate in full, and what can be done with it. */
export function Component() {
  const t = useTexts();
  const { alias = '' } = useParams();
  useLiveCertificates();
  const { data, error, isPending, refetch } = useCertificate(alias);
  return (
    <Page title={alias} actions={<Link to="/certificates">{t('certificates.back')}</Link>}>
      {isPending ? (
        <Loading />
      ) : error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Details certificate={data} />
      )}
    </Page>
  );
}

function Details({ certificate }: { readonly certificate: CertificateDetails }) {
  const t = useTexts();
  const isAdministrator = rights.administerCertificates(useSession().me);
  const [act, setAct] = useState<CertificateAct>();
  const { alias, problems, chain } = certificate;
  const pem = [certificate.certificate, ...chain.map(link => link.pem)].join('\n');
  return (
    <>
      {problems.map(({ code, message }) => (
        <Notice key={code + message} kind="warning">
          {message}
        </Notice>
      ))}
      <section className="card stack">
        <CertificateFacts certificate={certificate} />
        <div className="actions">
          <Button onPress={() => saveFile(`${alias}.pem`, pem, 'application/x-pem-file')}>
            {t('certificates.download')}
          </Button>
          {isAdministrator &&
            actsFor(certificate).map(each => (
              <Button key={each} kind={isDangerous(each) ? 'danger' : 'normal'} onPress={() => setAct(each)}>
                {t(`certificates.act.${each}`)}
              </Button>
            ))}
        </div>
      </section>
      {isAdministrator && <RewrapRuns of={alias} />}
      {act !== undefined && (
        <CertificateActDialog act={act} certificate={certificate} onClose={() => setAct(undefined)} />
      )}
    </>
  );
}

const isDangerous = (act: CertificateAct): boolean => act === 'delete' || act === 'removeKey';

function CertificateFacts({ certificate }: { readonly certificate: CertificateDetails }) {
  const t = useTexts();
  const { time, number } = useFormats();
  const { alias, keyDetails, deployedTo, recordings, archives, createdBy, createdAt, deletedBy, deletedAt } =
    certificate;
  const optional = (value: string | undefined): string | undefined => (value === undefined ? undefined : time(value));
  const by = (name: string | undefined, at: string | undefined): string | undefined =>
    name === undefined || at === undefined ? undefined : `${name}, ${time(at)}`;
  return (
    <Facts
      facts={[
        [t('certificates.status'), <CertificateStatus key="status" certificate={certificate} />],
        [t('certificates.subjectName'), certificate.subjectName],
        [t('certificates.serialNumber'), certificate.serialNumber],
        [t('certificates.subjectDn'), certificate.subjectDn],
        [t('certificates.issuerDn'), certificate.issuerDn],
        [t('certificates.validFrom'), time(certificate.notBefore)],
        [t('certificates.expires'), time(certificate.expires)],
        [t('certificates.fingerprint'), <code key="fingerprint">{certificate.fingerprint}</code>],
        [t('certificates.alias'), alias],
        [t('certificates.key'), keyDetails.identifier && <code>{keyDetails.identifier}</code>],
        [
          t('certificates.keyDetails'),
          [`RSA ${String(keyDetails.size)}`, keyDetails.format, t(`keys.presence.${keyDetails.presence}`)]
            .filter(part => part !== undefined)
            .join(', '),
        ],
        [t('keys.disabledAt'), optional(keyDetails.disabledAt)],
        [t('keys.destroyableAt'), optional(keyDetails.destroyableAt)],
        [t('certificates.deployedTo'), deployedTo?.length === 0 ? t('app.none') : deployedTo?.join(', ')],
        [t('certificates.recordings'), recordings === undefined ? undefined : number(recordings)],
        [
          t('certificates.archives'),
          archives === undefined ? undefined : <KeptFor key="archives" alias={alias} archives={archives} />,
        ],
        [t('certificates.successor'), certificate.successor],
        [t('certificates.chain'), certificate.chain.map(({ subjectDn }) => subjectDn).join(' ← ') || undefined],
        [t('certificates.created'), by(createdBy, createdAt)],
        [t('certificates.deleted'), by(deletedBy, deletedAt)],
      ]}
    />
  );
}

/** How many archives its key is kept for, and the way to them. */
function KeptFor({ alias, archives }: { readonly alias: string; readonly archives: number }) {
  const t = useTexts();
  const { number } = useFormats();
  if (archives === 0) return number(archives);
  const query = new URLSearchParams({ certificate: alias }).toString();
  return <Link to={`/archives?${query}`}>{t('certificates.showArchives', { count: archives })}</Link>;
}
