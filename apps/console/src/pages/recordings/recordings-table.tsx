import { Cell, Column, Row, Table, TableBody, TableHeader, type Selection } from 'react-aria-components';
import { Link, useNavigate } from 'react-router';
import { Badge } from '../../components/badge.js';
import { Checkbox } from '../../components/checkbox.js';
import { clockText } from '../../player/place-in-link.js';
import { useSpeech } from '../../texts/use-texts.js';
import type { FoundRecording } from './find-recordings.js';
import { agentsOf, callerOf, dateText, dialedOf, hasScreens, isEncrypted, lengthOf, timeText } from './shown.js';

interface Properties {
  readonly recordings: readonly FoundRecording[];
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  /** Whether whoever looks can do anything with a selection. */
  readonly isSelectable: boolean;
}

const columns = [
  'caller',
  'dialed',
  'agent',
  'start',
  'length',
  'labels',
  'protection',
  'hold',
  'expiry',
  'encryption',
  'seen',
] as const;

/** A page of recordings. A click, or Enter, opens one. */
export function RecordingsTable({ recordings, selected, onSelect, isSelectable }: Properties) {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const select = (selection: Selection): void =>
    onSelect(selection === 'all' ? new Set(recordings.map(({ id }) => id)) : new Set([...selection].map(String)));
  return (
    <div className="table-frame">
      <Table
        className="table recordings"
        aria-label={t('recordings.list')}
        selectionMode={isSelectable ? 'multiple' : 'none'}
        selectedKeys={selected}
        onSelectionChange={select}
        onRowAction={id => void navigate(`/recordings/${encodeURIComponent(String(id))}`)}
      >
        <TableHeader>
          {isSelectable && (
            <Column>
              <Checkbox slot="selection" aria-label={t('app.selectAll')} />
            </Column>
          )}
          {columns.map(name => (
            <Column key={name} id={name} isRowHeader={name === 'caller'}>
              {t(`recordings.${name}`)}
            </Column>
          ))}
        </TableHeader>
        <TableBody renderEmptyState={() => <p className="table-empty">{t('recordings.none')}</p>}>
          {recordings.map(recording => (
            <RecordingRow key={recording.id} recording={recording} isSelectable={isSelectable} />
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function RecordingRow({
  recording,
  isSelectable,
}: {
  readonly recording: FoundRecording;
  readonly isSelectable: boolean;
}) {
  const { t, language } = useSpeech();
  const { id, labels, nonDelete, onHold, expiryTime, seen, seenTime } = recording;
  const caller = callerOf(recording) ?? t('recordings.unknown');
  const start = timeText(recording.startTime, language, 'short') ?? t('recordings.unknown');
  return (
    <Row id={id} textValue={`${caller} ${start}`}>
      {isSelectable && (
        <Cell>
          <Checkbox slot="selection" aria-label={t('app.choose')} />
        </Cell>
      )}
      <Cell>
        <Link
          to={`/recordings/${encodeURIComponent(id)}`}
          aria-label={t('recordings.open', { time: start, caller })}
          className="open-recording"
          onClick={event => event.stopPropagation()}
        >
          <span aria-hidden="true">▶</span> {caller}
        </Link>
      </Cell>
      <Cell>{dialedOf(recording)}</Cell>
      <Cell>{agentsOf(recording).join(', ')}</Cell>
      <Cell className="nowrap">{start}</Cell>
      <Cell className="number">{clockText(lengthOf(recording))}</Cell>
      <Cell>
        <span className="badges">
          {labels.map(({ name }) => (
            <Badge key={name}>{name}</Badge>
          ))}
        </span>
      </Cell>
      <Cell>{nonDelete && <Badge kind="good">{t('recordings.protected')}</Badge>}</Cell>
      <Cell>{onHold && <Badge kind="warning">{t('recordings.onHold')}</Badge>}</Cell>
      <Cell className="nowrap">{dateText(expiryTime, language) ?? t('recordings.never')}</Cell>
      <Cell>
        <span className="badges">
          {isEncrypted(recording) ? t('recordings.encrypted') : <Badge kind="warning">{t('recordings.plain')}</Badge>}
          {hasScreens(recording) && <Badge>{t('recordings.screens')}</Badge>}
        </span>
      </Cell>
      <Cell>
        {seen ? (
          <span title={t('recordings.seenAt', { time: timeText(seenTime, language) ?? '' })}>
            ✓ {t('recordings.seen')}
          </span>
        ) : (
          <Badge>{t('recordings.notSeen')}</Badge>
        )}
      </Cell>
    </Row>
  );
}
