import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { useCertificateAct } from './certificate-queries.js';

interface Properties {
  readonly certificate: { readonly alias: string };
  readonly onClose: () => void;
}

/** Assigns a certificate to an IVR profile, behind those that are assigned to it already. */
export function AssignDialog({ certificate: { alias }, onClose }: Properties) {
  const t = useTexts();
  const [name, setName] = useState('record');
  const act = useCertificateAct(async (profile: string) => {
    const { ivrProfiles } = await answerOf(api.GET('/rcs/ivr-profiles'));
    // One that nothing was ever assigned to is not among them.
    const aliases = ivrProfiles.find(each => each.name === profile)?.aliases ?? [];
    const params = { path: { name: profile } };
    if (aliases.includes(alias)) return;
    await answerOf(
      api.PUT('/rcs/ivr-profiles/{name}/certificates', { params, body: { aliases: [...aliases, alias] } }),
    );
  });
  return (
    <ConfirmDialog
      name="assign-certificate"
      title={t('assign.title', { alias })}
      confirmText={t('assign.submit')}
      onConfirm={() => act.mutateAsync(name.trim())}
      onClose={onClose}
    >
      <p>{t('assign.text')}</p>
      <TextField label={t('assign.profile')} value={name} onChange={setName} isRequired />
    </ConfirmDialog>
  );
}
