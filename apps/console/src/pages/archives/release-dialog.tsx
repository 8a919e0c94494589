import { ReasonDialog } from '../../components/reason-dialog.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { useRelease, type KeptArchive } from './kept-archive-queries.js';

interface Properties {
  readonly archive: KeptArchive;
  readonly onClose: () => void;
}

/** No key is kept for an archive any more. */
export function ReleaseDialog({ archive: { id, begunAt, mediaFiles }, onClose }: Properties) {
  const t = useTexts();
  const { time } = useFormats();
  const { mutate, error, isPending } = useRelease(id);
  return (
    <ReasonDialog
      name="release-archive"
      title={t('kept.releaseTitle', { time: time(begunAt) })}
      text={t('kept.releaseText', { mediaFiles })}
      act={t('kept.release')}
      isFinal
      isPending={isPending}
      error={error}
      onClose={onClose}
      onChosen={reason => mutate(reason, { onSuccess: onClose })}
    />
  );
}
